import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { type Scope, type Stage, startStage } from "../../images/langgraph/src/testing/stage.ts";
import type { AgentProcess } from "../../images/shared/src/testing/index.ts";
import type { Figure } from "../figures.ts";
import { cpuMsOf, MIB, medianOf, memoryOf } from "./usage.ts";

/** Workflows that are measured, after those that warm up. */
const COUNT = 150;
const WARM_UP = 20;
/** A model that takes no time shows what the agent costs; with one that takes a second, replicas have what to share. */
const CASES = [
  { replicas: 1, modelMs: 0 },
  { replicas: 3, modelMs: 0 },
  { replicas: 1, modelMs: 1_000 },
  { replicas: 3, modelMs: 1_000 },
] as const;
type Case = (typeof CASES)[number];
/** A task has one vCPU and 2048 MiB: ten workflows a second, and a quarter of the memory. */
const GOALS = { cpuMs: 100, peakMib: 512, threeToOne: 1.5 };
/** The cases alternate, so that what else the machine does meets all. */
const ROUNDS = 2;
const LONGEST_MS = 300_000;

interface Run {
  readonly workflowsASecond: number;
  /** Of all replicas, a workflow. */
  readonly cpuMs: number;
  /** Of the replica that has most. */
  readonly peakBytes: number;
}

/**
 * Whole workflows (three answers of a model, three artifacts, eight events or so, an approval by HTTP)
 * from the first request to the last report, by replicas of the bundled agent with the times that it has by default.
 * PostgreSQL is the server, with fsync off; S3 is an emulator, Bedrock and EventBridge are stand-ins in this process.
 *
 * @param program langgraph's agent.js
 */
export async function measureWorkflows(program: string, log: (line: string) => void): Promise<readonly Figure[]> {
  const stage = await startStage();
  try {
    const runs = new Map<Case, Run[]>(CASES.map((each) => [each, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const each of round % 2 === 0 ? CASES : CASES.toReversed()) {
        const run = await measure(stage, each, program);
        runs.get(each)?.push(run);
        const { workflowsASecond, cpuMs } = run;
        log(`${nameOf(each)}: ${workflowsASecond.toFixed(1)} workflows a second, CPU ${cpuMs.toFixed(0)} ms each`);
      }
    }
    return figuresOf(runs);
  } finally {
    await stage.stop();
  }
}

async function measure(stage: Stage, { replicas, modelMs }: Case, program: string): Promise<Run> {
  stage.bedrock.play([{ answer: { text: ["# Result\n\nOf a model without a mind."], delayMs: modelMs } }]);
  const scope = await stage.newScope();
  // What the stage shortens for tests, at its defaults again.
  const env = {
    ...{ LEASE_SECONDS: "30", POLL_SECONDS: "1", SWEEP_SECONDS: "10", RETRY_SECONDS: "2", RETRY_MAX_SECONDS: "120" },
    LOG_LEVEL: "warn",
  };
  const main = pathToFileURL(program);
  const agents: AgentProcess[] = [];
  try {
    // One after the other: each start is a migration under a lock, and two cores are few.
    for (let index = 0; index < replicas; index += 1) agents.push(await stage.replica(scope, env, main));
    await runWorkflows(stage, scope, agents, WARM_UP, 0);
    const pids = agents.map(({ process: { pid = 0 } }) => pid);
    const cpu = async () => (await Promise.all(pids.map(cpuMsOf))).reduce((sum, ms) => sum + ms, 0);
    const [before, began] = [await cpu(), performance.now()];
    await runWorkflows(stage, scope, agents, COUNT, WARM_UP);
    const seconds = (performance.now() - began) / 1_000;
    const memory = await Promise.all(pids.map(memoryOf));
    return {
      workflowsASecond: COUNT / seconds,
      cpuMs: ((await cpu()) - before) / COUNT,
      peakBytes: Math.max(...memory.map(({ peak }) => peak)),
    };
  } finally {
    await Promise.all(agents.map((agent) => agent.kill()));
  }
}

/** Starts `count` workflows, approves each as soon as it asks, and returns once all have their report. */
async function runWorkflows(
  stage: Stage,
  scope: Scope,
  agents: readonly AgentProcess[],
  count: number,
  done: number,
): Promise<void> {
  const url = (index: number) => agents[index % agents.length]?.url ?? "";
  const authorization = await stage.issuer.bearer("bench");
  let seen = stage.eventBridge.events.length;
  const creating = Promise.all(
    Array.from({ length: count }, (_, index) =>
      post(`${url(index)}/workflows`, { topic: `topic ${done + index}` }, {}),
    ),
  );
  const approving: Promise<void>[] = [];
  const completed = stage.postgres.open(scope.database);
  const deadline = performance.now() + LONGEST_MS;
  for (;;) {
    for (const { type, detail } of stage.eventBridge.events.slice(seen)) {
      seen += 1;
      if (type !== "ApprovalRequested") continue;
      approving.push(post(`${url(seen)}/approve/${detail.workflowId}`, { decision: "approve" }, { authorization }));
    }
    const [row] = await completed.query<{ completed: number; ended: number }>(
      `select count(*) filter (where status = 'completed')::int as completed, count(*)::int as ended
         from langgraph.workflows where ended_at is not null`,
    );
    if (row?.ended !== row?.completed) throw new Error(`${row?.ended} workflows ended, ${row?.completed} of them well`);
    if (row?.completed === done + count) break;
    if (performance.now() > deadline)
      throw new Error(`only ${row?.completed} of ${done + count} workflows were completed`);
    await sleep(50);
  }
  await Promise.all([creating, ...approving]);
}

async function post(url: string, body: unknown, headers: Record<string, string>): Promise<void> {
  const init = {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  };
  const answer = await fetch(url, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`POST ${url}: ${answer.status} ${text}`);
}

function nameOf({ replicas, modelMs }: Case): string {
  const model = modelMs === 0 ? "a model that takes no time" : `a model that takes ${modelMs / 1_000} s`;
  return `langgraph, ${replicas} ${replicas === 1 ? "replica" : "replicas"}, ${model}`;
}

function figuresOf(runs: ReadonlyMap<Case, readonly Run[]>): readonly Figure[] {
  const figure = (name: string, value: number, unit: string, better: Figure["better"], goal?: number): Figure => ({
    ...{ name, value, unit, better, goal },
  });
  const rateOf = (all: readonly Run[]) => medianOf(all.map(({ workflowsASecond }) => workflowsASecond));
  const each = [...runs].flatMap(([which, all]) => {
    const name = nameOf(which);
    const cpuMs = medianOf(all.map((run) => run.cpuMs));
    return [
      figure(`${name}: workflows a second`, rateOf(all), "/s", "higher"),
      figure(`${name}: CPU a workflow`, cpuMs, "ms", "lower", GOALS.cpuMs),
    ];
  });
  const slowly = [...runs].filter(([{ modelMs }]) => modelMs > 0);
  const rates = new Map<number, number>(slowly.map(([{ replicas }, all]) => [replicas, rateOf(all)]));
  const ratio = (rates.get(3) ?? 0) / (rates.get(1) ?? 0);
  const peak = Math.max(...[...runs.values()].flat().map(({ peakBytes }) => peakBytes));
  return [
    ...each,
    figure(
      "langgraph: workflows a second of 3 replicas to 1, a model that takes 1 s",
      ratio,
      "",
      "higher",
      GOALS.threeToOne,
    ),
    figure("langgraph: memory of a replica under load, peak", peak / MIB, "MiB", "lower", GOALS.peakMib),
  ];
}
