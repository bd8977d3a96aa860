import type { Agent } from "./agent.ts";
import { parseCidr } from "./cidr.ts";
import type { Data } from "./data.ts";
import { selfHostedLangfuse } from "./langfuse.ts";
import { cidrOf, countZones, defaultCidr, type Network, zoneCount } from "./network.ts";
import type { Observability } from "./observability.ts";
import type { Rule } from "./rule.ts";

interface Crossing {
  readonly agents: readonly Agent[];
  readonly network: Network;
  readonly data: Data;
  readonly observability: Observability;
}

/** AWS keeps five addresses of every subnet. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const reservedAddresses = 5;
/** Addresses that other than agents may need in a private subnet: interface endpoints, database, mount target. */
const otherAddresses = 14;

/** The policies of a role have 10,240 characters, and a secret's ARN up to 170. IAM user guide, "IAM and AWS STS quotas". */
const maxSecrets = 50;

/** Tasks that a private subnet of a VPC with this prefix has addresses for. */
function roomOf(prefix: number): number {
  return 2 ** (32 - (prefix + 3)) - reservedAddresses - otherAddresses;
}

const rooms = Object.fromEntries([16, 17, 18, 19, 20, 21, 22, 23, 24].map((prefix) => [prefix, roomOf(prefix)]));
const cidr = cidrOf("self");
const prefix = `cidr(${cidr}).prefixLength()`;
const roomCel = `{${Object.entries(rooms)
  .map(([length, tasks]) => `${length}: ${tasks}`)
  .join(", ")}}[${prefix}]`;
/** Whether the block is one that has a rule of its own against it. */
const otherwiseWrong = `!isCIDR(${cidr}) || ${prefix} < 16 || ${prefix} > 24`;

const uses = (agents: readonly Agent[], component: string): boolean =>
  agents.some((agent) => agent.uses.some((entry) => entry.component === component));
const usesCel = (component: string): string =>
  `self.agents.exists(a, a.uses.exists(u, has(u.component) && u.component == '${component}'))`;

const langfuseCel = "self.observability.langfuse";
const langfuseTasks = `${langfuseCel}.mode == 'SelfHosted' && has(${langfuseCel}.selfHosted) ? ${langfuseCel}.selfHosted.web.replicas + ${langfuseCel}.selfHosted.worker.replicas : 0`;

/** What crosses the fields of a spec. */
export const crossRules: readonly Rule<Crossing>[] = [
  {
    cel: "self.agents.all(a, self.agents.exists_one(b, b.port == a.port))",
    message: "agents: two agents have the same port: give each agent a port of its own",
    holds: ({ agents }) => new Set(agents.map(({ port }) => port)).size === agents.length,
  },
  {
    cel: "self.agents.all(a, !has(a.grpcPort) || self.agents.all(b, b.name == a.name || (b.port != a.grpcPort && (!has(b.grpcPort) || b.grpcPort != a.grpcPort))))",
    message: "agents: grpcPort of an agent is a port of another one: give each port to one agent",
    holds: ({ agents }) =>
      agents.every(
        (a) =>
          a.grpcPort === undefined ||
          agents.every((b) => b.name === a.name || (b.port !== a.grpcPort && b.grpcPort !== a.grpcPort)),
      ),
  },
  {
    cel: "self.agents.all(a, !has(a.grpcPort) || self.agents.all(b, b.name != a.name + '-grpc'))",
    message:
      "agents: an agent has a grpcPort and another one its name with -grpc, so that both addresses would be one variable: rename one",
    holds: ({ agents }) =>
      agents.every((a) => a.grpcPort === undefined || agents.every((b) => b.name !== `${a.name}-grpc`)),
  },
  {
    cel: "self.agents.all(a, a.uses.all(u, !has(u.agent) || self.agents.exists(b, b.name == u.agent)))",
    message: "agents: uses names an agent that is not in spec.agents: correct the name or add the agent",
    holds: ({ agents }) => {
      const names = new Set(agents.map((agent) => agent.name));
      return agents.every((agent) => agent.uses.every((entry) => entry.agent === undefined || names.has(entry.agent)));
    },
  },
  {
    cel: `has(self.data.database) || !${usesCel("database")}`,
    message: "agents: uses names the component database, and there is none: add data.database or remove the entry",
    holds: ({ agents, data }) => data.database !== undefined || !uses(agents, "database"),
  },
  {
    cel: `has(self.data.cache) || !${usesCel("cache")}`,
    message: "agents: uses names the component cache, and there is none: add data.cache or remove the entry",
    holds: ({ agents, data }) => data.cache !== undefined || !uses(agents, "cache"),
  },
  {
    cel: `has(self.data.artifacts) || !${usesCel("artifacts")}`,
    message: "agents: uses names the component artifacts, and there is none: add data.artifacts or remove the entry",
    holds: ({ agents, data }) => data.artifacts !== undefined || !uses(agents, "artifacts"),
  },
  {
    cel: `self.observability.langfuse.mode != 'None' || !${usesCel("langfuse")}`,
    message:
      "agents: uses names the component langfuse, and observability.langfuse.mode is None: set it to Cloud or SelfHosted, or remove the entry",
    holds: ({ agents, observability }) => observability.langfuse.mode !== "None" || !uses(agents, "langfuse"),
  },
  {
    cel: "self.agents.all(a, !has(a.ingress) || self.agents.all(b, b.name == a.name || !has(b.ingress) || (has(a.ingress.hosts) && has(b.ingress.hosts) && a.ingress.hosts.all(h, !(h in b.ingress.hosts))) || a.ingress.paths.all(p, !(p in b.ingress.paths))))",
    message:
      "agents: two agents have the same path in ingress.paths for the same host: give each path to one agent, or tell them apart by ingress.hosts",
    holds: ({ agents }) => agents.every((a) => agents.every((b) => a.name === b.name || !samePath(a, b))),
  },
  {
    cel: `self.agents.map(a, a.secrets.size()).sum() <= ${maxSecrets}`,
    message: `agents: all agents together have ${maxSecrets} secrets at most, for the role that injects them names each: put several values into one Secret`,
    holds: ({ agents }) => agents.reduce((sum, { secrets }) => sum + secrets.length, 0) <= maxSecrets,
  },
  {
    cel: `has(self.network.existing) || ${otherwiseWrong} || (self.agents.map(a, a.replicas).sum() + (${langfuseTasks})) * 2 <= ${roomCel} * ${zoneCount("self")}`,
    message:
      "network.cidr is too small: while a release rolls out every task runs twice, and each needs an address of its own in a private subnet (an eighth of the block in each zone). Use a larger block or fewer replicas",
    holds: ({ network, agents, observability }) => {
      if (network.existing) return true;
      const room = rooms[parseCidr(network.cidr ?? defaultCidr)?.prefix ?? 0];
      const { web, worker } = selfHostedLangfuse(observability.langfuse) ?? {};
      const ofLangfuse = (web?.replicas ?? 0) + (worker?.replicas ?? 0);
      const tasks = agents.reduce((sum, agent) => sum + agent.replicas, ofLangfuse);
      return room === undefined || tasks * 2 <= room * countZones(network);
    },
  },
];

function samePath(a: Agent, b: Agent): boolean {
  if (!a.ingress || !b.ingress) return false;
  const { hosts } = b.ingress;
  const apart =
    a.ingress.hosts !== undefined && hosts !== undefined && a.ingress.hosts.every((host) => !hosts.includes(host));
  return !apart && a.ingress.paths.some((path) => b.ingress?.paths.includes(path));
}
