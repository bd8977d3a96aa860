import { z } from "zod";
import { keyedBy } from "./rule.ts";

const text = (maxLength: number): z.ZodString => z.string().max(maxLength);
const open = z.record(z.string(), z.unknown()).meta({ "x-kubernetes-preserve-unknown-fields": true });

/** Provisioning phases, in their order. Resources of several are under way at once; the first unfinished one is shown. */
export const phases = [
  "Foundation",
  "StorageAndRegistry",
  "Compute",
  "Networking",
  "Database",
  "Monitoring",
  "AI",
] as const;
export type Phase = (typeof phases)[number];

/** https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/condition/ */
const condition = z.strictObject({
  type: text(316).describe("Ready, Reconciling, Stalled, or a fact beneath Ready such as NetworkReady."),
  status: z.enum(["True", "False", "Unknown"]).describe("Whether it holds."),
  observedGeneration: z.int().min(0).optional().describe("Generation of the spec that this is about."),
  lastTransitionTime: z.iso.datetime().describe("When status last changed."),
  reason: text(1024).describe("Why, as one stable word."),
  message: text(32768).describe("Why, for people, and what to do."),
});

const waiting = z.strictObject({
  resource: text(256).describe("Node id of the resource that is waited for."),
  message: text(1024).describe("What it does now."),
  usually: text(128).optional().describe("How long that usually takes."),
});

const agentStatus = z.strictObject({
  name: text(64).describe("Name of the agent."),
  desired: z.int().min(0).describe("Tasks that shall run."),
  running: z.int().min(0).describe("Tasks that run."),
  image: text(512).optional().describe("Image that runs."),
  revision: text(256).optional().describe("Task definition that runs, as family:revision."),
  lastFailure: text(2048).optional().describe("Why the last release was rolled back, or its tasks stopped."),
});

const costLine = z.strictObject({
  item: text(128).describe("What is paid for."),
  quantity: text(128).describe("How much of it."),
  monthlyUSD: z.number().min(0).describe("US dollars a month."),
});

/** Recorded when first used, so that a new version of the operator does not change what runs. */
const effectiveDefaults = z.strictObject({
  profile: z.enum(["Development", "Production"]).describe("Profile that the others were chosen for."),
  zones: z.array(text(32)).max(6).optional().describe("Availability zones, in the order of their subnets."),
  natGateways: z.enum(["PerZone", "Single", "None"]).describe("network.natGateways"),
  instanceClass: text(40).describe("data.database.instanceClass"),
  multiAZ: z.boolean().describe("data.database.multiAZ"),
  backupRetentionDays: z.int().min(0).describe("data.database.backupRetentionDays"),
  cacheNodeType: text(40).optional().describe("data.cache.nodeType"),
  cacheReplicas: z.int().min(0).optional().describe("data.cache.replicas"),
  cacheSnapshotRetentionDays: z.int().min(0).optional().describe("data.cache.snapshotRetentionDays"),
  retentionDays: z.int().min(1).describe("observability.logs.retentionDays"),
  databasePolicy: z.enum(["Delete", "Retain", "Snapshot"]).describe("deletionPolicy of the database and the cache"),
  dataPolicy: z.enum(["Delete", "Retain"]).describe("deletionPolicy of other data"),
});
export type EffectiveDefaults = z.output<typeof effectiveDefaults>;

const inventoryEntry = z.strictObject({
  node: text(256).describe("Node id in the graph."),
  type: text(128).describe("CloudFormation's name of the resource type."),
  id: text(2048).optional().describe("Physical id in AWS. Absent while its creation is not answered yet."),
  intent: z
    .strictObject({
      nonce: text(64).describe("UUID of this attempt: the client token where AWS takes one."),
      name: text(512).describe("Physical name that it is created under."),
      props: open.describe("Properties that it is created with and that cannot change."),
      digest: text(64).describe(
        "Digest of all that is sent with it: a client token may be sent again only with the same.",
      ),
    })
    .optional()
    .describe("A creation that was announced and whose answer is not recorded yet."),
  after: z.array(text(256)).max(500).describe("Nodes that it depends on: it is deleted before them."),
  policy: z
    .enum(["Delete", "Retain", "Snapshot"])
    .optional()
    .describe("What becomes of it when it is no longer wanted."),
  superseded: z
    .literal(true)
    .meta({ type: "boolean" })
    .optional()
    .describe("It was replaced and goes as soon as nothing uses it."),
  retained: z
    .literal(true)
    .meta({ type: "boolean" })
    .optional()
    .describe("It left the spec and is kept, with what it lives in."),
  refused: z
    .strictObject({
      values: open.describe("By property."),
      because: text(2048).describe("Why, in AWS's words."),
    })
    .optional()
    .describe("Values that AWS gave up on: not sent again until the spec asks for others."),
  agent: text(64).optional().describe("The agent that it belongs to."),
});

export const status = z.strictObject({
  observedGeneration: z.int().min(0).optional().describe("Generation of the spec that this status is about."),
  conditions: keyedBy("type", z.array(condition).max(32))
    .optional()
    .describe("Ready, Reconciling and Stalled as kstatus defines them, and the facts beneath Ready."),
  phase: z.enum(phases).optional().describe("First provisioning phase that is not finished; absent when all are."),
  waitingFor: z.array(waiting).max(500).optional().describe("What AWS is still working on."),
  endpoint: text(512).optional().describe("Address at which agents with ingress answer."),
  summary: z
    .strictObject({
      resources: text(32).optional().describe("Ready resources of all: 41/58."),
      agents: text(32).optional().describe("Running tasks of all: 5/7."),
      cost: text(32).optional().describe("Estimate: $214/mo."),
    })
    .optional()
    .describe("What kubectl get prints."),
  account: text(12).optional().describe("AWS account that it is in."),
  handledReconcile: text(256)
    .optional()
    .describe("Value of the annotation agentorchestrator.io/reconcile that was last answered."),
  agents: keyedBy("name", z.array(agentStatus).max(64)).optional().describe("Each agent."),
  cost: z
    .strictObject({
      monthlyUSD: z.number().min(0).describe("US dollars a month, without usage that depends on load."),
      lines: z.array(costLine).max(200).describe("What it is made of."),
    })
    .optional()
    .describe("Estimated cost."),
  effectiveDefaults: effectiveDefaults
    .optional()
    .describe("Defaults that were chosen for this object. They stay as they are over new versions of the operator."),
  resources: z
    .array(inventoryEntry)
    .max(2000)
    .meta({ "x-kubernetes-list-type": "atomic" })
    .optional()
    .describe("All AWS resources of this object: what deletion works from."),
});

export type Status = z.output<typeof status>;
export type Condition = z.output<typeof condition>;
export type AgentStatus = z.output<typeof agentStatus>;
export type CostLine = z.output<typeof costLine>;
export type InventoryEntry = z.output<typeof inventoryEntry>;
