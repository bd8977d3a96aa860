import type { Agent } from "../api/agent.ts";
import { selfHostedLangfuse } from "../api/langfuse.ts";
import { firstPriority, priorities, ruleKey } from "./ingress-priority.ts";
import { hash } from "./names.ts";
import type { NetworkParts } from "./network.ts";
import { onePerZone } from "./network.ts";
import { type Ref, text, type Wired } from "./ref.ts";
import type { Scope } from "./scope.ts";
import { langfusePort, type SecurityParts } from "./security.ts";
import { accessLogsPrefix, type StorageParts } from "./storage.ts";

/** How requests come to an agent. */
export interface IngressPart {
  readonly targetGroupArn: Ref<string>;
  /** Nodes of the rules that lead to it. */
  readonly rules: readonly string[];
  /** Seconds that a starting task may fail its checks. */
  readonly graceSeconds: number;
}

/** Newest policy that still speaks TLS 1.2. ELB user guide, "Security policies for your Application Load Balancer". */
const sslPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06";
/** More than the 60 seconds of AWS's default: agents think before they answer. */
const idleSeconds = 120;
/** Langfuse migrates its databases before it answers. */
const migrationSeconds = 600;

const fact = "IngressReady";

/** The load balancer, when anything wants requests from outside. @returns what the service of each is attached to, by name */
export function addIngress(
  scope: Scope,
  network: NetworkParts,
  security: SecurityParts,
  storage: StorageParts,
): ReadonlyMap<string, IngressPart> {
  const agents = scope.spec.agents.filter((agent) => agent.ingress);
  const langfuse = langfuseEntrance(scope);
  if (!security.alb) return new Map();
  const listener = addListeners(scope, addLoadBalancer(scope, network, security.alb, storage));
  const order = priorities(agents);
  const entrances = agents.map((agent): readonly [string, IngressPart] => {
    const { name, port, ingress } = agent;
    if (!ingress) throw new Error(`agent ${name} has no ingress`);
    const rules = ingress.paths.map((path) => ({
      node: `rule/${hash(path)}`,
      path,
      priority: order.get(ruleKey(name, path)) ?? 0,
    }));
    const { hosts, healthCheck } = ingress;
    return [
      name,
      addEntrance(
        scope,
        { id: `agent/${name}`, name, agent: name, port, hosts, rules, healthCheck },
        network,
        listener,
      ),
    ];
  });
  if (langfuse) entrances.push(["langfuse", addEntrance(scope, langfuse, network, listener)]);
  return new Map(entrances);
}

/** What requests come in by, for an agent or for Langfuse. */
interface Entrance {
  /** Beginning of its node ids. */
  readonly id: string;
  readonly name: string;
  readonly agent?: string;
  readonly port: number;
  readonly hosts: readonly string[] | undefined;
  readonly rules: readonly { readonly node: string; readonly path: string; readonly priority: number }[];
  readonly healthCheck: NonNullable<Agent["ingress"]>["healthCheck"];
  /** More seconds that a starting task may fail its checks. */
  readonly graceSeconds?: number;
}

/** Langfuse has a host name of its own; its rule comes first, for an agent's path may be for all host names. */
function langfuseEntrance({ spec }: Scope): Entrance | undefined {
  const host = selfHostedLangfuse(spec.observability.langfuse)?.web.ingress?.host;
  if (host === undefined) return undefined;
  return {
    id: "langfuse",
    name: "langfuse",
    port: langfusePort,
    hosts: [host],
    rules: [{ node: "rule", path: "/*", priority: firstPriority }],
    healthCheck: {
      path: "/api/public/health",
      intervalSeconds: 15,
      timeoutSeconds: 10,
      healthyThreshold: 2,
      unhealthyThreshold: 3,
      matcher: "200",
    },
    graceSeconds: migrationSeconds,
  };
}

