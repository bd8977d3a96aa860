import { z } from "zod";
import { bedrock, envVariables, secretEntry } from "./agent-access.ts";
import { name } from "./common.ts";
import { cpuSpellings, describePairs, isPair, pairRule } from "./fargate.ts";
import { asSet, keyedBy, type Rule, ruled } from "./rule.ts";

/** Parts of the platform that an agent can use by name. */
export const components = ["database", "cache", "langfuse", "artifacts", "events"] as const;
export type Component = (typeof components)[number];

/** Names that the platform's own parts have in AWS or in its private DNS. */
export const reservedNames = [
  "alb",
  "api",
  "artifacts",
  "bus",
  "cache",
  "cluster",
  "database",
  "endpoints",
  "execution",
  "langfuse",
  "langfuse-worker",
  "postgres",
] as const;

/** Ports of Langfuse, PostgreSQL and the cache: kept, so that one port names one thing in the whole platform. */
export const reservedPorts = [3000, 5432, 6379] as const;

const image = z.strictObject({
  repository: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[a-z0-9][a-z0-9._:/-]*[a-z0-9]$/)
    .optional()
    .describe(
      "Registry and repository without a tag. Default: the agent's own ECR repository, which the operator makes.",
    ),
  tag: z
    .string()
    .min(1)
    .max(128)
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/)
    .default("latest")
    .describe("Tag of the image. Not looked at when digest is set."),
  digest: z
    .string()
    .max(71)
    .regex(/^sha256:[a-f0-9]{64}$/)
    .optional()
    .describe("Digest of the image: pins exactly this one, whatever the tag says later."),
});

const healthCheck = ruled(
  z.strictObject({
    path: z
      .string()
      .min(1)
      .max(1024)
      .regex(/^\/[!-~]*$/)
      .default("/health")
      .describe("Path that answers when the agent can take requests."),
    intervalSeconds: z.int32().min(5).max(300).default(15).describe("Seconds between two checks of a task."),
    timeoutSeconds: z.int32().min(2).max(120).default(5).describe("Seconds after which a check has failed."),
    healthyThreshold: z
      .int32()
      .min(2)
      .max(10)
      .default(2)
      .describe("Passed checks in a row until a task gets requests."),
    unhealthyThreshold: z.int32().min(2).max(10).default(3).describe("Failed checks in a row until a task gets none."),
    matcher: z
      .string()
      .min(3)
      .max(64)
      .regex(/^[2-4][0-9]{2}([-,][2-4][0-9]{2})*$/)
      .default("200")
      .describe('HTTP codes of a passed check: "200", "200-299" or "200,202".'),
  }),
  {
    cel: "self.timeoutSeconds < self.intervalSeconds",
    message:
      "timeoutSeconds must be less than intervalSeconds, as the load balancer demands: raise intervalSeconds or lower timeoutSeconds",
    holds: (check) => check.timeoutSeconds < check.intervalSeconds,
  },
);

