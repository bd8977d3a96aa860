import type { Agent } from "../api/agent.ts";
import { cpuUnits, memoryMiB } from "../api/fargate.ts";
import type { CapacityStrategy } from "../kinds/ecs/capacity.ts";
import type { CacheParts } from "./cache.ts";
import type { DatabaseParts } from "./data-parts.ts";
import { addDiscovery, type DiscoveryParts } from "./discovery.ts";
import type { Blocked } from "./graph.ts";
import { addTaskRole } from "./identity.ts";
import type { IngressPart } from "./ingress.ts";
import type { NetworkParts } from "./network.ts";
import type { Ref, Wired } from "./ref.ts";
import type { Scope } from "./scope.ts";
import type { SecretParts } from "./secrets.ts";
import type { SecurityParts } from "./security.ts";
import type { StorageParts } from "./storage.ts";
import { wire } from "./wiring.ts";

/** What every ECS service of the platform stands on. */
export interface ComputeParts extends DiscoveryParts {
  readonly clusterArn: Ref<string>;
  readonly executionRoleArn: Ref<string>;
}

export function addCluster(scope: Scope, network: NetworkParts, executionRoleArn: Ref<string>): ComputeParts {
  const { clusterArn } = scope.add(
    "AWS::ECS::Cluster",
    "cluster",
    {
      containerInsights: scope.spec.observability.containerInsights,
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultStrategy: [
        { provider: "FARGATE", weight: 1, base: 0 },
        { provider: "FARGATE_SPOT", weight: 0, base: 0 },
      ],
    },
    { name: scope.names.prefix, fact: "ClusterReady" },
  );
  return { clusterArn, executionRoleArn, ...addDiscovery(scope, network) };
}

/** What one agent's tasks are made of and connected to. */
export interface AgentParts {
  readonly compute: ComputeParts;
  readonly network: NetworkParts;
  readonly security: SecurityParts;
  readonly secrets: SecretParts;
  readonly storage: StorageParts;
  readonly database: DatabaseParts | undefined;
  readonly cache: CacheParts | undefined;
  readonly images: ReadonlyMap<string, Wired<string>>;
  readonly logGroups: ReadonlyMap<string, Ref<string>>;
  readonly ingress: ReadonlyMap<string, IngressPart>;
  /** VPC endpoints that tasks start through. */
  readonly endpoints: readonly string[];
}

/** The agent's role, its task definition, its name in the private DNS, and the service that keeps its tasks running. */
export function addAgent(scope: Scope, agent: Agent, parts: AgentParts): void {
  const { compute, network, security, ingress } = parts;
  const name = scope.names.part(agent.name);
  const options = { name, fact: "AgentsReady", agent: agent.name } as const;
  const taskDefinition = addTaskDefinition(scope, agent, parts);
  const registry = compute.register(agent.name, `agent/${agent.name}/discovery`, agent.name);
  const entrance = ingress.get(agent.name);
  scope.add(
    "AWS::ECS::Service",
    `agent/${agent.name}/service`,
    {
      cluster: compute.clusterArn,
      taskDefinition,
      desiredCount: agent.replicas,
      subnetIds: network.private.map(({ id }) => id),
      securityGroupIds: [required(security.agents, agent.name)],
      assignPublicIp: false,
      capacityProviderStrategy: capacityStrategy(agent.capacity.spotPercent),
      loadBalancers: entrance
        ? [{ targetGroupArn: entrance.targetGroupArn, containerName: agent.name, containerPort: agent.port }]
        : [],
      ...(entrance && { healthCheckGraceSeconds: entrance.graceSeconds }),
      registry: { serviceArn: registry },
      circuitBreaker: true,
      minimumHealthyPercent: 100,
      maximumPercent: 200,
      enableExecuteCommand: false,
    },
    { ...options, after: startsAfter(agent, parts) },
  );
}

function addTaskDefinition(scope: Scope, agent: Agent, parts: AgentParts): Ref<string> {
  const { compute, secrets, database, cache, storage } = parts;
  const own = secrets.ofAgents.get(agent.name);
  const patterns = [...(own?.values() ?? [])].map(({ pattern }) => pattern);
  const wiring = wire(scope, agent, { domain: compute.domain, secrets, database, cache, storage });
  const name = scope.names.part(agent.name);
  return scope.add(
    "AWS::ECS::TaskDefinition",
    `agent/${agent.name}/task-definition`,
    {
      family: name,
      cpu: String(cpuUnits(agent.cpu)),
      memory: String(memoryMiB(agent.memory)),
      executionRoleArn: compute.executionRoleArn,
      taskRoleArn: addTaskRole(scope, agent, patterns, { database, storage }),
      architecture: agent.architecture,
      container: {
        name: agent.name,
        image: required(parts.images, agent.name),
        port: agent.port,
        ...(agent.grpcPort !== undefined && { grpcPort: agent.grpcPort }),
        environment: wiring.environment,
        secrets: wiring.secrets,
        logGroup: required(parts.logGroups, agent.name),
        logRegion: scope.facts.region,
        ...(agent.command && { command: agent.command }),
        readonlyRoot: false,
        stopTimeoutSeconds: 30,
      },
    },
    { name, fact: "AgentsReady", agent: agent.name, blocked: withoutImage(scope, agent) },
  ).taskDefinitionArn;
}

/** A release of an image that is not there would only fail and be rolled back: better to wait for it. */
function withoutImage({ facts, names }: Scope, { name, image }: Agent): Blocked | undefined {
  const known = image.repository !== undefined || image.digest !== undefined || facts.images === undefined;
  if (known || facts.images.has(name)) return undefined;
  const repository = `${facts.account}.dkr.ecr.${facts.region}.amazonaws.com/${facts.repositories?.get(name) ?? names.part(name)}`;
  return {
    reason: "ImageNotFound",
    message: `agent ${name} waits for its image: push ${repository}:${image.tag}, or set spec.agents[${name}].image to one that exists`,
  };
}

/**
 * Edges that no value carries: a way out of the subnets, rules that let the agent be reached and reach database and cache,
 * and the listener's rule, for ECS refuses a target group that no load balancer uses.
 */
function startsAfter(
  agent: Agent,
  { network, security, endpoints, ingress, database, cache }: AgentParts,
): readonly string[] {
  const own = security.open.get(`agent/${agent.name}/security-group`);
  const to = (component: "database" | "cache", part: { readonly ready: readonly string[] } | undefined) =>
    part && agent.uses.some((use) => use.component === component)
      ? [...part.ready, security.open.get(`${component}/security-group`)]
      : [];
  const rules = ingress.get(agent.name)?.rules ?? [];
  const all = [
    ...network.privateReady,
    ...endpoints,
    own,
    ...to("database", database),
    ...to("cache", cache),
    ...rules,
  ];
  return all.filter((node) => node !== undefined);
}

/** Spot takes its share; of a mixture, the first task is never on Spot. Sorted by provider. */
export function capacityStrategy(spotPercent: number): readonly CapacityStrategy[] {
  if (spotPercent === 0) return [{ provider: "FARGATE", weight: 1, base: 0 }];
  if (spotPercent === 100) return [{ provider: "FARGATE_SPOT", weight: 1, base: 0 }];
  return [
    { provider: "FARGATE", weight: 100 - spotPercent, base: 1 },
    { provider: "FARGATE_SPOT", weight: spotPercent, base: 0 },
  ];
}

function required<T>(of: ReadonlyMap<string, T>, agent: string): T {
  const value = of.get(agent);
  if (value === undefined) throw new Error(`nothing was made for agent ${agent}`);
  return value;
}
