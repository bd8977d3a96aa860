import type { SpecInput } from "../resource.ts";
import { type Case, minimal, refused } from "./case.ts";

type Langfuse = NonNullable<NonNullable<SpecInput["observability"]>["langfuse"]>;
type SelfHosted = NonNullable<Langfuse["selfHosted"]>;

const clickhouse = { url: "https://x.eu-west-1.aws.clickhouse.cloud:8443", secretRef: { name: "clickhouse" } };
const stores = { database: {}, cache: { maxMemoryPolicy: "noeviction" as const }, artifacts: {} };
const certificateArn = "arn:aws:acm:us-east-1:111122223333:certificate/0a";
const domain = { domain: { name: "api.example.com", certificateArn } };

function hosted(selfHosted: Partial<SelfHosted> = {}, rest: Partial<SpecInput> = {}): SpecInput {
  const observability = { langfuse: { mode: "SelfHosted" as const, selfHosted: { clickhouse, ...selfHosted } } };
  return { ...minimal(), data: stores, observability, ...rest };
}
const reached = (host: string): Partial<SelfHosted> => ({ web: { ingress: { host } }, adminEmail: "a@example.com" });

/** Langfuse in the modes that it has. */
export const langfuse: readonly Case[] = [
  {
    name: "Langfuse without keys",
    spec: { ...minimal(), observability: { langfuse: { mode: "Cloud" } } },
    ...refused("spec.observability.langfuse", "needs the project's keys"),
  },
  {
    name: "Langfuse Cloud without a way there",
    spec: {
      ...minimal(),
      network: { natGateways: "None" },
      observability: { langfuse: { mode: "Cloud", secretRef: { name: "x" } } },
    },
    ...refused("spec", "Langfuse Cloud is on the internet"),
  },
  { name: "a Langfuse of one's own", spec: hosted() },
  {
    name: "a Langfuse of one's own that people reach",
    spec: hosted(reached("langfuse.example.com"), { access: domain }),
  },
  {
    name: "keys of Cloud and a Langfuse of one's own, to go from one to the other",
    spec: {
      ...hosted(),
      observability: { langfuse: { mode: "Cloud", secretRef: { name: "x" }, selfHosted: { clickhouse } } },
    },
  },
  {
    name: "a Langfuse of one's own of which nothing is said",
    spec: { ...minimal(), data: stores, observability: { langfuse: { mode: "SelfHosted" } } },
    ...refused("spec.observability.langfuse", "at the least selfHosted.clickhouse"),
  },
  ...(["database", "cache", "artifacts"] as const).map((part) => ({
    name: `a Langfuse of one's own without ${part}`,
    spec: hosted({}, { data: { ...stores, [part]: undefined } }),
    ...refused("spec", `add data.${part}`),
  })),
  {
    name: "a Langfuse of one's own whose queues may be evicted",
    spec: hosted({}, { data: { ...stores, cache: {} } }),
    ...refused("spec", "set data.cache.maxMemoryPolicy to noeviction"),
  },
  {
    name: "a Langfuse of one's own without a way to its images",
    spec: hosted({}, { network: { natGateways: "None" } }),
    ...refused("spec", "Langfuse SelfHosted pulls its images"),
  },
  {
    name: "a password for ClickHouse in its address",
    spec: hosted({ clickhouse: { ...clickhouse, url: "https://user:password@clickhouse.example.com:8443" } }),
    ...refused("spec.observability.langfuse.selfHosted.clickhouse.url", ""),
  },
  {
    name: "a Langfuse on the internet that nobody could log in to",
    spec: hosted({ web: { ingress: { host: "langfuse.example.com" } } }, { access: domain }),
    ...refused("spec.observability.langfuse.selfHosted", "set adminEmail"),
  },
  {
    name: "a Langfuse that takes passwords over HTTP",
    spec: hosted(reached("langfuse.example.com")),
    ...refused("spec", "set access.domain"),
  },
  {
    name: "a Langfuse under the name of the agents",
    spec: hosted(reached("api.example.com"), { access: domain }),
    ...refused("spec", "a host name of its own"),
  },
  {
    name: "a Langfuse under the name of one agent",
    spec: hosted(reached("one.example.com"), {
      access: domain,
      agents: [{ name: "one", port: 8000, ingress: { hosts: ["one.example.com"] } }],
    }),
    ...refused("spec", "a host name of its own"),
  },
  {
    name: "more tasks of Langfuse than a network of 16 addresses has room for",
    spec: hosted({ web: { replicas: 20 } }, { network: { cidr: "10.1.2.0/24" } }),
    ...refused("spec", "network.cidr is too small"),
  },
];
