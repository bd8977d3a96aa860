import type { Call } from "../../operation.ts";
import { type PolicyRow, policies } from "./rows.ts";

const allow = (actions: readonly string[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] });

const ECR_PULL = [
  "ecr:GetAuthorizationToken",
  "ecr:BatchCheckLayerAvailability",
  "ecr:GetDownloadUrlForLayer",
  "ecr:BatchGetImage",
];

/** Some of AWS's own policies, by path and name, with what they allow (AWS Managed Policy Reference Guide). */
const AWS_MANAGED: Readonly<Record<string, string>> = {
  AdministratorAccess: allow(["*"]),
  ReadOnlyAccess: allow(["*:Describe*", "*:List*", "*:Get*"]),
  AmazonBedrockFullAccess: allow(["bedrock:*"]),
  AmazonEC2ContainerRegistryReadOnly: allow([...ECR_PULL, "ecr:DescribeRepositories", "ecr:ListImages"]),
  AmazonECS_FullAccess: allow(["ecs:*", "ec2:Describe*", "elasticloadbalancing:*", "servicediscovery:*"]),
  AmazonS3ReadOnlyAccess: allow(["s3:Get*", "s3:List*", "s3:Describe*"]),
  AmazonSSMManagedInstanceCore: allow(["ssm:*", "ssmmessages:*", "ec2messages:*"]),
  CloudWatchAgentServerPolicy: allow(["cloudwatch:PutMetricData", "logs:CreateLogStream", "logs:PutLogEvents"]),
  CloudWatchLogsFullAccess: allow(["logs:*"]),
  SecretsManagerReadWrite: allow(["secretsmanager:*"]),
  "service-role/AmazonECSTaskExecutionRolePolicy": allow([...ECR_PULL, "logs:CreateLogStream", "logs:PutLogEvents"]),
  "service-role/AmazonRDSEnhancedMonitoringRole": allow([
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ]),
};

const AWS_OWNED = /^arn:aws[\w-]*:iam::aws:policy\/(.+)$/;

export interface ManagedPolicy {
  readonly arn: string;
  readonly document: string;
  /** Undefined for AWS's own. */
  readonly row: PolicyRow | undefined;
}

/** A policy that can be attached: AWS's own or the account's. */
export function managedPolicy(call: Pick<Call, "world" | "account">, policyArn: string): ManagedPolicy | undefined {
  const own = AWS_OWNED.exec(policyArn)?.[1];
  const document = own === undefined ? undefined : AWS_MANAGED[own];
  if (document !== undefined) return { arn: policyArn, document, row: undefined };
  const row = policies(call).get(policyArn);
  const version = row?.versions.find(({ id }) => id === row.defaultVersion);
  return row && version && { arn: policyArn, document: version.document, row };
}

export const awsManagedNames = (): readonly string[] => Object.keys(AWS_MANAGED);
