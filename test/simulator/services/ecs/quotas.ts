/** Source: ECS Developer Guide, "Amazon ECS service quotas"; Fargate's vCPUs: "AWS Fargate service quotas". */
export const quotas = {
  "ecs.clusters": 10_000,
  "ecs.servicesPerCluster": 5000,
  "ecs.tasksPerService": 5000,
  "ecs.fargateVcpus": 1000,
} as const;
