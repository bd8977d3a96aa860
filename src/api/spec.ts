import { z } from "zod";
import { access } from "./access.ts";
import { agent } from "./agent.ts";
import { name } from "./common.ts";
import { data, dataTransitions } from "./data.ts";
import { langfuseCloud } from "./langfuse.ts";
import { langfuseRules } from "./langfuse-rules.ts";
import { network, networkTransitions } from "./network.ts";
import { observability } from "./observability.ts";
import { asSet, atMost, keyedBy, type Rule, ruled, type Transition } from "./rule.ts";
import { crossRules } from "./spec-rules.ts";

const project = ruled(name(30), {
  cel: "!self.startsWith('aws-') && !self.startsWith('sg-') && !self.startsWith('internal-') && self != 'aws'",
  message: "AWS keeps names that begin with aws-, sg- or internal- for itself: choose another project name",
  holds: (value) => !/^(aws-|sg-|internal-|aws$)/.test(value),
});

const nodeId = z.string().min(1).max(256);

const interval = ruled(
  z
    .string()
    .max(8)
    .regex(/^[1-9][0-9]*(s|m|h)$/),
  {
    cel: "duration(self) >= duration('30s') && duration(self) <= duration('24h')",
    message: "an interval is between 30s and 24h",
    holds: (text) => {
      const seconds = Number(text.slice(0, -1)) * { s: 1, m: 60, h: 3600 }[text.slice(-1) as "s" | "m" | "h"];
      return seconds >= 30 && seconds <= 86_400;
    },
  },
);

const tags = ruled(
  atMost(20, z.record(z.string(), z.string().max(256))),
  {
    cel: "self.all(k, k.size() <= 128 && k.matches('^[A-Za-z0-9 _.:/=+@-]+$'))",
    message: "tag keys are 1 to 128 letters, digits, spaces and _ . : / = + - @: rename the tag",
    holds: (value) => Object.keys(value).every((key) => /^[A-Za-z0-9 _.:/=+@-]{1,128}$/.test(key)),
  },
  {
    cel: "self.all(k, !k.startsWith('aws:') && !k.startsWith('agentorchestrator.io/'))",
    message:
      "tags that begin with aws: belong to AWS, those that begin with agentorchestrator.io/ to the operator: rename the tag",
    holds: (value) => Object.keys(value).every((key) => !/^(aws:|agentorchestrator\.io\/)/.test(key)),
  },
);

const fields = z.strictObject({
  project: project.describe("First part of every AWS name, and the private DNS domain. Cannot change."),
  environment: z
    .string()
    .min(1)
    .max(12)
    .regex(/^[a-z][a-z0-9]*$/)
    .describe("Second part of every AWS name: dev, staging, prod. Cannot change."),
  profile: z
    .enum(["Development", "Production"])
    .default("Development")
    .describe("What defaults aim at: Development at low cost, Production at surviving failures and keeping data."),
  aws: z
    .strictObject({
      region: z
        .string()
        .max(32)
        .regex(/^[a-z]{2}(-[a-z]+)+-[0-9]$/)
        .describe("AWS region of everything. Cannot change."),
      account: z
        .string()
        .max(12)
        .regex(/^[0-9]{12}$/)
        .optional()
        .describe("Account that this is for: in any other the operator refuses to work. Cannot change once set."),
    })
    .describe("Where in AWS. Account and role come from the operator's configuration for the namespace."),
  network: network.prefault({}).describe("The VPC: made, or one that exists."),
  access: access.prefault({}).describe("How requests from outside reach agents with ingress."),
  agents: keyedBy("name", z.array(agent).min(1).max(30)).describe("The agents, each an ECS service on Fargate."),
  data: data.prefault({}).describe("What keeps data."),
  observability: observability.prefault({}).describe("Logs, metrics and traces."),
  budget: z
    .strictObject({
      monthlyUSD: z.int32().min(1).max(10_000_000).describe("US dollars a month that the estimate is held against."),
    })
    .optional()
    .describe("What it may cost. A higher estimate is told in status and in plans."),
  deletionPolicy: z
    .enum(["Delete", "Retain", "Snapshot"])
    .optional()
    .describe(
      "What becomes of data that leaves the spec or whose AgentOrchestrator is deleted: it goes, it stays, or it goes after a last snapshot (what has no snapshots stays). Default: Delete in Development; in Production Snapshot for the RDS database and Retain for the rest.",
    ),
  adopt: keyedBy(
    "resource",
    z
      .array(
        z.strictObject({
          resource: nodeId.describe("Node id of the resource, as status.resources and plans name it."),
          id: z
            .string()
            .min(1)
            .max(1024)
            .describe("Its physical id in AWS: vpc-…, a name or an ARN, as status.resources shows ids."),
        }),
      )
      .max(50)
      .default([]),
  ).describe("AWS resources that exist and are to be taken over instead of made."),
  allowReplacement: asSet(z.array(nodeId).max(50).default([])).describe(
    "Node ids of resources with data that may be replaced, losing the data.",
  ),
  tags: tags.optional().describe("Tags for every AWS resource, beside the operator's own."),
  paused: z
    .boolean()
    .default(false)
    .describe("Nothing is changed in AWS while true. The annotation agentorchestrator.io/paused does the same."),
  interval: interval
    .optional()
    .describe(
      "How often AWS is compared with the spec when nothing changes: 30s to 24h. Default: the operator's setting.",
    ),
});

