import { setTimeout as sleep } from "node:timers/promises";
import { eventually, objectsOf, type Scope, type Stage } from "../testing/stage.ts";
import { Clients } from "./clients.ts";
import { Fleet } from "./fleet.ts";
import { type Planned, scriptOf, subjectOf } from "./plan.ts";

export interface ChaosOptions {
  readonly plan: readonly Planned[];
  /** Replicas that are killed, one after the other, while workflows are created. */
  readonly kills: number;
  /** Whether one is frozen past its lease half way. */
  readonly freeze: boolean;
  readonly random: () => number;
  readonly main: URL;
  readonly leaseSeconds: number;
  /** Workflows in hand at once, a replica. */
  readonly concurrency: number;
}

export interface Outcome {
  /** How each workflow ended, by topic: everything that may not differ between two runs. */
  readonly ends: ReadonlyMap<string, unknown>;
  /** Calls to the model by workflow and step, and those that came after the result was recorded. */
  readonly calls: ReadonlyMap<string, number>;
  readonly askedAgain: readonly string[];
  /** Text and versions of every artifact by key. */
  readonly objects: ReadonlyMap<string, { text: string; versions: number }>;
  /** Workflows that the frozen replica had in hand. */
  readonly frozen: readonly string[];
  /** Exit statuses of the replicas that were there at the end. */
  readonly exits: readonly (number | string)[];
  readonly seconds: number;
}

/** Runs the plan on three replicas, with kills, and returns how it ended. */
export async function runChaos(stage: Stage, options: ChaosOptions): Promise<Outcome> {
  const { plan, random, main, leaseSeconds, concurrency } = options;
  const began = performance.now();
  const scope = await stage.newScope();
  stage.bedrock.play(scriptOf(plan, random));
  const env = {
    LEASE_SECONDS: String(leaseSeconds),
    MAX_CONCURRENT_WORKFLOWS: String(concurrency),
    MODEL_BAD_ANSWERS: "3",
    // The kills are not the workflows' fault, and some meet many in a row.
    MAX_CRASHES: "50",
    LOG_LEVEL: "warn",
    DRAIN_SECONDS: "5",
  };
  const fleet = new Fleet(3, () => stage.replica(scope, env, main));
  const clients = new Clients(stage, fleet, random);
  const reacting = setInterval(() => clients.react(), 50);
  try {
    await fleet.ready();
    const creating = createAll(clients, options);
    const frozen = await disturb(stage, scope, fleet, options);
    await creating;
    await allEnded(stage, scope, plan.length);
    await clients.settled();
    const exits = await fleet.stop();
    return {
      ...(await endsOf(stage, scope)),
      objects: await objectsOf(stage.s3, scope.bucket),
      frozen,
      exits,
      seconds: Math.round((performance.now() - began) / 100) / 10,
    };
  } finally {
    clearInterval(reacting);
    await fleet.stop();
  }
}

/** Spread over the kills, so that each meets workflows on their way. */
async function createAll(clients: Clients, { plan, kills }: ChaosOptions): Promise<void> {
  const creations: Promise<string>[] = [];
  for (const planned of plan) {
    creations.push(clients.create(planned));
    await sleep((kills * PAUSE_MS * 0.9) / plan.length);
  }
  await Promise.all(creations);
}

/** Mean time between two kills. */
const PAUSE_MS = 450;

async function disturb(stage: Stage, scope: Scope, fleet: Fleet, options: ChaosOptions): Promise<readonly string[]> {
  const { kills, freeze, random } = options;
  let frozen: readonly string[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    await sleep(random() * 2 * PAUSE_MS);
    if (freeze && kill === Math.floor(kills / 2)) frozen = await freezeOne(stage, scope, fleet, options);
    await fleet.kill(await fleet.pick(random));
  }
  return frozen;
}

/** Stops one that has workflows in hand until others have taken all of them, and lets it go on then. */
async function freezeOne(
  stage: Stage,
  scope: Scope,
  fleet: Fleet,
  { random }: ChaosOptions,
): Promise<readonly string[]> {
  const database = stage.postgres.open(scope.database);
  const heldBy = async (pid: number) => {
    const rows = await database.query<{ id: string }>(
      "select id from langgraph.workflows where status = 'running' and owner like $1",
      [`%/${pid}/%`],
    );
    return rows.map(({ id }) => id);
  };
  return eventually("a replica that has workflows in hand to be frozen", async () => {
    const agent = await fleet.pick(random);
    const pid = agent.process.pid ?? 0;
    if ((await heldBy(pid)).length === 0) return undefined;
    const show = fleet.hide(agent);
    agent.process.kill("SIGSTOP");
    const held = await heldBy(pid);
    await eventually("others to take over", async () => ((await heldBy(pid)).length === 0 ? true : undefined), 30_000);
    agent.process.kill("SIGCONT");
    show();
    return held.length > 0 ? held : undefined;
  });
}

function allEnded(stage: Stage, scope: Scope, count: number): Promise<true> {
  const database = stage.postgres.open(scope.database);
  const left = async () => {
    const [row] = await database.query<{ open: number; unpublished: number }>(
      `select (select count(*)::int from langgraph.workflows where ended_at is null) as open,
         (select count(*)::int from langgraph.outbox where published_at is null) as unpublished,
         (select count(*)::int from langgraph.workflows) as all`,
    );
    return row;
  };
  return eventually(
    `all ${count} workflows to end and all events to be published`,
    async () => {
      const row = await left();
      return row?.open === 0 && row.unpublished === 0 ? true : undefined;
    },
    180_000,
  );
}

async function endsOf(stage: Stage, scope: Scope) {
  const rows = await stage.postgres.open(scope.database).query<{
    topic: string;
    step: string;
    recorded: Date | null;
    end: unknown;
  }>(
    `select w.topic, s.step, s.recorded_at as recorded, json_build_object('status', w.status, 'decision', w.decision,
       'reason', w.decision_reason, 'by', w.decided_by, 'code', w.error_code, 'message', w.error_message,
       'events', (select json_agg(o.type order by o.sequence) from langgraph.outbox o where o.workflow_id = w.id),
       'steps', (select json_agg(json_build_object('step', t.step, 'status', t.status, 'text', t.text,
         'sha256', t.artifact_sha256) order by t.started_at, t.step) from langgraph.steps t where t.workflow_id = w.id)) as end
     from langgraph.workflows w left join langgraph.steps s on s.workflow_id = w.id`,
  );
  const recorded = new Map(rows.map((row) => [`${row.topic} ${row.step}`, row.recorded?.getTime()]));
  const calls = new Map<string, number>();
  const askedAgain: string[] = [];
  for (const call of stage.bedrock.calls) {
    const subject = subjectOf(call);
    calls.set(subject, (calls.get(subject) ?? 0) + 1);
    if (call.at > (recorded.get(subject) ?? Number.POSITIVE_INFINITY)) askedAgain.push(subject);
  }
  return { ends: new Map(rows.map(({ topic, end }) => [topic, end])), calls, askedAgain };
}
