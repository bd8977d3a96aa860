import { once as event } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came over the wire. */
export interface Asked {
  /** Operation, as AWS names it: of the query and JSON protocols; of REST, method and path. */
  readonly action: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** What an emulator leaves out of its answers, filled in as AWS answers. */
export interface Fill {
  readonly action: RegExp;
  /** Where the request must be another one for the emulator to understand it: its body. */
  readonly ask?: (asked: Asked) => string;
  /** The client token of the request: another one with the same token gets the first one's answer. */
  readonly token?: (asked: Asked) => string | undefined;
  /** The answer's body as AWS has it; the same text where nothing is missing. `target` is the emulator, to ask it for more. */
  readonly answer?: (body: string, asked: Asked, target: string) => string | Promise<string>;
}

export interface GatewayOptions {
  /** Base URL of what stands behind it. */
  readonly target: string;
  readonly fills?: readonly Fill[];
  /** Decides about each request as it comes in. */
  readonly fate?: (asked: Asked) => Fate;
}

/** Passed on and answered; passed on while the caller never sees the answer; or never passed on at all. */
export type Fate = "answered" | "lost" | "dropped";

/** A door on 127.0.0.1 in front of an emulator of AWS. */
export interface Gateway {
  readonly url: string;
  /** How often each fill had something to do: 0 tells that the gap is closed. */
  readonly filled: ReadonlyMap<Fill, number>;
  /** Calls that came in, by action. */
  readonly calls: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const filled = new Map<Fill, number>();
  const calls = new Map<string, number>();
  const count = <Key>(counts: Map<Key, number>, key: Key): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

  const answers = new Map<string, Promise<Answer>>();
  const once = (asked: Asked, fills: readonly Fill[], ask: () => Promise<Answer>): Promise<Answer> => {
    const token = fills.map((fill) => fill.token?.(asked)).find((one) => one !== undefined);
    if (token === undefined) return ask();
    const key = `${asked.action} ${token}`;
    const answer = answers.get(key) ?? ask();
    answers.set(key, answer);
    // Only what succeeded is known by its token.
    const forget = (): void => void answers.delete(key);
    answer.then(({ status }) => status < 300 || forget(), forget);
    return answer;
  };

  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const bytes = await read(incoming);
    const asked = askedIn(incoming, bytes);
    count(calls, asked.action);
    const fate = options.fate?.(asked) ?? "answered";
    if (fate === "dropped") return void outgoing.destroy();
    const fills = (options.fills ?? []).filter(({ action }) => action.test(asked.action));
    let sent = bytes;
    for (const fill of fills) {
      const body = fill.ask?.(asked) ?? asked.body;
      if (body === asked.body) continue;
      sent = Buffer.from(body, "latin1");
      count(filled, fill);
    }
    const repeated = fills.find(({ token }) => answers.has(`${asked.action} ${token?.(asked)}`));
    if (repeated) count(filled, repeated);
    const answer = await once(asked, fills, () => forward(options.target, incoming, sent));
    let body = answer.body;
    for (const fill of fills) {
      const before = body.toString();
      const after = (await fill.answer?.(before, asked, options.target)) ?? before;
      if (after === before) continue;
      body = Buffer.from(after);
      count(filled, fill);
    }
    if (fate === "lost") return void outgoing.destroy();
    const headers = { ...answer.headers, "content-length": String(body.length) };
    outgoing.writeHead(answer.status, incoming.method === "HEAD" ? answer.headers : headers).end(body);
  };
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  }).listen(0, "127.0.0.1");
  await event(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    filled,
    calls,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function askedIn({ method = "", url = "", headers }: IncomingMessage, bytes: Buffer): Asked {
  const body = bytes.toString("latin1");
  const target = headers["x-amz-target"];
  const form = /^(?:.*&)?Action=(\w+)/.exec(headers["content-type"]?.includes("form-urlencoded") ? body : "");
  const action = typeof target === "string" ? target.split(".").at(-1) : form?.[1];
  return { action: action ?? `${method} ${url.split("?")[0]}`, method, path: url, body };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends the request on as it came, each on a connection of its own, but for its length. */
function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { "transfer-encoding": _chunked, "accept-encoding": _plain, connection: _own, ...kept } = incoming.headers;
  const headers = { ...kept, "content-length": String(body.length) };
  return new Promise((resolve, reject) => {
    const out = request(
      new URL(incoming.url ?? "/", target),
      { method: incoming.method ?? "GET", headers },
      (answer) => {
        const { "transfer-encoding": _length, connection: _theirs, ...given } = answer.headers;
        read(answer).then((read) => resolve({ status: answer.statusCode ?? 502, headers: given, body: read }), reject);
      },
    );
    out.once("error", reject);
    out.end(body);
  });
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
