import { type AgentProcess, freePort } from "@agentorchestrator/shared/testing";
import { createClient, type Transport } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { WorkflowService } from "../grpc/gen/agentorchestrator/langgraph/v1/workflows_pb.ts";
import { eventually, type Stage, startStage } from "../testing/stage.ts";
import type { Door, Outcome } from "./call.ts";
import { type Case, cases, type Tokens } from "./cases.ts";
import { grpcDoor } from "./grpc-door.ts";
import { httpDoor } from "./http-door.ts";
import { Subjects } from "./subjects.ts";

let stage: Stage;
let agent: AgentProcess;
let subjects: Subjects;
let tokens: Omit<Tokens, "unique">;
let transport: Transport;
let doors: { readonly http: Door; readonly grpc: Door };

beforeAll(async () => {
  stage = await startStage();
  stage.bedrock.play([
    { when: { system: "You are a researcher" }, answer: { text: ["# Notes"] } },
    { when: { system: "You are an analyst" }, answer: { text: ["# Analysis"] } },
    { when: { system: "You are a writer" }, answer: { text: ["# Report"] } },
  ]);
  const scope = await stage.newScope();
  const grpcPort = await freePort();
  agent = await stage.replica(scope, { GRPC_PORT: String(grpcPort) });
  const { bearer } = stage.issuer;
  tokens = { ada: await bearer("ada"), bob: await bearer("bob"), reader: await bearer("eve", ["reader"]) };
  subjects = new Subjects(stage, scope, agent, tokens.ada);
  transport = createGrpcTransport({ baseUrl: `http://127.0.0.1:${grpcPort}` });
  doors = { http: httpDoor(agent.url), grpc: grpcDoor(transport) };
});
afterAll(async () => {
  await agent?.kill();
  await stage?.stop();
});

async function outcome(door: Door, { state, calls }: Case): Promise<Outcome> {
  const subject = await subjects.inState(state);
  let last: Outcome | undefined;
  for (const call of calls(subject, { ...tokens, unique: crypto.randomUUID() })) {
    // What the call before has set going comes to rest first: both doors then meet the same state.
    if (last) await subjects.rests(createdBy(last) ?? subject.id);
    last = await door(call);
  }
  if (!last) throw new Error("a case without a call");
  return comparable(last, subject.id);
}

const createdBy = ({ value }: Outcome): string | undefined => (value as { workflow?: { id: string } }).workflow?.id;

/** Without what two workflows never share: ids, times, and what a URL is signed with. */
function comparable(outcome: Outcome, id: string): Outcome {
  const ids = new RegExp(`${id}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`, "g");
  return JSON.parse(JSON.stringify(outcome), (_name, value) => {
    if (typeof value !== "string") return value;
    if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)) return "(time)";
    return value.replace(ids, "(id)").replace(/\?X-Amz-.*/, "?(signature)");
  });
}

