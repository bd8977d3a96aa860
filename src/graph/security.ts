import type { Agent, Component } from "../api/agent.ts";
import { selfHostedLangfuse } from "../api/langfuse.ts";
import type { IngressRule } from "../kinds/ec2/security-group-ingress.ts";
import type { Fact } from "./graph.ts";
import type { NetworkParts } from "./network.ts";
import type { Ref, Wired } from "./ref.ts";
import type { Scope } from "./scope.ts";

/** One security group for each thing that talks, so that each lets in exactly what the spec connects to it. */
export interface SecurityParts {
  readonly alb?: Ref<string> | undefined;
  readonly agents: ReadonlyMap<string, Ref<string>>;
  readonly database?: Ref<string> | undefined;
  readonly cache?: Ref<string> | undefined;
  /** Of the mount targets of the database's file system. */
  readonly storage?: Ref<string> | undefined;
  readonly endpoints?: Ref<string> | undefined;
  /** Of a Langfuse that runs here. */
  readonly langfuse?: { readonly web: Ref<string>; readonly worker: Ref<string> } | undefined;
  /** Nodes of rules: before they are there, connections to the named group are refused. */
  readonly open: ReadonlyMap<string, string>;
}

export const postgresPort = 5432;
export const cachePort = 6379;
export const langfusePort = 3000;
const nfsPort = 2049;

/** Groups first, then the whole set of rules of each: so agents may use each other in a circle. */
export function addSecurity(scope: Scope, network: NetworkParts, withEndpoints: boolean): SecurityParts {
  const { agents, data, access, observability } = scope.spec;
  const fact = "NetworkReady" as const;
  const group = (id: string, part: string, description: string, agent?: string): Ref<string> =>
    scope.add(
      "AWS::EC2::SecurityGroup",
      id,
      { vpcId: network.vpcId, description },
      { name: scope.names.part(part), fact, ...(agent && { agent }) },
    ).groupId;

  const ownLangfuse = selfHostedLangfuse(observability.langfuse);
  const hasIngress = agents.some((agent) => agent.ingress) || ownLangfuse?.web.ingress;
  const alb = hasIngress ? group("alb/security-group", "alb", "Load balancer") : undefined;
  const byAgent = new Map(
    agents.map(({ name }) => [name, group(`agent/${name}/security-group`, name, `Agent ${name}`, name)]),
  );
  const langfuse = ownLangfuse && {
    web: group("langfuse/security-group", "langfuse", "Langfuse"),
    worker: group("langfuse/worker/security-group", "langfuse-worker", "Worker of Langfuse"),
  };
  const database = data.database && group("database/security-group", "database", "Database");
  const cache = data.cache && group("cache/security-group", "cache", "Cache");
  const isContainer = data.database?.deployment === "Container";
  const storage = isContainer
    ? group("database/storage/security-group", "storage", "Files of the database")
    : undefined;
  const endpoints = withEndpoints ? group("endpoint/security-group", "endpoints", "VPC endpoints") : undefined;

  const open = new Map<string, string>();
  const allow = (id: string, groupId: Ref<string>, rules: readonly Wired<IngressRule>[], fact: Fact): void => {
    if (rules.length === 0) return;
    const name = scope.names.part(...id.split("/").slice(0, -1));
    const { $node } = scope.add("AWS::EC2::SecurityGroupIngress", `${id}/ingress`, { groupId, rules }, { name, fact });
    open.set(id, $node);
  };
  const users = (uses: (agent: Agent) => boolean, port: number): Wired<IngressRule>[] =>
    agents.filter(uses).map((agent) => from(byAgent.get(agent.name), port, `Agent ${agent.name}`));

  if (alb) {
    const ports = access.domain ? [80, 443] : [80];
    const rules = ports.flatMap((port) =>
      access.allowedCidrs.map((cidr) => tcp(port, { cidr, description: "Requests" })),
    );
    allow("alb/security-group", alb, rules, fact);
  }
  for (const agent of agents) {
    const groupId = byAgent.get(agent.name);
    if (!groupId) continue;
    const fromAlb = alb && agent.ingress ? [from(alb, agent.port, "Load balancer")] : [];
    const ports = [agent.port, ...(agent.grpcPort === undefined ? [] : [agent.grpcPort])];
    const fromAgents = ports.flatMap((port) =>
      users((other) => other.uses.some((use) => use.agent === agent.name), port),
    );
    allow(`agent/${agent.name}/security-group`, groupId, [...fromAlb, ...fromAgents], fact);
  }
  const usersOf = (component: Component, port: number): Wired<IngressRule>[] =>
    users((agent) => agent.uses.some((use) => use.component === component), port);
  const langfuseAt = (port: number): Wired<IngressRule>[] =>
    langfuse ? [from(langfuse.web, port, "Langfuse"), from(langfuse.worker, port, "Worker of Langfuse")] : [];
  if (langfuse) {
    const fromAlb = alb && ownLangfuse.web.ingress ? [from(alb, langfusePort, "Load balancer")] : [];
    allow("langfuse/security-group", langfuse.web, [...fromAlb, ...usersOf("langfuse", langfusePort)], fact);
  }
  const toDatabase = [...usersOf("database", postgresPort), ...langfuseAt(postgresPort)];
  if (database) allow("database/security-group", database, toDatabase, fact);
  if (cache) allow("cache/security-group", cache, [...usersOf("cache", cachePort), ...langfuseAt(cachePort)], fact);
  if (storage) allow("database/storage/security-group", storage, [from(database, nfsPort, "Database")], fact);
  // With private DNS an endpoint is the only way to its service, also for ECS when it starts a task.
  const startedHere = [
    ...users(() => true, 443),
    ...(isContainer ? [from(database, 443, "Database")] : []),
    ...langfuseAt(443),
  ];
  if (endpoints) allow("endpoint/security-group", endpoints, startedHere, fact);
  return { alb, agents: byAgent, database, cache, storage, endpoints, langfuse, open };
}

function from(sourceGroupId: Ref<string> | undefined, port: number, description: string): Wired<IngressRule> {
  if (!sourceGroupId) throw new Error(`${description} has no security group`);
  return tcp(port, { sourceGroupId, description });
}

function tcp(
  port: number,
  source: { readonly cidr?: string; readonly sourceGroupId?: Ref<string>; readonly description: string },
): Wired<IngressRule> {
  return { protocol: "tcp", fromPort: port, toPort: port, ...source };
}