const ingress = z.strictObject({
  paths: asSet(
    z
      .array(
        z
          .string()
          .min(1)
          .max(128)
          .regex(/^\/[A-Za-z0-9_.$/~"'@:+&*?-]*$/),
      )
      .min(1)
      .max(5)
      .default(["/*"]),
  ).describe("Paths of the load balancer that lead to this agent; * and ? are wildcards. The more exact path wins."),
  hosts: asSet(
    z
      .array(
        z
          .string()
          .min(1)
          .max(128)
          .regex(/^[a-z0-9*?.-]+$/),
      )
      .min(1)
      .max(3),
  )
    .optional()
    .describe("Only requests for these host names; * and ? are wildcards. Default: every host name."),
  healthCheck: healthCheck.prefault({}).describe("How the load balancer finds out whether a task can take requests."),
});

const use = ruled(
  z.strictObject({
    agent: name(32).optional().describe("Name of another agent. Its URL is wired in, and it lets this one in."),
    component: z
      .enum(components)
      .optional()
      .describe("A part of the platform. Its address and credentials are wired in, and it lets this agent in."),
  }),
  {
    cel: "has(self.agent) != has(self.component)",
    message: "an entry of uses names one thing: set either agent or component",
    holds: (entry) => (entry.agent !== undefined) !== (entry.component !== undefined),
  },
);

const fields = z.strictObject({
  name: name(32).describe("Name of the agent: part of its AWS names, and its host name in the private DNS."),
  image: image.prefault({}).describe("What the tasks run."),
  port: z.int32().min(1).max(65535).describe("Port that the container listens on, unique among the agents."),
  grpcPort: z
    .int32()
    .min(1)
    .max(65535)
    .optional()
    .describe(
      "Second port of the container, for gRPC, unique among all ports of the agents. Who uses the agent finds its address in <AGENT>_GRPC_URL. Default: none.",
    ),
  replicas: z.int32().min(0).max(500).default(1).describe("Tasks that shall run."),
  cpu: z.enum(cpuSpellings).default("1").describe(`vCPU of a task. Fargate pairs cpu and memory: ${describePairs()}.`),
  memory: z
    .string()
    .max(8)
    .regex(/^[1-9][0-9]{0,5}(Mi|Gi)$/)
    .default("2Gi")
    .describe("Memory of a task: 512Mi, or whole Gi as Fargate pairs them with cpu."),
  architecture: z.enum(["X86_64", "ARM64"]).default("X86_64").describe("Processor that the image is built for."),
  ingress: ingress.optional().describe("Requests from outside through the load balancer. Default: none."),
  uses: z
    .array(use)
    .max(20)
    .default([])
    .describe("What the agent talks to: it is wired in and let through, nothing else is."),
  bedrock: bedrock.optional().describe("What the agent may call in Amazon Bedrock. Default: nothing."),
  secrets: keyedBy("name", z.array(secretEntry).max(10).default([])).describe(
    "Credentials of this agent alone, injected from AWS Secrets Manager.",
  ),
  env: envVariables
    .optional()
    .describe("Environment variables in plain text. They win over what uses wires in. No credentials here."),
  command: z
    .array(z.string().max(1024))
    .min(1)
    .max(32)
    .optional()
    .describe("Command and arguments instead of the image's CMD."),
  capacity: z
    .strictObject({
      spotPercent: z
        .int32()
        .min(0)
        .max(100)
        .default(0)
        .describe(
          "Share of the tasks on Fargate Spot: cheaper by about 70 %, may be stopped with two minutes' notice.",
        ),
    })
    .prefault({})
    .describe("What the tasks run on."),
});

type Fields = z.output<typeof fields>;

const rules: readonly Rule<Fields>[] = [
  {
    cel: pairRule(),
    message: `Fargate does not pair this cpu with this memory. Pairs of vCPU and memory: ${describePairs()}`,
    holds: ({ cpu, memory }) => isPair(cpu, memory),
  },
  {
    cel: `!(self.name in [${reservedNames.map((reserved) => `'${reserved}'`).join(", ")}])`,
    message: "this agent name belongs to a part of the platform: choose another name",
    holds: (agent) => !(reservedNames as readonly string[]).includes(agent.name),
  },
  {
    cel: `!(self.port in [${reservedPorts.join(", ")}])`,
    message: "ports 3000 (Langfuse), 5432 (PostgreSQL) and 6379 (cache) belong to the platform: choose another port",
    holds: (agent) => !(reservedPorts as readonly number[]).includes(agent.port),
  },
  {
    cel: `!has(self.grpcPort) || (self.grpcPort != self.port && !(self.grpcPort in [${reservedPorts.join(", ")}]))`,
    message:
      "grpcPort must be another port than port, and not 3000 (Langfuse), 5432 (PostgreSQL) or 6379 (cache): choose another port",
    holds: ({ port, grpcPort }) =>
      grpcPort === undefined || (grpcPort !== port && !(reservedPorts as readonly number[]).includes(grpcPort)),
  },
  {
    cel: "!has(self.grpcPort) || !has(self.env) || !('GRPC_PORT' in self.env)",
    message: "with grpcPort the platform sets GRPC_PORT itself: remove it from env",
    holds: ({ grpcPort, env }) => grpcPort === undefined || env?.GRPC_PORT === undefined,
  },
  {
    cel: "self.uses.all(u, !has(u.agent) || u.agent != self.name)",
    message: "an agent must not use itself: remove the entry from uses",
    holds: (agent) => agent.uses.every((entry) => entry.agent !== agent.name),
  },
  {
    cel: "!has(self.env) || self.secrets.all(s, self.env.all(k, !k.startsWith(s.name.upperAscii().replace('-', '_'))))",
    message:
      "env must not set a variable that begins with the upper-case name of one of the agent's secrets, for that is what the secret is injected as: rename the variable or the secret",
    holds: ({ env, secrets }) =>
      secrets.every((secret) => {
        const prefix = secret.name.toUpperCase().replaceAll("-", "_");
        return Object.keys(env ?? {}).every((key) => !key.startsWith(prefix));
      }),
  },
];

export const agent = ruled(fields, ...rules);
export type Agent = z.output<typeof agent>;
