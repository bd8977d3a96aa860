import { anyCpu, type Case, existing, minimal, one, refused, withAgents, withDatabase, withNetwork } from "./case.ts";

/** Refused by the schema itself. */
export const shapes: readonly Case[] = [
  { name: "no agent", spec: withAgents(), ...refused("spec.agents", "") },
  { name: "an unknown profile", spec: { ...minimal(), profile: "Big" }, ...refused("spec.profile", "") },
  {
    name: "a project with two hyphens in a row",
    spec: { ...minimal(), project: "my--shop" },
    ...refused("spec.project", ""),
  },
  {
    name: "a project that is too long",
    spec: { ...minimal(), project: "p".repeat(31) },
    ...refused("spec.project", ""),
  },
  {
    name: "an environment with a hyphen",
    spec: { ...minimal(), environment: "my-dev" },
    ...refused("spec.environment", ""),
  },
  { name: "what is no region", spec: { ...minimal(), aws: { region: "Ohio" } }, ...refused("spec.aws.region", "") },
  {
    name: "an account of 11 digits",
    spec: { ...minimal(), aws: { region: "us-east-1", account: "11112222333" } },
    ...refused("spec.aws.account", ""),
  },
  { name: "port 0", spec: withAgents({ name: "one", port: 0 }), ...refused("spec.agents[0].port", "") },
  { name: "a CPU that Fargate does not have", spec: anyCpu("3", "8Gi"), ...refused("spec.agents[0].cpu", "") },
  { name: "memory without a unit", spec: anyCpu("1", "2048"), ...refused("spec.agents[0].memory", "") },
  {
    name: "two agents of one name",
    spec: withAgents({ name: "one", port: 8000 }, { name: "one", port: 8001 }),
    ...refused("spec.agents[1]", "uplicate"),
  },
  {
    name: "one path twice",
    spec: one({ ingress: { paths: ["/a", "/a"] } }),
    ...refused("spec.agents[0].ingress.paths[1]", "uplicate"),
  },
  {
    name: "a path without a slash",
    spec: one({ ingress: { paths: ["api/*"] } }),
    ...refused("spec.agents[0].ingress.paths[0]", ""),
  },
  {
    name: "a retention that CloudWatch does not have",
    spec: { ...minimal(), observability: { logs: { retentionDays: 8 } } },
    ...refused("spec.observability.logs.retentionDays", ""),
  },
  {
    name: "a wildcard for all models",
    spec: one({ bedrock: { models: ["*.*"] } }),
    ...refused("spec.agents[0].bedrock.models[0]", ""),
  },
  {
    name: "one subnet only",
    spec: withNetwork({ existing: { ...existing, privateSubnets: ["subnet-c"] } }),
    ...refused("spec.network.existing.privateSubnets", ""),
  },
  {
    name: "a version of PostgreSQL that is too old",
    spec: withDatabase({ version: "14" as "15" }),
    ...refused("spec.data.database.version", ""),
  },
  {
    name: "too many tags",
    spec: { ...minimal(), tags: Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`tag${i}`, "x"])) },
    ...refused("spec.tags", "at most 20"),
  },
];
