import {
  anyCpu,
  type Case,
  container,
  existing,
  minimal,
  one,
  refused,
  secretArn,
  withAgents,
  withDatabase,
  withNetwork,
} from "./case.ts";

/** Refused by a rule over several fields or over the form of one. */
export const rules: readonly Case[] = [
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
