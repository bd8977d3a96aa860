/** Source: Secrets Manager User Guide, "AWS Secrets Manager quotas". */
export const quotas = { "secretsmanager.secrets": 500_000 } as const;
