import { pathToFileURL } from "node:url";
import autocannon from "autocannon";
import { type AgentProcess, freePort, startAgent } from "../../images/shared/src/testing/index.ts";
import { Server } from "../../test/support/control-plane/process.ts";
import { cleanEnv } from "../../test/support/processes.ts";
import type { Figure } from "../figures.ts";
import { cpuMsOf, MIB, medianOf, memoryOf } from "./usage.ts";

const MODEL = "anthropic.claude-sonnet-4-5-20250929-v1:0";
/** Requests at once where as many are sent as are answered. */
const CONNECTIONS = 32;
/** Requests a second where latency is measured: well below what both carry, so that it is not the queue's. */
const RATE = 100;
/** A task has one vCPU and 2048 MiB: 400 requests a second, an eighth of the memory at rest and a quarter at most. */
const GOALS = { cpuMs: 2.5, restMib: 256, peakMib: 512 };
const ROUNDS = 5;
const SECONDS = 4;

interface Target {
  readonly name: "bare" | "door";
  readonly url: string;
  readonly pid: number;
}

/** One round of load on one of the two. */
interface Round {
  readonly requestsASecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the server's process, a request. */
  readonly cpuMs: number;
}

/**
 * The bundled front door, in front of a stand-in for Bedrock that answers at once, against a bare Node server that asks
 * the same model. Rounds alternate, so that what else the machine does meets both; medians of the rounds' ratios.
 *
 * @param program the front door's agent.js
 */
export async function measureFrontDoor(program: string, log: (line: string) => void): Promise<readonly Figure[]> {
  const [modelPort, barePort] = [await freePort(), await freePort()];
  const upstream = `http://127.0.0.1:${modelPort}`;
  const model = node("model", ["test/support/bedrock/main.ts", "--port", String(modelPort)], {});
  const bare = node("bare", ["bench/agents/bare-server.ts"], { PORT: String(barePort), UPSTREAM: upstream, MODEL });
  let door: AgentProcess | undefined;
  try {
    await model.ready(async () => (await fetch(`${upstream}/_bedrock/calls`)).ok);
    await bare.ready(async () => (await fetch(`http://127.0.0.1:${barePort}`, { method: "POST" })).ok);
    door = await startAgent({
      main: pathToFileURL(program),
      discardLogs: true,
      env: { AGENT_NAME: "aws-agent-core", BEDROCK_MODELS: MODEL, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: upstream },
    });
    const targets: readonly Target[] = [
      { name: "bare", url: `http://127.0.0.1:${barePort}/invoke`, pid: bare.pid },
      { name: "door", url: `${door.url}/invoke`, pid: door.process.pid ?? 0 },
    ];
    const idle = await memoryOf(door.process.pid ?? 0);
    const forget = () => fetch(`${upstream}/_bedrock/script`, { method: "PUT", body: '[{"answer":{}}]' });
    for (const target of targets) await load(target, undefined, 2);
    const [full, steady] = [await rounds(targets, undefined, log, forget), await rounds(targets, RATE, log, forget)];
    const loaded = await memoryOf(door.process.pid ?? 0);
    return figuresOf(full, steady, idle.now, loaded.peak);
  } finally {
    await Promise.all([model.stop(), bare.stop(), door?.kill()]);
  }
}

function node(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Server {
  return new Server(name, process.execPath, args, undefined, { env: cleanEnv(env) });
}

type Pair = Record<Target["name"], Round>;

async function rounds(
  targets: readonly Target[],
  rate: number | undefined,
  log: (line: string) => void,
  after: () => Promise<unknown>,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const results: Partial<Pair> = {};
    // The one that goes first changes from round to round.
    for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
      results[target.name] = await load(target, rate, SECONDS);
      await after();
    }
    const { bare, door } = results;
    if (bare === undefined || door === undefined) throw new Error("a round has both");
    pairs.push({ bare, door });
    const shown = ({ requestsASecond, p99Ms, cpuMs }: Round) =>
      `${requestsASecond.toFixed(0)}/s, p99 ${p99Ms} ms, CPU ${cpuMs.toFixed(2)} ms`;
    log(`${rate === undefined ? "at full load" : `at ${rate}/s`}: bare ${shown(bare)}; front door ${shown(door)}`);
  }
  return pairs;
}

/** @throws when a single request failed: what fails quickly would look fast */
async function load({ name, url, pid }: Target, rate: number | undefined, seconds: number): Promise<Round> {
  const before = await cpuMsOf(pid);
  const result = await autocannon({
    url,
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ input: "What is a front door?", route: { model: MODEL } }),
    connections: CONNECTIONS,
    duration: seconds,
    ...(rate !== undefined && { overallRate: rate }),
  });
  const failed = result.errors + result.timeouts + result.non2xx;
  if (failed > 0 || result.requests.total === 0) {
    throw new Error(`${failed} of ${result.requests.total} requests to ${name} failed`);
  }
  return {
    requestsASecond: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    cpuMs: ((await cpuMsOf(pid)) - before) / result.requests.total,
  };
}

function figuresOf(full: readonly Pair[], steady: readonly Pair[], idle: number, peak: number): readonly Figure[] {
  const median = (pairs: readonly Pair[], of: (pair: Pair) => number) => medianOf(pairs.map(of));
  const figure = (name: string, value: number, unit: string, better: Figure["better"], goal?: number): Figure => ({
    ...{ name: `front door: ${name}`, value, unit, better, goal },
  });
  return [
    figure(
      "requests a second",
      median(full, ({ door }) => door.requestsASecond),
      "/s",
      "higher",
    ),
    figure(
      "the same of a bare Node server",
      median(full, ({ bare }) => bare.requestsASecond),
      "/s",
      "higher",
    ),
    figure(
      "requests a second, ratio to the bare server",
      median(full, ({ door, bare }) => door.requestsASecond / bare.requestsASecond),
      "",
      "higher",
    ),
    figure(
      "CPU a request",
      median(full, ({ door }) => door.cpuMs),
      "ms",
      "lower",
    ),
    figure(
      "CPU a request, ratio to the bare server",
      median(full, ({ door, bare }) => door.cpuMs / bare.cpuMs),
      "",
      "lower",
    ),
    figure(
      `p50 at ${RATE} requests a second`,
      median(steady, ({ door }) => door.p50Ms),
      "ms",
      "lower",
    ),
    figure(
      `p99 at ${RATE} requests a second`,
      median(steady, ({ door }) => door.p99Ms),
      "ms",
      "lower",
    ),
    figure(
      `p99 at ${RATE} requests a second, ratio to the bare server`,
      median(steady, ({ door, bare }) => door.p99Ms / Math.max(1, bare.p99Ms)),
      "",
      "lower",
    ),
    figure(
      "p99 at full load, ratio to the bare server",
      median(full, ({ door, bare }) => door.p99Ms / bare.p99Ms),
      "",
      "lower",
    ),
    figure("memory at rest", idle / MIB, "MiB", "lower", GOALS.restMib),
    figure("memory under load, peak", peak / MIB, "MiB", "lower", GOALS.peakMib),
  ];
}