export type Spec = z.output<typeof fields>;

const transitions: readonly Transition<Spec>[] = [
  {
    cel: "self.project == oldSelf.project",
    message: "project is part of every AWS name and cannot change: make a second AgentOrchestrator and delete this one",
    keeps: (now, old) => now.project === old.project,
  },
  {
    cel: "self.environment == oldSelf.environment",
    message:
      "environment is part of every AWS name and cannot change: make a second AgentOrchestrator and delete this one",
    keeps: (now, old) => now.environment === old.environment,
  },
  {
    cel: "self.aws.region == oldSelf.aws.region",
    message:
      "aws.region cannot change, nothing moves between regions: make a second AgentOrchestrator there and delete this one",
    keeps: (now, old) => now.aws.region === old.aws.region,
  },
  {
    cel: "!has(oldSelf.aws.account) || (has(self.aws.account) && self.aws.account == oldSelf.aws.account)",
    message:
      "aws.account cannot change once set, nothing moves between accounts: make a second AgentOrchestrator and delete this one",
    keeps: (now, old) => old.aws.account === undefined || now.aws.account === old.aws.account,
  },
  ...networkTransitions,
  ...dataTransitions,
];

const withoutWayOut: readonly Rule<Spec>[] = [
  {
    cel: "!has(self.network.natGateways) || self.network.natGateways != 'None' || !has(self.data.database) || self.data.database.deployment != 'Container'",
    message:
      "data.database.deployment Container pulls its image from the internet, and network.natGateways None leaves no way there: use RDS, or Single",
    holds: (spec) => spec.network.natGateways !== "None" || spec.data.database?.deployment !== "Container",
  },
  {
    cel: `!has(self.network.natGateways) || self.network.natGateways != 'None' || self.observability.langfuse.mode != 'Cloud' || self.observability.langfuse.host != '${langfuseCloud}'`,
    message:
      "Langfuse Cloud is on the internet, and network.natGateways None leaves no way there: set natGateways to Single, or observability.langfuse.host to one that the VPC reaches",
    holds: ({ network, observability }) =>
      network.natGateways !== "None" ||
      observability.langfuse.mode !== "Cloud" ||
      observability.langfuse.host !== langfuseCloud,
  },
  {
    cel: "!has(self.network.natGateways) || self.network.natGateways != 'None' || self.observability.langfuse.mode != 'SelfHosted'",
    message:
      "Langfuse SelfHosted pulls its images from the internet, and network.natGateways None leaves no way there: set natGateways to Single",
    holds: ({ network, observability }) =>
      network.natGateways !== "None" || observability.langfuse.mode !== "SelfHosted",
  },
];

/** All that a user declares. Defaults that depend on the profile or on AWS are in effective.ts. */
export const spec = ruled(fields, ...transitions, ...withoutWayOut, ...crossRules, ...langfuseRules);
