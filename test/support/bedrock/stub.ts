import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { agentBegin, agentEnd, converseBegin, converseBody, converseEnd, type Timed } from "./answers.ts";
import { type Call, readCall, refusalOf } from "./calls.ts";
import { exceptionFrame } from "./frames.ts";
import { type Answer, holds, type Rule, type Script, scriptSchema } from "./script.ts";

/** Path below which a process is asked and told, rather than Bedrock. */
export const CONTROL_PATH = "/_bedrock/";

/** Bedrock's wire, scripted: Converse, ConverseStream and InvokeAgent. */
export interface BedrockStub {
  /** Endpoint for both runtime clients. */
  readonly url: string;
  /** Every call since the start or the last script, oldest first. */
  readonly calls: readonly Call[];
  /** Replaces the script, and forgets the calls. */
  play(script: Script): void;
  stop(): Promise<void>;
}

/**
 * Serves on `host` (default 127.0.0.1) and `port` (default: a free one).
 *
 * It frames streams with AWS's own codec, refuses what is not signed with Signature Version 4 for `bedrock`, and what
 * Bedrock is known to refuse. What it cannot show: whether a signature is right, IAM, quotas, how long models take, and
 * every refusal that is not in calls.ts.
 *
 * @throws ZodError when the script is none
 */
