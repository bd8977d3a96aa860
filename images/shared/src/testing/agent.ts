import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "./port.ts";

export interface AgentProcess {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Every line of stdout and stderr so far. */
  readonly logs: readonly string[];
  /** The lines that are JSON. */
  entries(): Record<string, unknown>[];
  /** Resolves with the exit status, or the signal's name. */
  readonly exited: Promise<number | string>;
  /** SIGTERM; resolves with the exit status. */
  stop(): Promise<number | string>;
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<number | string>;
}

export interface AgentOptions {
  /** The agent's main.ts, or a bundle of it. */
  readonly main: URL;
  /** Added to AGENT_NAME, AWS_REGION, PORT, HOST and credentials of nobody. */
  readonly env: NodeJS.ProcessEnv;
  /** Path that has to answer below 500 before it counts as started; default /health. False: do not wait. */
  readonly until?: string | false;
  /** Longest time to start; default 20 000. */
  readonly timeoutMs?: number;
  /** Lets its output go, where lines by the million would burden the reader. */
  readonly discardLogs?: boolean;
}

/** What a process needs of ours: not the caller's AWS account, proxies or Langfuse. */
const KEPT = /^(PATH|HOME|TMPDIR|LANG|LC_\w+|TZ|NODE_V8_COVERAGE|SYSTEMROOT)$/i;

/**
 * Starts an agent's main as a process of its own on a free port of 127.0.0.1, with a clean environment.
 *
 * @throws Error with its last lines when it ends or does not answer in time
 */
export async function startAgent({
  main,
  env,
  until = "/health",
  timeoutMs = 20_000,
  discardLogs = false,
}: AgentOptions): Promise<AgentProcess> {
  const port = Number(env.PORT ?? (await freePort()));
  const kept = Object.entries(process.env).filter(([name]) => KEPT.test(name));
  const child = spawn(process.execPath, [fileURLToPath(main)], {
    stdio: discardLogs ? "ignore" : ["ignore", "pipe", "pipe"],
    env: {
      ...Object.fromEntries(kept),
      AGENT_NAME: "agent",
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test-test",
      AWS_EC2_METADATA_DISABLED: "true",
      HOST: "127.0.0.1",
      DRAIN_DELAY_SECONDS: "0",
      ...env,
      PORT: String(port),
    },
  });
  const logs: string[] = [];
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) collectLines(stream, logs);
  const orphaned = () => child.kill("SIGKILL");
  process.once("exit", orphaned);
  const exited = once(child, "close").then(([code, signal]) => {
    process.off("exit", orphaned);
    return (code ?? signal) as number | string;
  });
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  const agent: AgentProcess = {
    url: `http://127.0.0.1:${port}`,
    port,
    process: child,
    logs,
    entries: () => logs.flatMap(entryOf),
    exited,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
  if (until !== false) await started(agent, until, timeoutMs);
  return agent;
}

async function started(agent: AgentProcess, path: string, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const ended = agent.process.exitCode ?? agent.process.signalCode;
    if (ended !== null) throw new Error(`the agent ended with ${ended}: ${agent.logs.slice(-5).join("\n")}`);
    const answer = await fetch(`${agent.url}${path}`).catch(() => undefined);
    if (answer !== undefined && answer.status < 500) return;
    if (performance.now() > deadline) {
      await agent.kill();
      throw new Error(`the agent did not start within ${timeoutMs} ms: ${agent.logs.slice(-5).join("\n")}`);
    }
    await sleep(25);
  }
}

function collectLines(stream: NodeJS.ReadableStream, lines: string[]): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  stream.on("end", () => {
    if (rest !== "") lines.push(rest);
  });
}

function entryOf(line: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(line) as Record<string, unknown>];
  } catch {
    return [];
  }
}
