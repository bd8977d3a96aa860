/** Source: RDS User Guide, "Quotas in Amazon RDS". */
export const quotas = {
  "rds.instances": 40,
  "rds.storageGiB": 100_000,
  "rds.subnetGroups": 50,
  "rds.subnetsPerGroup": 20,
  "rds.parameterGroups": 50,
  "rds.snapshots": 100,
} as const;
