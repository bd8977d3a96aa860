/** Source: ElastiCache User Guide, "Quotas for ElastiCache". */
export const quotas = {
  "elasticache.nodes": 300,
  "elasticache.subnetGroups": 300,
  "elasticache.subnetsPerGroup": 20,
  "elasticache.parameterGroups": 300,
  "elasticache.snapshots": 100,
} as const;
