/** Source: ECR User Guide, "Amazon ECR service quotas". */
export const quotas = { "ecr.repositories": 100_000 } as const;
