import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

/** A span as OTLP's JSON has it, attributes as plain values. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface CollectedRequest {
  readonly path: string;
  readonly headers: Readonly<IncomingMessage["headers"]>;
  /** As received, unpacked. */
  readonly body: string;
}

export interface Collector {
  readonly url: string;
  readonly requests: readonly CollectedRequest[];
  readonly spans: readonly ReceivedSpan[];
  /** Resolves once `enough(spans)`; rejects after `timeoutMs` (default 10 000) with the names of those that came. */
  until(enough: (spans: readonly ReceivedSpan[]) => boolean, timeoutMs?: number): Promise<readonly ReceivedSpan[]>;
  stop(): Promise<void>;
}

export interface CollectorOptions {
  /** Takes requests and never answers. */
  readonly hangs?: boolean;
}

/** An OTLP/HTTP receiver (JSON) on 127.0.0.1 that records the spans that it is sent. */
export async function startCollector(options: CollectorOptions = {}): Promise<Collector> {
  const requests: CollectedRequest[] = [];
  const spans: ReceivedSpan[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const packed = Buffer.concat(pieces);
    const body = (request.headers["content-encoding"] === "gzip" ? gunzipSync(packed) : packed).toString("utf8");
    requests.push({ path: request.url ?? "", headers: request.headers, body });
    if (options.hangs === true) return;
    const isJson = request.headers["content-type"]?.startsWith("application/json") === true;
    if (isJson) spans.push(...spansOf(JSON.parse(body)));
    response.writeHead(isJson ? 200 : 415, { "content-type": "application/json" }).end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    spans,
    async until(enough, timeoutMs = 10_000) {
      const deadline = performance.now() + timeoutMs;
      while (!enough(spans)) {
        if (performance.now() > deadline) {
          throw new Error(`only these spans came: ${spans.map(({ name }) => name).join(", ") || "none"}`);
        }
        await sleep(20);
      }
      return spans;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

interface OtlpValue {
  stringValue?: string;
  intValue?: number | string;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values?: OtlpValue[] };
}
interface OtlpSpan extends Omit<ReceivedSpan, "attributes"> {
  attributes?: { key: string; value: OtlpValue }[];
}
interface OtlpTraces {
  resourceSpans?: { scopeSpans?: { spans?: OtlpSpan[] }[] }[];
}

function spansOf({ resourceSpans = [] }: OtlpTraces): ReceivedSpan[] {
  const all = resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans));
  return all.map(({ attributes = [], ...span }) => ({
    ...span,
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, plain(value)])),
  }));
}

function plain({ stringValue, intValue, doubleValue, boolValue, arrayValue }: OtlpValue): unknown {
  if (intValue !== undefined) return Number(intValue);
  if (arrayValue !== undefined) return (arrayValue.values ?? []).map(plain);
  return stringValue ?? doubleValue ?? boolValue;
}