/** Address at which agents with ingress answer; undefined when there is none. Resolve it as any value of a node. */
export function endpointOf({ spec }: Pick<Scope, "spec">): Wired<string> | undefined {
  if (!spec.agents.some((agent) => agent.ingress)) return undefined;
  const { domain } = spec.access;
  return domain ? `https://${domain.name}` : text`http://${{ $ref: { node: "alb", output: "dnsName" } }}`;
}

function addLoadBalancer(scope: Scope, network: NetworkParts, alb: Ref<string>, storage: StorageParts): Ref<string> {
  const { scheme } = scope.spec.access;
  const isPublic = scheme === "internet-facing";
  const subnets = onePerZone(isPublic ? network.public : network.private);
  const accessLogs: Readonly<Record<string, Wired<string>>> = storage.bucketName
    ? {
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": storage.bucketName,
        "access_logs.s3.prefix": accessLogsPrefix,
      }
    : { "access_logs.s3.enabled": "false" };
  return scope.add(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "alb",
    {
      scheme,
      subnetIds: subnets.map(({ id }) => id),
      securityGroupIds: [alb],
      attributes: {
        ...accessLogs,
        "idle_timeout.timeout_seconds": String(idleSeconds),
        "routing.http.drop_invalid_header_fields.enabled": "true",
      },
    },
    {
      name: scope.names.loadBalancer(),
      fact,
      after: [...(isPublic ? network.publicReady : []), ...openTo("alb/security-group", scope)],
    },
  ).loadBalancerArn;
}

function openTo(id: string, { graph }: Scope): readonly string[] {
  return graph.get(`${id}/ingress`) ? [`${id}/ingress`] : [];
}

/** HTTP; or with a domain HTTPS, and HTTP that leads there. What no rule matches is answered with 404. */
function addListeners(scope: Scope, loadBalancerArn: Ref<string>): Ref<string> {
  const { domain } = scope.spec.access;
  const notFound = {
    type: "fixed-response",
    statusCode: "404",
    contentType: "text/plain",
    body: "Not found",
  } as const;
  const http = (defaultAction: typeof notFound | typeof redirect): Ref<string> =>
    scope.add(
      "AWS::ElasticLoadBalancingV2::Listener",
      "alb/http",
      { loadBalancerArn, port: 80, protocol: "HTTP", defaultAction },
      { name: scope.names.part("http"), fact },
    ).listenerArn;
  if (!domain) return http(notFound);
  http(redirect);
  const { certificateArn } = domain;
  return scope.add(
    "AWS::ElasticLoadBalancingV2::Listener",
    "alb/https",
    { loadBalancerArn, port: 443, protocol: "HTTPS", certificateArn, sslPolicy, defaultAction: notFound },
    { name: scope.names.part("https"), fact },
  ).listenerArn;
}

const redirect = { type: "redirect", protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } as const;

function addEntrance(scope: Scope, entrance: Entrance, network: NetworkParts, listenerArn: Ref<string>): IngressPart {
  const { id, name, agent, graceSeconds = 60 } = entrance;
  const { path, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold, matcher } = entrance.healthCheck;
  const createOnly = { vpcId: network.vpcId, port: entrance.port, protocol: "HTTP" } as const;
  const owner = { fact, ...(agent !== undefined && { agent }) } as const;
  const { targetGroupArn } = scope.add(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    `${id}/target-group`,
    {
      ...createOnly,
      healthCheck: { path, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold, matcher },
      attributes: { "deregistration_delay.timeout_seconds": "30" },
    },
    { name: scope.names.targetGroup(name, createOnly), ...owner },
  );
  const rules = entrance.rules.map(({ node, path, priority }) => {
    const action = { type: "forward", targetGroupArn } as const;
    const hosts = entrance.hosts && { hosts: [...entrance.hosts].sort() };
    return scope.add(
      "AWS::ElasticLoadBalancingV2::ListenerRule",
      `${id}/${node}`,
      { listenerArn, priority, paths: [path], ...hosts, action },
      { name: scope.names.part(name), ...owner },
    ).$node;
  });
  return { targetGroupArn, rules, graceSeconds: intervalSeconds * unhealthyThreshold + graceSeconds };
}
