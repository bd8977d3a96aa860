import { z } from "zod";
import { statuses, steps } from "../api/requests.ts";
import type { Workflow } from "../domain/workflow.ts";

/** What the HTTP door answers. Times are RFC 3339 in UTC. */

const artifact = z
  .object({
    key: z.string().describe("key of the object in the artifacts bucket"),
    bytes: z.int(),
    sha256: z.string().describe("hexadecimal"),
  })
  .meta({ id: "Artifact" });

const approval = z
  .object({
    decision: z.enum(["approved", "rejected"]),
    reason: z.string().nullable(),
    by: z.string().describe("subject of the approver's token"),
    at: z.date(),
  })
  .meta({ id: "Approval" });

const stepResult = z
  .object({
    step: z.enum(steps),
    status: z
      .enum(["running", "waiting", "completed", "failed"])
      .describe("waiting: for an approval, a callback, or its next attempt"),
    startedAt: z.date(),
    finishedAt: z.date().nullable(),
    artifact: artifact.nullable(),
    remote: z.boolean().describe("whether another agent does it and reports it by POST /callbacks/{id}"),
    attempts: z.int().describe("how often its model was asked; 0 for a remote step"),
  })
  .meta({ id: "StepResult" });

const example: z.input<typeof workflowShape> = {
  id: "0199b0c2-6c1e-7d1c-9b43-0f6d1a3b5c7d",
  status: "waiting_for_approval",
  step: "approval",
  input: { topic: "Heat pumps in old buildings" },
  sessionId: "s-42",
  createdAt: new Date("2026-11-20T09:00:00Z"),
  updatedAt: new Date("2026-11-20T09:01:10Z"),
  approveBy: new Date("2026-11-21T09:01:10Z"),
  approval: null,
  steps: [],
  error: null,
  report: null,
};

const workflowShape = z.object({
  id: z.string(),
  status: z.enum(statuses),
  step: z.enum(steps).nullable().describe("the step in hand, the last one begun when it has ended"),
  input: z.object({ topic: z.string(), instructions: z.string().exactOptional() }),
  sessionId: z.string().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
  approveBy: z.date().nullable().describe("until when it can be decided"),
  approval: approval.nullable(),
  steps: z.array(stepResult).describe("steps that have begun, in their order"),
  error: z.object({ code: z.string(), message: z.string() }).nullable().describe("why it failed"),
  report: artifact.nullable(),
});

export const workflowView = workflowShape.meta({ id: "Workflow", examples: [JSON.parse(JSON.stringify(example))] });

export const listView = z
  .object({
    workflows: z.array(workflowView),
    nextCursor: z.string().nullable().describe("asks for the next page; null on the last"),
  })
  .meta({ id: "Workflows" });

export const reportView = z
  .object({
    url: z.string().describe("whoever has it may read the report until it expires"),
    expiresAt: z.date(),
  })
  .meta({
    id: "Report",
    examples: [{ url: "https://artifacts.s3.eu-central-1.amazonaws.com/…", expiresAt: "2026-11-20T10:01:10.000Z" }],
  });

/** The domain's workflow in the form that is answered: a copy, since the domain's is readonly. */
export function viewOf(workflow: Workflow): z.input<typeof workflowView> {
  return { ...workflow, steps: [...workflow.steps] };
}
