import { type AgentProcess, startAgent } from "@agentorchestrator/shared/testing";
import type { Snowflake } from "../../../../test/support/snowflake/snowflake.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body, parsed where it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it
  readonly body: any;
  readonly text: string;
}

export interface Cortex extends AgentProcess {
  post(path: string, body: unknown, init?: { headers?: Record<string, string>; signal?: AbortSignal }): Promise<Answer>;
  /** Waits until /ready answers with `status`, and returns the answer. */
  ready(status?: number): Promise<Answer>;
}

/** The agent as a process, as the operator wires it, with the stand-in for Snowflake. */
export async function startCortex(
  snowflake: Snowflake,
  env: NodeJS.ProcessEnv = {},
  main: URL = new URL("../main.ts", import.meta.url),
): Promise<Cortex> {
  const agent = await startAgent({
    main,
    env: {
      AGENT_NAME: "snowflake-cortex",
      SNOWFLAKE_ACCOUNT: "testorg-test",
      SNOWFLAKE_USER: "agent",
      SNOWFLAKE_PRIVATEKEY: snowflake.privateKey,
      SNOWFLAKE_ROLE: "READER",
      SNOWFLAKE_WAREHOUSE: "WH",
      SNOWFLAKE_DATABASE: "DB1",
      SNOWFLAKE_URL: snowflake.url,
      ...env,
    },
  });
  return asCortex(agent);
}

/** The agent's process with its doors. */
export function asCortex(agent: AgentProcess): Cortex {
  const call = async (path: string, init?: RequestInit): Promise<Answer> => {
    const answer = await fetch(agent.url + path, init);
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.startsWith("application/json") === true;
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : undefined, text };
  };
  return {
    ...agent,
    post: (path, body, { headers, signal } = {}) =>
      call(path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
        ...(signal && { signal }),
      }),
    async ready(status = 200) {
      const deadline = performance.now() + 15_000;
      for (;;) {
        const answer = await call("/ready");
        if (answer.status === status) return answer;
        if (performance.now() > deadline) throw new Error(`/ready stays ${answer.status}: ${answer.text}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}

/** Waits until `probe` gives a value that counts, for at most ten seconds. */
export async function until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
