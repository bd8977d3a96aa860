/** Source: EFS User Guide, "Amazon EFS quotas". */
export const quotas = {
  "efs.fileSystems": 1000,
  "efs.accessPointsPerFileSystem": 10_000,
  "efs.securityGroupsPerMountTarget": 5,
  /** Items of a describe that names no MaxItems or MaxResults. */
  "efs.page": 100,
} as const;
