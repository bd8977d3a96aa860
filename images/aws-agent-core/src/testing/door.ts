import { Readable } from "node:stream";
import {
  createLog,
  createServer,
  Metrics,
  readConfig,
  readEvents,
  type StreamedEvent,
} from "@agentorchestrator/shared";
import { type BedrockStub, startBedrock } from "../../../../test/support/bedrock/stub.ts";
import { schema } from "../config.ts";
import { connect } from "../destinations.ts";
import { registerRoutes } from "../http/routes.ts";
import { tokensOf } from "../tokens.ts";

/** The whole front door within this process, on loopback, over a scripted Bedrock. */
export interface Door {
  readonly url: string;
  readonly bedrock: BedrockStub;
  /** Lines of metrics, parsed. */
  readonly metrics: Record<string, unknown>[];
  /** Lines of the log, as written. */
  readonly logs: string[];
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>;
  /** POST /invoke, parsed. */
  invoke(body: unknown, headers?: Record<string, string>): Promise<{ status: number; headers: Headers; body: Answer }>;
  /** POST /invoke/stream to its end. */
  stream(body: unknown, init?: RequestInit): Promise<StreamedEvent[]>;
  stop(): Promise<void>;
}

/** Whatever is answered: tests say what they expect of it. */
// biome-ignore lint/suspicious/noExplicitAny: JSON from outside
export type Answer = any;

export const MODEL = "amazon.nova-lite-v1:0";
export const OTHER_MODEL = "us.anthropic.claude-sonnet-4-20250514-v1:0";

const base = {
  AGENT_NAME: "aws-agent-core",
  PORT: "0",
  AWS_REGION: "us-east-1",
  BEDROCK_MODELS: `${MODEL},${OTHER_MODEL}`,
  BEDROCK_AGENTS: "support=AGENT12345/ALIAS12345,billing=AGENT67890/ALIAS67890",
};

/** What the SDK reads by itself. */
const forSdk = (url: string): NodeJS.ProcessEnv => ({
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test-test",
  AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url,
  AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: url,
});

/** Sets variables of this process, and returns what sets them back. */
function setEnv(variables: NodeJS.ProcessEnv): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  return () => {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  };
}

export interface DoorSetup {
  readonly heartbeatMs?: number;
  /** Another Bedrock than the scripted one. */
  readonly bedrockUrl?: string;
}

/** @param env instead of, or beside, models, agents and no peer */
export async function openDoor(env: NodeJS.ProcessEnv = {}, setup: DoorSetup = {}): Promise<Door> {
  const bedrock = await startBedrock([]);
  const restore = setEnv(forSdk(setup.bedrockUrl ?? bedrock.url));
  const metrics: Record<string, unknown>[] = [];
  const logs: string[] = [];
  const config = readConfig(schema, { ...base, ...env });
  const agent = config.AGENT_NAME;
  const log = createLog({ agent, level: "debug" }, { write: (line) => logs.push(line) });
  const measured = new Metrics({ agent, write: (line) => metrics.push(JSON.parse(line)) });
  const clients = connect(config, log, measured);
  const { title, description } = { title: agent, description: agent };
  const server = await createServer({ agent, version: "0", config, log, metrics: measured, title, description });
  registerRoutes(server, {
    destinations: clients.destinations,
    tokens: tokensOf(config),
    heartbeatMs: setup.heartbeatMs ?? 15_000,
  });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  const post: Door["post"] = (path, body, init = {}) =>
    fetch(url + path, {
      method: "POST",
      body: JSON.stringify(body),
      ...init,
      headers: { "content-type": "application/json", ...init.headers },
    });
  return {
    url,
    bedrock,
    metrics,
    logs,
    post,
    async invoke(body, headers = {}) {
      const answer = await post("/invoke", body, { headers });
      return { status: answer.status, headers: answer.headers, body: await answer.json() };
    },
    async stream(body, init) {
      const answer = await post("/invoke/stream", body, init);
      if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
      const events: StreamedEvent[] = [];
      for await (const event of readEvents(Readable.fromWeb(answer.body as never))) events.push(event);
      return events;
    },
    async stop() {
      restore();
      await clients.close();
      server.server.closeAllConnections();
      await server.close();
      await bedrock.stop();
    },
  };
}

/** Text of the chunks, joined. */
export const textOf = (events: readonly StreamedEvent[]): string =>
  events.map(({ event, data }) => (event === "chunk" ? (data as { text: string }).text : "")).join("");

/** Data of the only event of that name. */
export function dataOf(events: readonly StreamedEvent[], name: string): Answer {
  const found = events.filter(({ event }) => event === name);
  if (found.length !== 1) throw new Error(`${found.length} events ${name} in ${events.map(({ event }) => event)}`);
  return found[0]?.data;
}
