import type { AgentError } from "@agentorchestrator/shared";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../../../test/support/postgres.ts";
import { waitForApproval, waitForCallback } from "../store/park.ts";
import { beginStep, completeStep, recordAnswer } from "../store/steps.ts";
import { type Domain, openDomain, quiet } from "../testing/domain.ts";
import { eventually } from "../testing/stage.ts";
import { Sweeper } from "../worker/sweeper.ts";
import type { Workflow, WritingStep } from "./workflow.ts";

let postgres: Postgres;
let domain: Domain;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  domain = await openDomain(postgres);
});
afterEach(() => domain[Symbol.asyncDispose]());

const refusal = (code: string, status: number) => expect.objectContaining({ name: "AgentError", code, status });

/** A workflow whose steps up to its approval are done. */
async function waiting(hours = 1): Promise<Workflow> {
  const { workflow } = await domain.workflows.create({ topic: "Heat pumps" });
  const claim = await domain.claim();
  for (const step of ["researcher", "analyst"] as const) await doStep(claim, step);
  await beginStep(domain.database, claim, "approval", false);
  await waitForApproval(domain.database, claim, hours);
  return domain.workflows.get(workflow.id);
}

async function doStep(claim: Awaited<ReturnType<Domain["claim"]>>, step: WritingStep): Promise<void> {
  await beginStep(domain.database, claim, step, false);
  await recordAnswer(domain.database, claim, step, { text: `${step}'s text` });
  await completeStep(domain.database, claim, step, { key: `${step}.md`, bytes: 3, sha256: "abc" });
}

const eventsOf = async (id: string) =>
  (
    await domain.database.rows<{ type: string }>("select type from outbox where workflow_id = $1 order by sequence", [
      id,
    ])
  ).map(({ type }) => type);

const sweep = (retentionDays = 30) => {
  const sweeper = new Sweeper(domain.database, quiet, { everyMs: 20, retentionDays });
  sweeper.start();
  return { [Symbol.asyncDispose]: () => sweeper.stop() };
};

describe("creating", () => {
  it("takes the same key with the same input for the same workflow, however many come at once", async () => {
    const input = { topic: "Heat pumps", remoteSteps: ["writer", "analyst"] as const };
    const same = { topic: "Heat pumps", remoteSteps: ["analyst", "writer"] as const };
    const made = await Promise.all([input, same, input].map((each) => domain.workflows.create(each, "k-1")));
    expect(new Set(made.map(({ workflow }) => workflow.id)).size).toBe(1);
    expect(made.filter(({ created }) => created)).toHaveLength(1);
    expect(await eventsOf(made[0]?.workflow.id ?? "")).toEqual(["WorkflowCreated"]);
  });

  it("refuses the same key with other input", async () => {
    await domain.workflows.create({ topic: "Heat pumps" }, "k-1");
    await expect(domain.workflows.create({ topic: "Boilers" }, "k-1")).rejects.toEqual(
      refusal("IdempotencyKeyReused", 422),
    );
  });

  it.each([
    ["a blank topic", { topic: " " }],
    ["a topic that is too long", { topic: "x".repeat(2_001) }],
    ["what PostgreSQL cannot keep", { topic: "a\0b" }],
  ])("refuses %s", async (_, input) => {
    await expect(domain.workflows.create(input)).rejects.toEqual(refusal("InvalidWorkflow", 400));
  });
});

describe("listing", () => {
  it("pages from the newest without gaps or repeats, while new ones come", async () => {
    const ids: string[] = [];
    for (let index = 0; index < 7; index += 1) {
      ids.unshift((await domain.workflows.create({ topic: `topic ${index}` })).workflow.id);
    }
    // In one moment: the position has to tell them apart.
    await domain.database.rows("update workflows set created_at = '2026-01-01T00:00:00.123Z'");
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await domain.workflows.list({ limit: 3, ...(cursor !== null && { cursor }) });
      seen.push(...page.workflows.map(({ id }) => id));
      cursor = page.nextCursor;
      await domain.workflows.create({ topic: "a newer one" });
    } while (cursor !== null);
    expect(seen.sort()).toEqual(ids.sort());
  });

  it("picks by status and by time", async () => {
    const { workflow } = await domain.workflows.create({ topic: "one" });
    await domain.workflows.cancel(workflow.id, "ada");
    const { workflow: later } = await domain.workflows.create({ topic: "two" });
    const idsOf = async (query: Parameters<Domain["workflows"]["list"]>[0]) =>
      (await domain.workflows.list(query)).workflows.map(({ id }) => id);
    expect(await idsOf({ limit: 10, status: "cancelled" })).toEqual([workflow.id]);
    expect(await idsOf({ limit: 10, createdAfter: workflow.createdAt })).toEqual([later.id]);
    expect(await idsOf({ limit: 10, createdBefore: later.createdAt })).toEqual([workflow.id]);
  });

  it.each(["?", Buffer.from("[1]").toString("base64url"), Buffer.from('["a","b"]').toString("base64url")])(
    "refuses the cursor %s",
    async (cursor) => {
      await expect(domain.workflows.list({ limit: 1, cursor })).rejects.toEqual(refusal("InvalidCursor", 400));
    },
  );
});

