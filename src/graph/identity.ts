import type { Agent } from "../api/agent.ts";
import type { PolicyDocument, PolicyStatement } from "../kinds/iam/policy-document.ts";
import { bedrockStatements } from "./bedrock.ts";
import type { DatabaseParts } from "./data-parts.ts";
import type { Ref, Wired } from "./ref.ts";
import { text } from "./ref.ts";
import type { Scope } from "./scope.ts";
import { artifactsPrefix, type StorageParts } from "./storage.ts";
import { eventBus } from "./wiring.ts";

type Statement = Wired<PolicyStatement>;

/**
 * The role that ECS itself uses to start tasks: AWS's managed policy, and the own log groups, repositories and secrets.
 * Secrets are named by name with the six characters that Secrets Manager appends, so that the role waits for none of them.
 */
export function addExecutionRole(
  scope: Scope,
  secretArns: readonly Wired<string>[],
  id = "execution-role",
  part = "execution",
): Ref<string> {
  const { names, facts } = scope;
  const statements: Statement[] = [
    {
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [scope.arn("logs", `log-group:${names.logGroup("*")}:*`)],
    },
    {
      Sid: "Images",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: [scope.arn("ecr", `repository/${names.part("*")}`)],
    },
  ];
  if (secretArns.length > 0) statements.push(readSecrets(secretArns));
  return scope.add(
    "AWS::IAM::Role",
    id,
    {
      description: "Starts tasks: pulls images, writes logs, injects secrets",
      trust: trustOfTasks(scope),
      managedPolicyArns: [`arn:${facts.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy`],
      policies: [{ name: "execution", document: allow(statements) }],
    },
    { name: names.role(part), fact: "IdentityReady" },
  ).roleArn;
}

/** The role of one agent's own code: its models, its secrets, its part of the bucket, its events, and nothing else. */
export function addTaskRole(
  scope: Scope,
  agent: Agent,
  secretArns: readonly string[],
  parts: { readonly database: DatabaseParts | undefined; readonly storage: StorageParts },
): Ref<string> {
  const uses = (component: string): boolean => agent.uses.some((use) => use.component === component);
  const statements: Statement[] = [...bedrockStatements(scope.facts, agent)];
  const secrets: Wired<string>[] = [...secretArns];
  if (uses("database") && parts.database) secrets.push(parts.database.secretArn);
  if (secrets.length > 0) statements.push(readSecrets(secrets));
  const bucket = parts.storage.bucketArn;
  if (uses("artifacts") && bucket) statements.push(...objectStatements(bucket, artifactsPrefix));
  if (uses("events")) statements.push(putEvents(scope));
  return scope.add(
    "AWS::IAM::Role",
    `agent/${agent.name}/task-role`,
    {
      description: `What agent ${agent.name} may do in AWS`,
      trust: trustOfTasks(scope),
      managedPolicyArns: [],
      policies: statements.length > 0 ? [{ name: "agent", document: allow(statements) }] : [],
    },
    { name: scope.names.role(agent.name), fact: "IdentityReady", agent: agent.name },
  ).roleArn;
}

/**
 * Only ECS tasks of this account and region. ECS developer guide, "Amazon ECS task IAM role": the conditions prevent the
 * confused deputy.
 */
export function trustOfTasks(scope: Scope): PolicyDocument {
  return allow([
    {
      Effect: "Allow",
      Principal: { Service: "ecs-tasks.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: {
        ArnLike: { "aws:SourceArn": scope.arn("ecs", "*") },
        StringEquals: { "aws:SourceAccount": scope.facts.account },
      },
    },
  ]) as PolicyDocument;
}

export function allow(statements: readonly Statement[]): {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
} {
  return { Version: "2012-10-17", Statement: statements };
}

function readSecrets(arns: readonly Wired<string>[]): Statement {
  return { Sid: "Secrets", Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: arns };
}

function putEvents(scope: Scope): Statement {
  const bus = scope.arn("events", `event-bus/${eventBus}`);
  return { Sid: "Events", Effect: "Allow", Action: ["events:PutEvents"], Resource: [bus] };
}

/** Everything with the objects under a prefix of a bucket, and nothing with the rest of it. */
export function objectStatements(bucketArn: Ref<string>, prefix: string): Statement[] {
  return [
    {
      Sid: "Artifacts",
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
      Resource: [text`${bucketArn}/${prefix}*`],
    },
    {
      Sid: "ListArtifacts",
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: [bucketArn],
      Condition: { StringLike: { "s3:prefix": [`${prefix}*`] } },
    },
  ];
}
