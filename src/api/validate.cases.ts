import { group, kind, type SpecInput, version } from "./resource.ts";

type Agents = SpecInput["agents"];

/** The smallest spec there is. */
export function minimal(): SpecInput {
  return { project: "shop", environment: "dev", aws: { region: "us-east-1" }, agents: [{ name: "one", port: 8000 }] };
}

const withAgents = (...agents: Agents): SpecInput => ({ ...minimal(), agents });
const one = (rest: Omit<Agents[number], "name" | "port">): SpecInput =>
  withAgents({ name: "one", port: 8000, ...rest });
const withNetwork = (network: SpecInput["network"]): SpecInput => ({ ...minimal(), network });
const withDatabase = (database: NonNullable<SpecInput["data"]>["database"]): SpecInput => ({
  ...minimal(),
  data: { database },
});
const secretArn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:snowflake-AbCdEf";
const existing = {
  vpc: "vpc-0a1b2c3d",
  publicSubnets: ["subnet-a", "subnet-b"],
  privateSubnets: ["subnet-c", "subnet-d"],
};
const container = { deployment: "Container" as const, passwordSecretRef: { name: "database" } };

export interface Case {
  readonly name: string;
  readonly spec: unknown;
  /** The spec before the change. */
  readonly old?: unknown;
  readonly metadata?: { readonly name: string };
  /** Field, "" where a rule of the whole object has none, and a part of the message. Absent: it is accepted. */
  readonly refused?: { readonly field: string; readonly message: string };
}

/** The object with this spec. */
export function apiObject(
  spec: unknown,
  metadata: Case["metadata"] = { name: "one" },
): Readonly<Record<string, unknown>> {
  return { apiVersion: `${group}/${version}`, kind, metadata, spec };
}

const refused = (field: string, message: string): Pick<Case, "refused"> => ({ refused: { field, message } });
const anyCpu = (cpu: string, memory: string): SpecInput => one({ cpu: cpu as "1", memory });

const accepted: readonly Case[] = [
  { name: "the smallest spec", spec: minimal() },
  { name: "a CPU in thousandths with the least memory", spec: anyCpu("250m", "512Mi") },
  { name: "half a vCPU as ECS counts", spec: anyCpu("512m", "1Gi") },
  { name: "the largest task", spec: anyCpu("16", "120Gi") },
  { name: "8 vCPU in steps of 4 GiB", spec: anyCpu("8", "20Gi") },
  { name: "memory in MiB that is whole GiB", spec: anyCpu("1", "3072Mi") },
  {
    name: "agents that use each other in a circle",
    spec: withAgents(
      { name: "one", port: 8000, uses: [{ agent: "two" }] },
      { name: "two", port: 8001, uses: [{ agent: "one" }] },
    ),
  },
  { name: "an existing network", spec: withNetwork({ existing }) },
  { name: "three named zones", spec: withNetwork({ zones: { names: ["us-east-1a", "us-east-1b", "us-east-1d"] } }) },
  { name: "the smallest network", spec: withNetwork({ cidr: "10.1.2.0/24" }) },
  { name: "a database in a container", spec: withDatabase(container) },
  {
    name: "one path for two hosts",
    spec: withAgents(
      { name: "one", port: 8000, ingress: { hosts: ["a.example.com"] } },
      { name: "two", port: 8001, ingress: { hosts: ["b.example.com"] } },
    ),
  },
  { name: "a secret by ARN", spec: one({ secrets: [{ name: "snowflake", from: { arn: secretArn } }] }) },
  {
    name: "a model by inference profile",
    spec: one({ bedrock: { models: ["us.anthropic.claude-sonnet-4-20250514-v1:0"] } }),
  },
  { name: "an interval of 5 minutes", spec: { ...minimal(), interval: "5m" } },
];