describe("deciding", () => {
  it("happens once, whoever comes at the same time", async () => {
    const { id } = await waiting();
    const decisions = Array.from({ length: 8 }, (_, index) =>
      domain.workflows.decide(id, { decision: index % 2 ? "approved" : "rejected", by: `caller ${index}` }),
    );
    const results = await Promise.allSettled(decisions);
    const refused = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(refused).toHaveLength(7);
    const { approval, status } = await domain.workflows.get(id);
    for (const reason of refused) {
      expect(reason).toEqual(refusal("AlreadyDecided", 409));
      expect((reason as AgentError).details).toMatchObject({ by: approval?.by, decision: approval?.decision });
    }
    expect(status).toBe(approval?.decision === "approved" ? "pending" : "rejected");
    expect((await eventsOf(id)).filter((type) => type === "ApprovalDecided")).toHaveLength(1);
  });

  it("is answered with the recorded one when it is repeated", async () => {
    const { id } = await waiting();
    const decision = { decision: "approved", reason: "sound", by: "ada" } as const;
    const first = await domain.workflows.decide(id, decision);
    expect(await domain.workflows.decide(id, decision)).toEqual(first);
    await expect(domain.workflows.decide(id, { ...decision, reason: "other" })).rejects.toEqual(
      refusal("AlreadyDecided", 409),
    );
  });

  it("comes too late after the deadline, whether or not that was swept", async () => {
    const { id } = await waiting(0.1 / 3_600);
    await eventually(
      "the deadline",
      async () => ((await domain.workflows.get(id)).approveBy ?? 0) < new Date() || undefined,
    );
    const late = () => domain.workflows.decide(id, { decision: "approved", by: "ada" });
    await expect(late()).rejects.toEqual(refusal("ApprovalTimedOut", 409));
    await using _sweeping = sweep();
    await eventually("the sweep", async () => (await domain.workflows.get(id)).status === "timed_out" || undefined);
    await expect(late()).rejects.toEqual(refusal("ApprovalTimedOut", 409));
  });

  it("and its timeout never both win", async () => {
    const ids = [];
    for (let index = 0; index < 30; index += 1) ids.push((await waiting(0.4 / 3_600)).id);
    await using _sweeping = sweep();
    const racing = ids.map(async (id, index) => {
      const { approveBy } = await domain.workflows.get(id);
      const left = (approveBy?.getTime() ?? 0) - Date.now() + (index % 11) - 5;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)));
      return domain.workflows.decide(id, { decision: "approved", by: "ada" }).then(
        () => "approved",
        (error: AgentError) => error.code,
      );
    });
    const told = await Promise.all(racing);
    await eventually("all to be settled", async () => {
      const { workflows } = await domain.workflows.list({ limit: 1, status: "waiting_for_approval" });
      return workflows.length === 0 || undefined;
    });
    for (const [index, id] of ids.entries()) {
      const types = (await eventsOf(id)).filter((type) => ["ApprovalDecided", "WorkflowTimedOut"].includes(type));
      expect(types).toEqual([told[index] === "approved" ? "ApprovalDecided" : "WorkflowTimedOut"]);
    }
  });

  it("is refused where nothing waits for it", async () => {
    const { workflow } = await domain.workflows.create({ topic: "Heat pumps" });
    const decide = (id: string) => domain.workflows.decide(id, { decision: "approved", by: "ada" });
    await expect(decide(workflow.id)).rejects.toEqual(refusal("NotWaitingForApproval", 409));
    await expect(decide("unknown")).rejects.toEqual(refusal("WorkflowNotFound", 404));
  });
});

