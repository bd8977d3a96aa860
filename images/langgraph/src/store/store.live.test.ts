import { emptyCheckpoint } from "@langchain/langgraph-checkpoint";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Postgres, startPostgres } from "../../../../test/support/postgres.ts";
import { SCHEMA } from "../database.ts";
import { fencedSaver } from "../graph/saver.ts";
import { type Domain, databaseOf, openDomain, quiet } from "../testing/domain.ts";
import { eventually } from "../testing/stage.ts";
import { Sweeper } from "../worker/sweeper.ts";
import { type Claim, claim, extend, LeaseLost } from "./lease.ts";
import { migrate } from "./migrate.ts";
import { complete, fail, release, tryAgain, waitForApproval } from "./park.ts";
import { migrations } from "./schema.ts";
import { beginStep, completeStep, countAttempt, countBadAnswer, recordAnswer } from "./steps.ts";

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

const create = async () => (await domain.workflows.create({ topic: "Heat pumps" })).workflow.id;
const artifact = { key: "k", bytes: 1, sha256: "s" };
const checkpointConfig = ({ workflowId }: Claim) => ({ configurable: { thread_id: workflowId, checkpoint_ns: "" } });
const putCheckpoint = async (held: Claim) =>
  (await fencedSaver(domain.database, held)).put(
    checkpointConfig(held),
    emptyCheckpoint(),
    { source: "loop", step: 0, parents: {} },
    {},
  );

describe("migrations", () => {
  it("run once when replicas start at the same time", async () => {
    const { database } = await postgres.createDatabase();
    const replicas = Array.from({ length: 4 }, () => databaseOf(postgres, database));
    await Promise.all(replicas.map(migrate));
    await Promise.all(replicas.map(migrate));
    const [first] = replicas;
    expect(await first?.rows("select version from migrations")).toEqual(
      migrations.map((_, index) => ({ version: index + 1 })),
    );
    await Promise.all(replicas.map((replica) => replica.end()));
  });

  it("leave a database as it is that a newer version has changed", async () => {
    await domain.database.rows("insert into migrations (version) values (1000)");
    await migrate(domain.database);
    expect(await domain.database.rows("select max(version) as version from migrations")).toEqual([{ version: 1000 }]);
  });
});

describe("a claim", () => {
  it("goes to one of those who ask at once", async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, create));
    const owners = Array.from({ length: 8 }, (_, index) => `owner ${index}`);
    const claims = await Promise.all(
      owners.map((owner) => claim(domain.database, owner, { limit: 5, leaseMs: 60_000 })),
    );
    const claimed = claims.flat().map(({ workflowId }) => workflowId);
    expect(claimed.sort()).toEqual(ids.sort());
  });

  it("is another's once its lease has run out, which is counted", async () => {
    await create();
    const first = await domain.claim("first", 50);
    const second = await eventually("the lease to run out", () => domain.claim("second").catch(() => undefined));
    expect(Number(second.fence)).toBeGreaterThan(Number(first.fence));
    expect([first.crashes, second.crashes]).toEqual([0, 1]);
    expect(await extend(domain.database, [first, second], 1_000)).toEqual(new Set([second.workflowId]));
    expect(await extend(domain.database, [first], 1_000)).toEqual(new Set());
  });

  it("stays as long as its lease is extended", async () => {
    await create();
    const held = await domain.claim("first", 150);
    for (let beat = 0; beat < 6; beat += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(await extend(domain.database, [held], 150)).toEqual(new Set([held.workflowId]));
      expect(await claim(domain.database, "second", { limit: 1, leaseMs: 1_000 })).toEqual([]);
    }
  });
});

describe("a replica whose lease another one has", () => {
  let stale: Claim;
  beforeEach(async () => {
    await create();
    stale = await domain.claim("first", 20);
    await beginStep(domain.database, stale, "researcher", false);
    await putCheckpoint(stale);
    await eventually("the lease to run out", () => domain.claim("second").catch(() => undefined));
  });

  const contents = () =>
    Promise.all(
      ["workflows", "steps", "outbox", "checkpoints", "checkpoint_blobs", "checkpoint_writes"].map((table) =>
        domain.database.rows(`select * from ${table} t order by t::text`),
      ),
    );

  it.each<[string, () => Promise<unknown>]>([
    ["a checkpoint", () => putCheckpoint(stale)],
    [
      "a node's writes",
      async () =>
        (await fencedSaver(domain.database, stale)).putWrites(
          { configurable: { ...checkpointConfig(stale).configurable, checkpoint_id: "1" } },
          [["notes", "stale"]],
          "task",
        ),
    ],
    ["the beginning of a step", () => beginStep(domain.database, stale, "analyst", false)],
    ["an attempt", () => countAttempt(domain.database, stale, "researcher", "m")],
    ["a bad answer", () => countBadAnswer(domain.database, stale, "researcher")],
    ["an answer", () => recordAnswer(domain.database, stale, "researcher", { text: "stale" })],
    ["the end of a step", () => completeStep(domain.database, stale, "researcher", artifact)],
    ["a wait", () => waitForApproval(domain.database, stale, 1)],
    ["another attempt", () => tryAgain(domain.database, stale, "researcher", { code: "a", message: "b" }, once)],
    ["its release", () => release(domain.database, stale)],
    ["its failure", () => fail(domain.database, stale, { code: "a", message: "b" })],
    ["its completion", () => complete(domain.database, stale)],
  ])("cannot write %s", async (_, write) => {
    const before = await contents();
    await expect(write()).rejects.toBeInstanceOf(LeaseLost);
    expect(await contents()).toEqual(before);
  });

  const once = { baseMs: 1, capMs: 1, hours: 1 };
});

