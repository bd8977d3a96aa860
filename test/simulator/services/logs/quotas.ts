/** Source: CloudWatch Logs User Guide, "CloudWatch Logs quotas". */
export const quotas = { "logs.groups": 1_000_000 } as const;
