import { cpuUnits, memoryMiB } from "../api/fargate.ts";
import { type SelfHostedLangfuse, selfHostedLangfuse } from "../api/langfuse.ts";
import type { HealthCheck } from "../kinds/ecs/task-definition.ts";
import { type ComputeParts, capacityStrategy } from "./compute.ts";
import { addExecutionRole, allow, objectStatements, trustOfTasks } from "./identity.ts";
import type { IngressPart } from "./ingress.ts";
import { langfuseDatabaseInit } from "./langfuse-database.ts";
import {
  type LangfuseStores,
  langfuseEnvironment,
  langfusePrefix,
  langfuseUrl,
  langfuseWorkerPort,
} from "./langfuse-environment.ts";
import type { LangfuseSecrets } from "./langfuse-secrets.ts";
import type { NetworkParts } from "./network.ts";
import type { Ref, Wired } from "./ref.ts";
import type { Scope } from "./scope.ts";
import { langfusePort, type SecurityParts } from "./security.ts";
import type { Wiring } from "./wiring.ts";

/** What a Langfuse that runs here is made of and connected to. */
export interface LangfuseParts {
  readonly compute: ComputeParts;
  readonly network: NetworkParts;
  readonly security: SecurityParts;
  readonly stores: LangfuseStores;
  readonly secrets: LangfuseSecrets;
  readonly ingress: IngressPart | undefined;
  /** VPC endpoints that tasks start through. */
  readonly endpoints: readonly string[];
}

const fact = "ObservabilityReady";

/**
 * Langfuse as two services: web, which receives and shows traces, and the worker that writes them to ClickHouse. Web
 * migrates its databases when it starts, so the worker, first or of a new version, starts after it.
 */
export function addLangfuse(scope: Scope, parts: LangfuseParts): void {
  const langfuse = selfHostedLangfuse(scope.spec.observability.langfuse);
  const groups = parts.security.langfuse;
  if (!langfuse || !groups) return;
  const { compute, secrets, stores, ingress } = parts;
  const host = langfuse.web.ingress?.host;
  const url = host ? `https://${host}` : langfuseUrl(compute.domain);
  const wiring = langfuseEnvironment(scope, langfuse, stores, secrets, url);
  const roles = { taskRoleArn: addTaskRole(scope, stores), executionRoleArn: addStartRole(scope, stores, secrets) };
  const web = addService(scope, parts, {
    id: "langfuse",
    name: "langfuse",
    ...langfuse.web,
    port: langfusePort,
    healthPath: "/api/public/health",
    stopTimeoutSeconds: 60,
    wiring: wiring.web,
    group: groups.web,
    registry: { serviceArn: compute.register("langfuse", "langfuse/discovery") },
    entrance: ingress,
    after: [...startsAfter(parts), ...(ingress?.rules ?? [])],
    ...roles,
  });
  addService(scope, parts, {
    id: "langfuse/worker",
    name: "langfuse-worker",
    ...langfuse.worker,
    port: langfuseWorkerPort,
    healthPath: "/api/health",
    // It ends what it has taken from the queues.
    stopTimeoutSeconds: 120,
    wiring: wiring.worker,
    group: groups.worker,
    after: [web],
    ...roles,
  });
}

interface Service extends Pick<SelfHostedLangfuse["web"], "image" | "replicas"> {
  /** Beginning of its node ids. */
  readonly id: string;
  readonly name: "langfuse" | "langfuse-worker";
  readonly port: number;
  readonly healthPath: string;
  readonly stopTimeoutSeconds: number;
  readonly wiring: Wiring;
  readonly group: Ref<string>;
  readonly registry?: { readonly serviceArn: Ref<string> };
  readonly entrance?: IngressPart | undefined;
  readonly after: readonly string[];
  readonly taskRoleArn: Ref<string>;
  readonly executionRoleArn: Ref<string>;
}