describe("an attempt that failed", () => {
  it("is made again later each time, up to a limit, and at last not any more", async () => {
    const id = await create();
    const held = await domain.claim();
    await beginStep(domain.database, held, "researcher", false);
    const error = { code: "ModelThrottled", message: "too many" };
    const waits: (number | undefined)[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      waits.push(await tryAgain(domain.database, held, "researcher", error, { baseMs: 100, capMs: 1_000, hours: 1 }));
      await domain.database.rows("update workflows set status = 'running'");
    }
    for (const [attempt, most] of [100, 200, 400, 800, 1_000, 1_000].entries()) {
      expect(waits[attempt]).toBeGreaterThanOrEqual(most / 2);
      expect(waits[attempt]).toBeLessThanOrEqual(most);
    }
    await domain.database.rows("update steps set started_at = now() - interval '61 minutes'");
    expect(
      await tryAgain(domain.database, held, "researcher", error, { baseMs: 1, capMs: 1, hours: 1 }),
    ).toBeUndefined();
    expect(await domain.workflows.get(id)).toMatchObject({ status: "failed", error, steps: [{ status: "failed" }] });
  });
});

describe("retention", () => {
  it("removes what ended long ago with its checkpoints, and nothing else", async () => {
    const [old, young, open, untold] = await Promise.all([create(), create(), create(), create()]);
    const claims = await claim(domain.database, "test", { limit: 4, leaseMs: 60_000 });
    for (const held of claims) await putCheckpoint(held);
    for (const id of [old, young, untold]) await domain.workflows.cancel(id, "ada");
    await domain.database.rows("update workflows set ended_at = now() - interval '31 days' where id = any ($1)", [
      [old, untold],
    ]);
    await domain.database.rows("update outbox set published_at = now() where workflow_id <> $1", [untold]);
    const sweeper = new Sweeper(domain.database, quiet, { everyMs: 20, retentionDays: 30 });
    sweeper.start();
    const left = async () =>
      (await domain.database.rows<{ id: string }>("select id from workflows")).map(({ id }) => id);
    await eventually("the removal", async () => (await left()).length < 4 || undefined);
    await sweeper.stop();
    expect((await left()).sort()).toEqual([young, open, untold].sort());
    const threads = await domain.database.rows<{ id: string }>("select distinct thread_id as id from checkpoints");
    expect(threads.map(({ id }) => id).sort()).toEqual([young, open, untold].sort());
    const rest = await domain.database.rows("select from outbox where workflow_id = $1", [old]);
    expect(rest).toEqual([]);
  });
});

describe("a database", () => {
  it("that ends all connections, busy and idle, costs their work and nothing else", async () => {
    const id = await create();
    const cut = domain.database.transaction(async (client) => {
      await client.query("update workflows set topic = 'half done'");
      await postgres.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()",
        [domain.name],
      );
      await client.query("select pg_sleep(1)");
    });
    await expect(cut).rejects.toMatchObject({ code: "DatabaseUnavailable", status: 503 });
    expect((await domain.workflows.get(id)).input.topic).toBe("Heat pumps");
    const seen = domain.workflows.watch(id, AbortSignal.timeout(10_000));
    expect((await seen.next()).value?.status).toBe("pending");
    await domain.workflows.cancel(id, "ada");
    expect((await seen.next()).value?.status).toBe("cancelled");
  });

  it("that crashes and comes back is used again", async () => {
    const id = await create();
    await postgres.kill();
    await expect(domain.workflows.get(id)).rejects.toMatchObject({ code: "DatabaseUnavailable", retryable: true });
    await postgres.restart();
    expect((await domain.workflows.get(id)).status).toBe("pending");
    const saver = new PostgresSaver(await domain.database.pool(), undefined, { schema: SCHEMA });
    expect(await saver.getTuple({ configurable: { thread_id: id } })).toBeUndefined();
  });
});