describe("both doors", () => {
  it.each(cases)("say $code of $name", async (each) => {
    const [http, grpc] = await Promise.all([outcome(doors.http, each), outcome(doors.grpc, each)]);
    expect([http.code, http.status], JSON.stringify(http)).toEqual([each.code, String(each.http)]);
    expect([grpc.code, grpc.status], JSON.stringify(grpc)).toEqual([each.code, each.grpc]);
    const { status: _http, ...fromHttp } = http;
    const { status: _grpc, ...fromGrpc } = grpc;
    expect(fromGrpc).toEqual(fromHttp);
  });

  it("were asked for every operation, each with an outcome that is good and one that is not", () => {
    const asked = (good: boolean) =>
      new Set(
        cases
          .filter(({ code }) => (code === "OK") === good)
          .map(({ calls }) => calls({ id: "", callbackToken: "" }, { ...tokens, unique: "" }).at(-1)?.operation),
      );
    const all = WorkflowService.methods.map(({ localName }) => localName).sort();
    expect([...asked(true)].sort()).toEqual(all);
    expect([...asked(false)].sort()).toEqual(all);
  });

  it("show the same workflow, page by page", async () => {
    const pages = async (door: Door) => {
      const seen: unknown[] = [];
      let cursor: string | undefined;
      do {
        const { value } = await door({ operation: "listWorkflows", limit: 7, ...(cursor !== undefined && { cursor }) });
        const page = value as { workflows: unknown[]; nextCursor: string | null };
        seen.push(...page.workflows);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return seen;
    };
    // Those of the cases that still run may move between two looks.
    await expect
      .poll(
        async () => {
          const [http, grpc] = [await pages(doors.http), await pages(doors.grpc)];
          return http.length > 7 && JSON.stringify(sorted(grpc)) === JSON.stringify(sorted(http));
        },
        { timeout: 10_000 },
      )
      .toBe(true);
  });

  it("tell of the same changes, from the present to the end", async () => {
    const { id, callbackToken } = await subjects.inState("waiting_for_callback");
    const statuses: string[][] = [[], []];
    const watched = [doors.http, doors.grpc].map((door, index) => {
      const told = (workflow: unknown) => statuses[index]?.push((workflow as { status: string }).status);
      return door({ operation: "watchWorkflow", id, told });
    });
    const bothTold = (status: string) =>
      eventually(`both say ${status}`, async () => statuses.every((told) => told.includes(status)) || undefined);
    await bothTold("waiting_for_callback");
    await doors.http({ operation: "reportStep", id, step: "researcher", callbackToken, text: "# Notes" });
    await bothTold("waiting_for_approval");
    await doors.grpc({ operation: "decideWorkflow", id, decision: "reject", token: tokens.bob });
    for (const { value } of await Promise.all(watched)) {
      const seen = value as { status: string; approval: { by: string } | null }[];
      expect(seen[0]?.status).toBe("waiting_for_callback");
      expect(seen.at(-1)).toMatchObject({ status: "rejected", approval: { by: "bob" } });
    }
  });

  it("decide once when they are asked at once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = await subjects.inState("waiting_for_approval");
      const outcomes = await Promise.all([
        doors.http({ operation: "decideWorkflow", id, decision: "reject", reason: "by HTTP", token: tokens.ada }),
        doors.grpc({ operation: "decideWorkflow", id, decision: "reject", reason: "by gRPC", token: tokens.bob }),
      ]);
      expect(outcomes.map(({ code }) => code).sort()).toEqual(["AlreadyDecided", "OK"]);
    }
  });

  it("forget those who stop to watch", async () => {
    const { id } = await subjects.inState("waiting_for_callback");
    const gone = new AbortController();
    const [overHttp, overGrpc] = [
      fetch(`${agent.url}/workflows/${id}/events`, { signal: gone.signal }).then((response) => response.text()),
      (async () => {
        const stream = createClient(WorkflowService, transport).watchWorkflow({ id }, { signal: gone.signal });
        for await (const _ of stream) setTimeout(() => gone.abort(), 100);
      })(),
    ];
    expect((await Promise.allSettled([overHttp, overGrpc])).map(({ status }) => status)).toEqual([
      "rejected",
      "rejected",
    ]);
    const ended = (fields: object) => () => agent.entries().filter((line) => matches(line, fields));
    await expect.poll(ended({ operation: "gRPC WatchWorkflow", grpcStatus: "Canceled" })).toHaveLength(1);
    await expect.poll(ended({ msg: "GET /workflows/:id/events", status: 499 })).toHaveLength(1);
  });

  it("keep callback tokens and bearer tokens out of what is logged", async () => {
    const { id, callbackToken } = await subjects.inState("waiting_for_callback");
    for (const door of [doors.http, doors.grpc]) {
      await door({ operation: "reportStep", id, step: "writer", callbackToken, text: "x" });
      await door({ operation: "decideWorkflow", id, decision: "approve", token: tokens.reader });
    }
    const logged = agent.logs.join("\n");
    expect(logged).toContain(id);
    for (const secret of [callbackToken, ...Object.values(tokens).map((token) => token.slice(7))]) {
      expect(logged).not.toContain(secret);
    }
  });
});

