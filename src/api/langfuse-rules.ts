import type { Access } from "./access.ts";
import type { Agent } from "./agent.ts";
import type { Data } from "./data.ts";
import { selfHostedLangfuse } from "./langfuse.ts";
import type { Observability } from "./observability.ts";
import type { Rule } from "./rule.ts";

interface Crossing {
  readonly access: Access;
  readonly agents: readonly Agent[];
  readonly data: Data;
  readonly observability: Observability;
}

const langfuse = "self.observability.langfuse";
/** For what holds in other modes by itself. */
const unlessSelfHosted = `${langfuse}.mode != 'SelfHosted' || !has(${langfuse}.selfHosted)`;
const hostCel = `${langfuse}.selfHosted.web.ingress.host`;
const unlessReached = `${unlessSelfHosted} || !has(${langfuse}.selfHosted.web.ingress)`;

const hostOf = ({ observability }: Crossing): string | undefined =>
  selfHostedLangfuse(observability.langfuse)?.web.ingress?.host;
const field = "observability.langfuse.mode SelfHosted";

/** What a Langfuse that runs here needs of the rest of the spec. */
export const langfuseRules: readonly Rule<Crossing>[] = [
  ...(["database", "cache", "artifacts"] as const).map((part) => ({
    cel: `${unlessSelfHosted} || has(self.data.${part})`,
    message: `${field} keeps its data in data.${part}, and there is none: add data.${part}`,
    holds: ({ data, observability }: Crossing) =>
      selfHostedLangfuse(observability.langfuse) === undefined || data[part] !== undefined,
  })),
  {
    cel: `${unlessSelfHosted} || !has(self.data.cache) || (has(self.data.cache.maxMemoryPolicy) && self.data.cache.maxMemoryPolicy == 'noeviction')`,
    message: `${field} has its queues in data.cache, which must lose none of them: set data.cache.maxMemoryPolicy to noeviction`,
    holds: ({ data, observability }) =>
      selfHostedLangfuse(observability.langfuse) === undefined ||
      data.cache === undefined ||
      data.cache.maxMemoryPolicy === "noeviction",
  },
  {
    cel: `${unlessReached} || has(self.access.domain)`,
    message: `${field}: passwords would cross the internet in the clear: set access.domain, or remove selfHosted.web.ingress`,
    holds: (spec) => hostOf(spec) === undefined || spec.access.domain !== undefined,
  },
  {
    cel: `${unlessReached} || ((!has(self.access.domain) || self.access.domain.name != ${hostCel}) && self.agents.all(a, !has(a.ingress) || !has(a.ingress.hosts) || !(${hostCel} in a.ingress.hosts)))`,
    message: `${field}: selfHosted.web.ingress.host is the name of access.domain or of an agent, which would no longer be reached: give Langfuse a host name of its own`,
    holds: (spec) => {
      const host = hostOf(spec);
      if (host === undefined) return true;
      return spec.access.domain?.name !== host && spec.agents.every((agent) => !agent.ingress?.hosts?.includes(host));
    },
  },
];