/** @returns the node of the ECS service */
function addService(scope: Scope, { compute, network, stores, secrets }: LangfuseParts, one: Service): string {
  const name = scope.names.part(one.name);
  const { entrance, image } = one;
  const version = scope.spec.data.database?.version ?? "";
  const { logGroupName } = scope.add(
    "AWS::Logs::LogGroup",
    `${one.id}/log-group`,
    { retentionDays: scope.spec.observability.logs.retentionDays },
    { name: scope.names.logGroup(one.name), fact },
  );
  const { taskDefinitionArn } = scope.add(
    "AWS::ECS::TaskDefinition",
    `${one.id}/task-definition`,
    {
      family: name,
      // At least 2 CPU and 4 GiB: Langfuse, "Application Containers", recommended sizing.
      cpu: String(cpuUnits("2")),
      memory: String(memoryMiB("4Gi")),
      executionRoleArn: one.executionRoleArn,
      taskRoleArn: one.taskRoleArn,
      architecture: "X86_64",
      container: {
        name: one.name,
        image: `${image.repository}${image.digest ? `@${image.digest}` : `:${image.tag}`}`,
        port: one.port,
        environment: one.wiring.environment,
        secrets: one.wiring.secrets,
        logGroup: logGroupName,
        logRegion: scope.facts.region,
        healthCheck: healthCheck(one.port, one.healthPath),
        readonlyRoot: false,
        stopTimeoutSeconds: one.stopTimeoutSeconds,
        init: langfuseDatabaseInit(version, stores.database, secrets.server),
      },
    },
    { name, fact },
  );
  const { $node } = scope.add(
    "AWS::ECS::Service",
    `${one.id}/service`,
    {
      cluster: compute.clusterArn,
      taskDefinition: taskDefinitionArn,
      desiredCount: one.replicas,
      subnetIds: network.private.map(({ id }) => id),
      securityGroupIds: [one.group],
      assignPublicIp: false,
      capacityProviderStrategy: capacityStrategy(0),
      loadBalancers: entrance
        ? [{ targetGroupArn: entrance.targetGroupArn, containerName: one.name, containerPort: one.port }]
        : [],
      ...(entrance && { healthCheckGraceSeconds: entrance.graceSeconds }),
      ...(one.registry && { registry: one.registry }),
      circuitBreaker: true,
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      enableExecuteCommand: false,
    },
    // Named as an agent is, so that status.agents shows what runs of it.
    { name, fact, agent: one.name, after: one.after },
  );
  return $node;
}

/**
 * By the Node.js that is in the image: it has no curl. Five minutes for the migrations, the longest that ECS takes, and
 * as many again of failed checks before a task is replaced.
 */
function healthCheck(port: number, path: string): HealthCheck {
  const ask = `fetch("http://127.0.0.1:${port}${path}").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
  return {
    command: ["CMD", "node", "-e", ask],
    intervalSeconds: 30,
    timeoutSeconds: 10,
    retries: 10,
    startPeriodSeconds: 300,
  };
}

/** A way out of the subnets, all that it keeps its data in, and rules that let it there and agents to it. */
function startsAfter({ network, endpoints, security, stores }: LangfuseParts): readonly string[] {
  const opened = ["langfuse", "database", "cache"].map((part) => security.open.get(`${part}/security-group`));
  const ready = [...stores.database.ready, ...stores.cache.ready];
  return [...network.privateReady, ...endpoints, ...ready, ...opened].filter((node) => node !== undefined);
}

/** Its own part of the bucket, and nothing else in AWS. */
function addTaskRole(scope: Scope, { bucketArn }: LangfuseStores): Ref<string> {
  return scope.add(
    "AWS::IAM::Role",
    "langfuse/task-role",
    {
      description: "What Langfuse may do in AWS",
      trust: trustOfTasks(scope),
      managedPolicyArns: [],
      policies: [{ name: "langfuse", document: allow(objectStatements(bucketArn, langfusePrefix)) }],
    },
    { name: scope.names.role("langfuse"), fact: "IdentityReady" },
  ).roleArn;
}

/** Starts Langfuse's tasks and no others: it reads what Langfuse encrypts with, and the password of the database's owner. */
function addStartRole(scope: Scope, { database }: LangfuseStores, secrets: LangfuseSecrets): Ref<string> {
  const patterns = [secrets.keys, secrets.server, secrets.clickhouse].map(({ pattern }) => pattern);
  const arns: Wired<string>[] = [...patterns, database.secretArn];
  // No agent can have a name with a dot.
  return addExecutionRole(scope, arns, "langfuse/execution-role", "langfuse.execution");
}