describe("over HTTP", () => {
  it("a new workflow has its address in Location, also when its key was known", async () => {
    const headers = { "content-type": "application/json", "idempotency-key": crypto.randomUUID() };
    const body = JSON.stringify({ topic: "Heat pumps" });
    const [first, again] = [
      await fetch(`${agent.url}/workflows`, { method: "POST", headers, body }),
      await fetch(`${agent.url}/workflows`, { method: "POST", headers, body }),
    ];
    expect([first.status, again.status]).toEqual([202, 200]);
    const { id } = (await first.json()) as { id: string };
    for (const { headers: told } of [first, again]) expect(told.get("location")).toBe(`/workflows/${id}`);
  });

  it("leads to the report, which no cache may keep", async () => {
    const { id } = await subjects.inState("completed");
    const answer = await fetch(`${agent.url}/workflows/${id}/report?redirect=true`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([302, "no-store"]);
    const report = await fetch(answer.headers.get("location") ?? "");
    expect(await report.text()).toBe("# Report");
  });
});

describe("on a platform without a bucket and events", () => {
  it("both doors give the report itself, and refuse steps elsewhere that need it", async () => {
    const scope = await stage.newScope();
    const grpcPort = await freePort();
    const bare = await stage.replica(scope, { GRPC_PORT: String(grpcPort), ARTIFACTS_BUCKET: "", EVENT_BUS_NAME: "" });
    onTestFinished(async () => void (await bare.kill()));
    const { id } = await new Subjects(stage, scope, bare, tokens.ada).inState("completed");
    const own = createGrpcTransport({ baseUrl: `http://127.0.0.1:${grpcPort}` });
    for (const door of [httpDoor(bare.url), grpcDoor(own)]) {
      const { value } = await door({ operation: "getReport", id });
      expect(value).toMatchObject({ url: `/workflows/${id}/report?content=true` });
      expect(await door({ operation: "getReport", id, content: true })).toMatchObject({ value: { text: "# Report" } });
      const refused = await door({ operation: "createWorkflow", topic: "Heat pumps", remoteSteps: ["analyst"] });
      expect(refused).toMatchObject({ code: "RemoteStepNeedsBucket" });
      const untold = await door({ operation: "createWorkflow", topic: "Heat pumps", remoteSteps: ["researcher"] });
      expect(untold).toMatchObject({ code: "RemoteStepNeedsEvents" });
    }
    const followed = await fetch(`${bare.url}/workflows/${id}/report?redirect=true`);
    expect(await followed.text()).toBe("# Report");
  });
});

describe("while the database is away", () => {
  it("both doors end what is watched and refuse what is asked, and go on when it is back", async () => {
    const { id } = await subjects.inState("waiting_for_callback");
    let begun = 0;
    const told = () => {
      begun += 1;
    };
    const both = [doors.http, doors.grpc];
    const watched = Promise.all(both.map((door) => door({ operation: "watchWorkflow", id, told })));
    await expect.poll(() => begun).toBe(2);
    await stage.postgres.kill();
    for (const end of await watched) expect(end).toMatchObject({ code: "DatabaseUnavailable", retryable: true });
    for (const door of both) {
      expect(await door({ operation: "getWorkflow", id })).toMatchObject({
        code: "DatabaseUnavailable",
        retryable: true,
      });
    }
    await stage.postgres.restart();
    for (const door of both) {
      await expect
        .poll(async () => (await door({ operation: "getWorkflow", id })).code, { timeout: 10_000 })
        .toBe("OK");
    }
  });
});

const matches = (line: Record<string, unknown>, fields: object): boolean =>
  Object.entries(fields).every(([name, value]) => line[name] === value);

const sorted = (workflows: unknown[]): unknown => JSON.parse(JSON.stringify(workflows, (_name, value) => order(value)));

function order(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)));
}
