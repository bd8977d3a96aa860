import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { seededRandom } from "../../../../test/simulator/random.ts";
import { type Postgres, startPostgres } from "../../../../test/support/postgres.ts";
import { EventBus } from "../events.ts";
import { takeEvents } from "../store/outbox.ts";
import { type Domain, openDomain, quiet } from "../testing/domain.ts";
import { type EventRecorder, type ReceivedEvent, startEventRecorder } from "../testing/event-bridge.ts";
import { eventually } from "../testing/stage.ts";
import { Publisher } from "./publisher.ts";

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));

let postgres: Postgres;
let domain: Domain;
let recorder: EventRecorder;
let refuse: (event: ReceivedEvent | undefined) => boolean;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  refuse = () => false;
  domain = await openDomain(postgres);
  recorder = await startEventRecorder((event) => refuse(event));
});
afterEach(async () => {
  await domain[Symbol.asyncDispose]();
  await recorder.stop();
});

function publisher(): Publisher {
  const eventBridge = new EventBridgeClient({
    region: "eu-central-1",
    endpoint: recorder.url,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
    maxAttempts: 1,
  });
  const publishing = new Publisher(domain.database, new EventBus(eventBridge, "bus"), domain.changes, quiet, 50);
  publishing.start();
  return publishing;
}

const create = async (more: object = {}) =>
  (await domain.workflows.create({ topic: "Heat pumps", sessionId: "s-1", ...more })).workflow.id;

const allPublished = () =>
  eventually("all events to be published", async () => {
    const open = await domain.database.rows("select from outbox where published_at is null");
    return open.length === 0 || undefined;
  });

/** Ids in the order of their first arrival. */
const arrived = () => [...new Set(recorder.events.map(({ detail }) => detail.id))];

it("sends each event with an id, its number and the state that it told of", async () => {
  const id = await create();
  await domain.workflows.cancel(id, "ada");
  const publishing = publisher();
  await allPublished();
  await publishing.stop();
  expect(recorder.events).toMatchObject([
    {
      type: "WorkflowCreated",
      source: "agentorchestrator.langgraph",
      bus: "bus",
      detail: { id: `${id}/1`, workflowId: id, sequence: 1, status: "pending", step: null, sessionId: "s-1" },
    },
    { type: "WorkflowCancelled", detail: { id: `${id}/2`, sequence: 2, status: "cancelled", by: "ada" } },
  ]);
  expect(await domain.database.rows("select distinct detail from outbox")).toEqual([{ detail: null }]);
});

it(`keeps each workflow's order among publishers, with entries and requests refused (SEED=${seed})`, async () => {
  const random = seededRandom(seed);
  refuse = () => random() < 0.2;
  const publishers = [publisher(), publisher(), publisher()];
  const ids = await Promise.all(Array.from({ length: 25 }, () => create()));
  await Promise.all(ids.map((id) => domain.workflows.cancel(id, "ada")));
  await allPublished();
  await Promise.all(publishers.map((publishing) => publishing.stop()));
  expect(recorder.refused).toBeGreaterThan(5);
  expect(arrived()).toHaveLength(50);
  for (const id of ids) {
    expect(arrived().indexOf(`${id}/1`)).toBeLessThan(arrived().indexOf(`${id}/2`));
  }
});

it("goes on with other workflows while EventBridge refuses an event of one", async () => {
  const poisoned = await create();
  refuse = (event) => event?.detail.workflowId === poisoned;
  const publishing = publisher();
  const fine = await create();
  await domain.workflows.cancel(poisoned, "ada");
  await domain.workflows.cancel(fine, "ada");
  await eventually("the other workflow's events", async () => recorder.events.length === 2 || undefined);
  expect(arrived()).toEqual([`${fine}/1`, `${fine}/2`]);
  refuse = () => false;
  await allPublished();
  await publishing.stop();
  expect(arrived()).toEqual([`${fine}/1`, `${fine}/2`, `${poisoned}/1`, `${poisoned}/2`]);
});

it("sends what a publisher took and never settled once more, with the same id", async () => {
  const id = await create();
  expect(await takeEvents(domain.database, 100)).toHaveLength(1);
  expect(await takeEvents(domain.database, 100)).toEqual([]);
  const publishing = publisher();
  await allPublished();
  await publishing.stop();
  expect(recorder.events.map(({ detail }) => detail.id)).toEqual([`${id}/1`]);
});

it("splits what is too large for one request", async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, () => create({ sessionId: "s".repeat(200) })));
  await domain.database.rows("update outbox set detail = detail || jsonb_build_object('text', repeat('x', 60000))");
  const publishing = publisher();
  await allPublished();
  await publishing.stop();
  expect(arrived().sort()).toEqual(ids.map((id) => `${id}/1`).sort());
});