export async function startBedrock(
  script: Script,
  { host = "127.0.0.1", port = 0 }: { host?: string; port?: number } = {},
): Promise<BedrockStub> {
  const calls: Call[] = [];
  let rules: { rule: Rule; used: number }[] = [];
  const play = (next: Script): void => {
    rules = scriptSchema.parse(next).map((rule) => ({ rule, used: 0 }));
    calls.length = 0;
  };
  const pick = (call: Call): Answer | undefined => {
    const found = rules.find(({ rule, used }) => used < (rule.times ?? Number.POSITIVE_INFINITY) && holds(rule, call));
    if (found) found.used++;
    return found?.rule.answer;
  };
  play(script);

  const server = createServer((request, response) => {
    const work = request.url?.startsWith(CONTROL_PATH)
      ? control(request, response, calls, play)
      : serve(request, response, calls, pick);
    work.catch((error: Error) => {
      if (response.headersSent) response.destroy(error);
      else refuse(response, 500, "InternalServerException", `the stub failed: ${error.message}`);
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${bound.port}`,
    calls,
    play,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString("utf8");
  return text === "" ? {} : JSON.parse(text);
}

/** GET calls, PUT script: so that another process can look and tell. */
async function control(
  request: IncomingMessage,
  response: ServerResponse,
  calls: readonly Call[],
  play: (script: Script) => void,
): Promise<void> {
  const what = `${request.method} ${request.url?.slice(CONTROL_PATH.length)}`;
  const body = await bodyOf(request);
  response.setHeader("content-type", "application/json");
  if (what === "GET calls") response.end(JSON.stringify(calls));
  else if (what === "PUT script") {
    const parsed = scriptSchema.safeParse(body);
    if (parsed.success) play(parsed.data);
    else response.statusCode = 400;
    response.end(JSON.stringify(parsed.success ? {} : { message: parsed.error.message }));
  } else {
    response.statusCode = 404;
    response.end(JSON.stringify({ message: `${what}: there are GET calls and PUT script` }));
  }
}

function refuse(response: ServerResponse, status: number, type: string, message: string, retryAfter?: string): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "x-amzn-errortype": type,
    "x-amzn-requestid": randomUUID(),
    ...(retryAfter === undefined ? {} : { "retry-after": retryAfter }),
  });
  response.end(JSON.stringify({ message }));
}

const signed = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/[a-z0-9-]+\/bedrock\/aws4_request, ?SignedHeaders=/;

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  calls: Call[],
  pick: (call: Call) => Answer | undefined,
): Promise<void> {
  const body = (await bodyOf(request)) as Record<string, unknown>;
  const call: Call | undefined = readCall(request.url ?? "", body, request.headers);
  if (!call) return refuse(response, 404, "UnknownOperationException", `${request.url} is not served by the stub`);
  calls.push(call);
  response.on("close", () => {
    if (call.outcome === "running") call.outcome = "gone";
  });
  const refused = (status: number, type: string, message: string, retryAfter?: string): void => {
    call.outcome = "refused";
    refuse(response, status, type, message, retryAfter);
  };
  if (!signed.test(request.headers.authorization ?? ""))
    return refused(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
  const invalid = refusalOf(call);
  if (invalid) return refused(400, "ValidationException", invalid);
  const answer = pick(call);
  if (!answer) return refused(400, "ValidationException", `no rule of the stub's script answers: ${call.text}`);
  await pause(answer.delayMs);
  if (answer.refuse) {
    const { status, type, message, retryAfter } = answer.refuse;
    return refused(status, type, message, retryAfter);
  }
  if (call.operation === "Converse") return converse(response, call, answer, refused);
  await stream(response, call, answer);
}

const pause = async (ms = 0): Promise<void> => {
  if (ms > 0) await sleep(ms);
};

/** Status of an exception where nothing was streamed; API_runtime_Converse lists them. */
const statusOf: Readonly<Record<string, number>> = {
  throttlingException: 429,
  modelNotReadyException: 429,
  modelTimeoutException: 408,
  modelErrorException: 424,
  modelStreamErrorException: 424,
  serviceUnavailableException: 503,
  internalServerException: 500,
  accessDeniedException: 403,
  resourceNotFoundException: 404,
};

async function converse(
  response: ServerResponse,
  call: Call,
  answer: Answer,
  refused: (status: number, type: string, message: string) => void,
): Promise<void> {
  if (answer.end === "stall") return;
  if (answer.end === "cut" || answer.end === "short") {
    call.outcome = "cut";
    response.destroy();
    return;
  }
  if (answer.end) {
    const { exception, message } = answer.end;
    return refused(statusOf[exception] ?? 400, exception[0]?.toUpperCase() + exception.slice(1), message);
  }
  await pause((answer.everyMs ?? 0) * (answer.text?.length ?? 1));
  if (response.destroyed) return;
  response.writeHead(200, { "content-type": "application/json", "x-amzn-requestid": randomUUID() });
  call.outcome = "answered";
  response.end(JSON.stringify(converseBody(answer, call)));
}

async function stream(response: ServerResponse, call: Call, answer: Answer): Promise<void> {
  const agent = call.operation === "InvokeAgent";
  response.writeHead(200, {
    "content-type": "application/vnd.amazon.eventstream",
    "x-amzn-requestid": randomUUID(),
    ...(agent && { "x-amzn-bedrock-agent-content-type": "application/json" }),
    ...(agent && { "x-amz-bedrock-agent-session-id": call.sessionId }),
  });
  response.flushHeaders();
  const send = async (frames: Iterable<Timed>): Promise<void> => {
    for (const { frame, waits } of frames) {
      if (waits) await pause(answer.everyMs);
      if (response.destroyed) return;
      if (!response.write(frame)) await new Promise<void>((resolve) => drained(response, resolve));
    }
  };
  await send(agent ? agentBegin(answer) : converseBegin(answer));
  if (response.destroyed || answer.end === "stall") return;
  if (answer.end === "cut") {
    call.outcome = "cut";
    // What was written leaves first: the caller shall see the chunks, then the cut.
    response.write("", () => response.destroy());
    return;
  }
  if (typeof answer.end === "object") response.write(exceptionFrame(answer.end.exception, answer.end.message));
  else if (answer.end !== "short") await send(agent ? agentEnd(answer, call) : converseEnd(answer, call));
  if (response.destroyed) return;
  call.outcome = "answered";
  response.end();
}

function drained(response: ServerResponse, resolve: () => void): void {
  const done = () => {
    response.off("drain", done).off("close", done);
    resolve();
  };
  response.once("drain", done).once("close", done);
}