describe("a step of an agent elsewhere", () => {
  async function requested(minutes = 10): Promise<{ id: string; token: string }> {
    const { workflow } = await domain.workflows.create({ topic: "Heat pumps", remoteSteps: ["researcher"] });
    const claim = await domain.claim();
    await beginStep(domain.database, claim, "researcher", true);
    await waitForCallback(domain.database, claim, "researcher", { minutes, bucket: "artifacts" });
    const [event] = await domain.database.rows<{ detail: { callbackToken: string } }>(
      "select detail from outbox where workflow_id = $1 and type = 'StepRequested'",
      [workflow.id],
    );
    return { id: workflow.id, token: event?.detail.callbackToken ?? "" };
  }
  const result = { text: "notes", inputTokens: 3, outputTokens: 5 };

  it("is reported once; the same report again is answered as the first was", async () => {
    const { id, token } = await requested();
    const report = { step: "researcher", token, result } as const;
    const first = await domain.workflows.callback(id, report);
    expect(first.status).toBe("pending");
    expect(await domain.workflows.callback(id, report)).toEqual(first);
    const other = { ...report, result: { text: "other notes" } };
    await expect(domain.workflows.callback(id, other)).rejects.toEqual(refusal("StepFinished", 409));
  });

  it("is reported only with its token, of which the database keeps a digest", async () => {
    const { id, token } = await requested();
    const report = { step: "researcher", token: `${token}x`, result } as const;
    await expect(domain.workflows.callback(id, report)).rejects.toEqual(refusal("WrongCallbackToken", 403));
    const elsewhere = { ...report, step: "writer", token } as const;
    await expect(domain.workflows.callback(id, elsewhere)).rejects.toEqual(refusal("WrongCallbackToken", 403));
    const rows = await domain.database.rows("select * from workflows join steps on workflow_id = id");
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it("fails its workflow when its agent says so, and when it says nothing in time", async () => {
    const { id, token } = await requested();
    const report = { step: "researcher", token, error: { code: "NoData", message: "nothing is known" } } as const;
    const failed = await domain.workflows.callback(id, report);
    expect(failed).toMatchObject({ status: "failed", error: { code: "RemoteStepFailed" } });
    expect(await domain.workflows.callback(id, report)).toEqual(failed);

    const { id: silent, token: late } = await requested(0.05 / 60);
    await using _sweeping = sweep();
    const ended = await eventually("the timeout", async () => {
      const workflow = await domain.workflows.get(silent);
      return workflow.status === "failed" ? workflow : undefined;
    });
    expect(ended.error?.code).toBe("CallbackTimedOut");
    await expect(domain.workflows.callback(silent, { step: "researcher", token: late, result })).rejects.toEqual(
      refusal("StepFinished", 409),
    );
  });

  it("reports either a result or an error", async () => {
    const { id, token } = await requested();
    const both = { step: "researcher", token, result, error: { code: "a", message: "b" } } as const;
    const neither = { step: "researcher", token } as const;
    for (const report of [both, neither]) {
      await expect(domain.workflows.callback(id, report)).rejects.toEqual(refusal("InvalidReport", 400));
    }
  });
});

describe("cancelling", () => {
  it("is the end, told once", async () => {
    const { id } = await waiting();
    expect((await domain.workflows.cancel(id, "ada")).status).toBe("cancelled");
    expect((await domain.workflows.cancel(id, "bob")).status).toBe("cancelled");
    expect((await eventsOf(id)).filter((type) => type === "WorkflowCancelled")).toHaveLength(1);
    await expect(domain.workflows.decide(id, { decision: "approved", by: "ada" })).rejects.toEqual(
      refusal("NotWaitingForApproval", 409),
    );
  });

  it("is refused after another end", async () => {
    const { id } = await waiting();
    await domain.workflows.decide(id, { decision: "rejected", by: "ada" });
    await expect(domain.workflows.cancel(id, "ada")).rejects.toEqual(refusal("AlreadyFinished", 409));
  });
});

describe("watching", () => {
  it("shows the present state, then each change, and ends with the workflow", async () => {
    const { id } = await waiting();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { status, approval } of domain.workflows.watch(id, new AbortController().signal)) {
        seen.push(`${status} ${approval?.decision ?? "undecided"}`);
        if (status === "waiting_for_approval") await domain.workflows.decide(id, { decision: "approved", by: "ada" });
        if (status === "pending") await domain.workflows.cancel(id, "ada");
      }
    })();
    await watching;
    expect(seen).toEqual(["waiting_for_approval undecided", "pending approved", "cancelled approved"]);
  });

  it("ends when its watcher goes", async () => {
    const { id } = await waiting();
    const gone = new AbortController();
    const seen = [];
    for await (const { status } of domain.workflows.watch(id, gone.signal)) {
      seen.push(status);
      setTimeout(() => gone.abort(), 10);
    }
    expect(seen).toEqual(["waiting_for_approval"]);
  });
});