const shapes: readonly Case[] = [
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

const rules: readonly Case[] = [
  {
    name: "a project that AWS reserves",
    spec: { ...minimal(), project: "sg-shop" },
    ...refused("spec.project", "AWS keeps names"),
  },
  {
    name: "a pair that Fargate does not have",
    spec: anyCpu("1", "1Gi"),
    ...refused("spec.agents[0]", "does not pair"),
  },
  { name: "too much memory for the CPU", spec: anyCpu("0.25", "3Gi"), ...refused("spec.agents[0]", "does not pair") },
  {
    name: "a step that Fargate does not have",
    spec: anyCpu("8", "18Gi"),
    ...refused("spec.agents[0]", "does not pair"),
  },
  { name: "odd MiB", spec: anyCpu("1", "3000Mi"), ...refused("spec.agents[0]", "does not pair") },
  {
    name: "a reserved name",
    spec: withAgents({ name: "database", port: 8000 }),
    ...refused("spec.agents[0]", "belongs to a part of the platform"),
  },
  {
    name: "a reserved port",
    spec: withAgents({ name: "one", port: 5432 }),
    ...refused("spec.agents[0]", "belong to the platform"),
  },
  {
    name: "an agent that uses itself",
    spec: one({ uses: [{ agent: "one" }] }),
    ...refused("spec.agents[0]", "must not use itself"),
  },
  {
    name: "an entry of uses with both",
    spec: {
      ...withAgents(
        { name: "one", port: 8000, uses: [{ agent: "two", component: "artifacts" }] },
        { name: "two", port: 8001 },
      ),
      data: { artifacts: {} },
    },
    ...refused("spec.agents[0].uses[0]", "names one thing"),
  },
  {
    name: "an entry of uses with neither",
    spec: one({ uses: [{}] }),
    ...refused("spec.agents[0].uses[0]", "names one thing"),
  },
  {
    name: "a variable that a secret has",
    spec: one({ env: { SNOW_FLAKE_USER: "x" }, secrets: [{ name: "snow-flake", from: { arn: secretArn } }] }),
    ...refused("spec.agents[0]", "is injected as"),
  },
  {
    name: "a variable that is no name",
    spec: one({ env: { "1X": "x" } }),
    ...refused("spec.agents[0].env", "begin with no digit"),
  },
  {
    name: "a variable of the platform",
    spec: one({ env: { AWS_REGION: "x" } }),
    ...refused("spec.agents[0].env", "the platform sets"),
  },
  {
    name: "a secret with two sources",
    spec: one({ secrets: [{ name: "s", from: { arn: secretArn, secretRef: { name: "s" } } }] }),
    ...refused("spec.agents[0].secrets[0].from", "exactly one source"),
  },
  {
    name: "a secret without a source",
    spec: one({ secrets: [{ name: "s", from: {} }] }),
    ...refused("spec.agents[0].secrets[0].from", "exactly one source"),
  },
  {
    name: "a check that outlasts its interval",
    spec: one({ ingress: { healthCheck: { intervalSeconds: 5, timeoutSeconds: 5 } } }),
    ...refused("spec.agents[0].ingress.healthCheck", "less than intervalSeconds"),
  },
  {
    name: "what is no block",
    spec: withNetwork({ cidr: "10.0.0.0.0/16" }),
    ...refused("spec.network.cidr", "IPv4 block"),
  },
  {
    name: "a block of IPv6",
    spec: withNetwork({ cidr: "2001:db8::/32" }),
    ...refused("spec.network.cidr", "IPv4 block"),
  },
  {
    name: "a block with host bits",
    spec: withNetwork({ cidr: "10.0.0.5/16" }),
    ...refused("spec.network.cidr", "must be zero"),
  },
  {
    name: "a block that is too large",
    spec: withNetwork({ cidr: "10.0.0.0/8" }),
    ...refused("spec.network.cidr", "/16 to /24"),
  },
  {
    name: "a block that is too small",
    spec: withNetwork({ cidr: "10.0.0.0/25" }),
    ...refused("spec.network.cidr", "/16 to /24"),
  },
  {
    name: "a block without room for the tasks",
    spec: { ...one({ replicas: 20 }), network: { cidr: "10.0.0.0/24" } },
    ...refused("spec", "network.cidr is too small"),
  },
  {
    name: "zones by count and name",
    spec: withNetwork({ zones: { count: 2, names: ["us-east-1a", "us-east-1b"] } }),
    ...refused("spec.network.zones", "either counted or named"),
  },
  {
    name: "one zone twice",
    spec: withNetwork({ zones: { names: ["us-east-1a", "us-east-1a"] } }),
    ...refused("spec.network.zones", "named twice"),
  },
  {
    name: "an existing network with a block",
    spec: withNetwork({ existing, cidr: "10.0.0.0/16" }),
    ...refused("spec.network", "the network is yours"),
  },
  {
    name: "an existing network with NAT gateways",
    spec: withNetwork({ existing, natGateways: "None" }),
    ...refused("spec.network", "the network is yours"),
  },
  {
    name: "a subnet on both sides",
    spec: withNetwork({ existing: { ...existing, privateSubnets: ["subnet-a", "subnet-d"] } }),
    ...refused("spec.network.existing", "either public or private"),
  },
  {
    name: "an allowed block with host bits",
    spec: { ...minimal(), access: { allowedCidrs: ["10.0.0.1/8"] } },
    ...refused("spec.access.allowedCidrs[0]", "must be zero"),
  },
  {
    name: "settings of RDS for a container",
    spec: withDatabase({ ...container, multiAZ: true }),
    ...refused("spec.data.database", "settings of RDS"),
  },
  {
    name: "a container without a password",
    spec: withDatabase({ deployment: "Container" }),
    ...refused("spec.data.database", "passwordSecretRef is needed"),
  },
  {
    name: "RDS with a password",
    spec: withDatabase({ passwordSecretRef: { name: "x" } }),
    ...refused("spec.data.database", "passwordSecretRef is needed"),
  },
  {
    name: "a largest storage too near",
    spec: withDatabase({ storageGiB: 100, maxStorageGiB: 105 }),
    ...refused("spec.data.database", "by a tenth"),
  },
  {
    name: "Langfuse without keys",
    spec: { ...minimal(), observability: { langfuse: { mode: "Cloud" } } },
    ...refused("spec.observability.langfuse", "needs the project's keys"),
  },
  {
    name: "one port twice",
    spec: withAgents({ name: "one", port: 8000 }, { name: "two", port: 8000 }),
    ...refused("spec", "the same port"),
  },
  {
    name: "more secrets than a role can name",
    spec: withAgents(
      ...Array.from({ length: 6 }, (_, index) => ({
        name: `agent-${index}`,
        port: 8000 + index,
        secrets: Array.from({ length: 9 }, (_, i) => ({ name: `s${i}`, from: { arn: secretArn } })),
      })),
    ),
    ...refused("spec", "50 secrets at most"),
  },
  {
    name: "an agent that is not there",
    spec: one({ uses: [{ agent: "two" }] }),
    ...refused("spec", "not in spec.agents"),
  },
  {
    name: "a database that is not there",
    spec: one({ uses: [{ component: "database" }] }),
    ...refused("spec", "add data.database"),
  },
  {
    name: "artifacts that are not there",
    spec: one({ uses: [{ component: "artifacts" }] }),
    ...refused("spec", "add data.artifacts"),
  },
  {
    name: "Langfuse that is off",
    spec: one({ uses: [{ component: "langfuse" }] }),
    ...refused("spec", "observability.langfuse.mode is None"),
  },
  {
    name: "one path for two agents",
    spec: withAgents(
      { name: "one", port: 8000, ingress: {} },
      { name: "two", port: 8001, ingress: { hosts: ["a.example.com"] } },
    ),
    ...refused("spec", "the same path"),
  },
  {
    name: "a container without a way to its image",
    spec: { ...withDatabase(container), network: { natGateways: "None" } },
    ...refused("spec", "no way there: use RDS"),
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
  { name: "a tag of AWS", spec: { ...minimal(), tags: { "aws:x": "y" } }, ...refused("spec.tags", "belong to AWS") },
  {
    name: "a tag with a wrong character",
    spec: { ...minimal(), tags: { "a*": "y" } },
    ...refused("spec.tags", "tag keys are"),
  },
  {
    name: "an interval that is too short",
    spec: { ...minimal(), interval: "5s" },
    ...refused("spec.interval", "between 30s and 24h"),
  },
  {
    name: "a name that does not fit into tags",
    spec: minimal(),
    metadata: { name: "n".repeat(64) },
    ...refused("", "63 characters"),
  },
];

const changes: readonly Case[] = [
  {
    name: "another project",
    old: minimal(),
    spec: { ...minimal(), project: "store" },
    ...refused("spec", "project is part of every AWS name"),
  },
  {
    name: "another environment",
    old: minimal(),
    spec: { ...minimal(), environment: "prod" },
    ...refused("spec", "environment is part of"),
  },
  {
    name: "another region",
    old: minimal(),
    spec: { ...minimal(), aws: { region: "eu-west-1" } },
    ...refused("spec", "aws.region cannot change"),
  },
  {
    name: "an account at last",
    old: minimal(),
    spec: { ...minimal(), aws: { region: "us-east-1", account: "111122223333" } },
  },
  {
    name: "an account removed",
    old: { ...minimal(), aws: { region: "us-east-1", account: "111122223333" } },
    spec: minimal(),
    ...refused("spec", "aws.account cannot change"),
  },
  {
    name: "another block",
    old: withNetwork({ cidr: "10.1.0.0/16" }),
    spec: withNetwork({ cidr: "10.2.0.0/16" }),
    ...refused("spec", "network.cidr cannot change"),
  },
  {
    name: "a block removed",
    old: withNetwork({ cidr: "10.1.0.0/16" }),
    spec: withNetwork({}),
    ...refused("spec", "network.cidr cannot change"),
  },
  {
    name: "the network removed",
    old: withNetwork({ cidr: "10.1.0.0/16" }),
    spec: minimal(),
    ...refused("spec", "network.cidr cannot change"),
  },
  { name: "the default block in writing", old: minimal(), spec: withNetwork({ cidr: "10.0.0.0/16" }) },
  {
    name: "another VPC",
    old: withNetwork({ existing }),
    spec: withNetwork({ existing: { ...existing, vpc: "vpc-1" } }),
    ...refused("spec", "network.existing.vpc cannot change"),
  },
  {
    name: "an existing VPC later",
    old: minimal(),
    spec: withNetwork({ existing }),
    ...refused("spec", "network.existing.vpc cannot change"),
  },
  {
    name: "other subnets of the VPC",
    old: withNetwork({ existing }),
    spec: withNetwork({ existing: { ...existing, publicSubnets: ["subnet-a", "subnet-e"] } }),
  },
  { name: "a third zone", old: minimal(), spec: withNetwork({ zones: { count: 3 } }) },
  {
    name: "a zone less",
    old: withNetwork({ zones: { count: 3 } }),
    spec: minimal(),
    ...refused("spec", "network.zones can only grow"),
  },
  {
    name: "named zones turned round",
    old: withNetwork({ zones: { names: ["us-east-1a", "us-east-1b"] } }),
    spec: withNetwork({ zones: { names: ["us-east-1b", "us-east-1a"] } }),
    ...refused("spec", "added to at the end"),
  },
  {
    name: "a named zone more",
    old: withNetwork({ zones: { names: ["us-east-1a", "us-east-1b"] } }),
    spec: withNetwork({ zones: { names: ["us-east-1a", "us-east-1b", "us-east-1c"] } }),
  },
  {
    name: "another deployment of the database",
    old: withDatabase({}),
    spec: withDatabase(container),
    ...refused("spec", "deployment cannot change"),
  },
  {
    name: "an older version",
    old: withDatabase({ version: "16" }),
    spec: withDatabase({ version: "15" }),
    ...refused("spec", "can only go up"),
  },
  { name: "a newer version", old: withDatabase({ version: "15" }), spec: withDatabase({ version: "16" }) },
  {
    name: "less storage",
    old: withDatabase({ storageGiB: 100 }),
    spec: withDatabase({ storageGiB: 50 }),
    ...refused("spec", "can only grow"),
  },
  {
    name: "storage removed",
    old: withDatabase({ storageGiB: 100 }),
    spec: withDatabase({}),
    ...refused("spec", "can only grow"),
  },
  { name: "more storage", old: withDatabase({}), spec: withDatabase({ storageGiB: 50 }) },
  { name: "no database any more", old: withDatabase({ storageGiB: 100 }), spec: minimal() },
];

/** What is accepted and what is refused, why and where: the API server and the offline check are held to the same list. */
export const cases: readonly Case[] = [...accepted, ...shapes, ...rules, ...changes];
