import { Readable } from "node:stream";
import { HttpResponse } from "@smithy/core/protocols";
import { answer, LOST } from "../answer.ts";
import { type Signature, signatureOf } from "../caller.ts";
import type { WireRequest } from "../codec/wire.ts";
import type { SimulatedAws } from "../simulated-aws.ts";

/** What the SDK hands to its request handler. */
interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface HandlerOptions {
  readonly abortSignal?: { readonly aborted: boolean; addEventListener?: AbortSignal["addEventListener"] } | undefined;
}

/** In the shape of the SDK's HttpHandler: give it to any client as `requestHandler`. */
export interface InProcessHandler {
  readonly metadata: { readonly handlerProtocol: string };
  handle(request: SdkRequest, options?: HandlerOptions): Promise<{ response: HttpResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
  destroy(): void;
}

/**
 * The door without a network: the SDK writes, signs and reads as always, and only the socket is missing. One handler
 * serves clients of all services.
 *
 * @param unsigned who calls when a request carries no signature (a client that signs nothing, for speed)
 */
export function inProcess(
  aws: SimulatedAws,
  unsigned?: { readonly account: string; readonly region: string; readonly service: string },
): InProcessHandler {
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(request, { abortSignal } = {}) {
      const done = aws.time.busy();
      let wire: WireRequest;
      try {
        wire = await wireRequest(request);
      } finally {
        done();
      }
      const signature = signatureOf(wire) ?? (unsigned && asSignature(unsigned));
      if (!signature) throw new Error("the simulator serves signed requests only");
      const result = await abortable(answer(aws, wire, signature), abortSignal);
      if (result === LOST) throw connectionReset();
      const { status, headers, body } = result;
      return {
        response: new HttpResponse({
          statusCode: status,
          headers: { ...headers },
          body: typeof body === "string" ? Buffer.from(body) : Readable.from([body]),
        }),
      };
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {},
  };
}

const asSignature = (who: { account: string; region: string; service: string }): Signature => ({
  accessKeyId: who.account,
  region: who.region,
  service: who.service,
  sessionToken: undefined,
});

async function wireRequest(request: SdkRequest): Promise<WireRequest> {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(request.query ?? {})) {
    if (value === null || typeof value === "string") query.append(key, value ?? "");
    else for (const item of value) query.append(key, item);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  return {
    method: request.method,
    host: request.hostname,
    path: request.path,
    query,
    headers,
    body: await bytes(request.body),
  };
}

async function bytes(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** As @smithy/node-http-handler reports a socket that the other side closed. */
const connectionReset = (): Error =>
  Object.assign(new Error("socket hang up"), { name: "TimeoutError", code: "ECONNRESET" });

function abortable<T>(promise: Promise<T>, signal: HandlerOptions["abortSignal"]): Promise<T> {
  if (!signal) return promise;
  const aborted = () => Object.assign(new Error("Request aborted"), { name: "AbortError" });
  if (signal.aborted) return Promise.reject(aborted());
  return new Promise((resolve, reject) => {
    signal.addEventListener?.("abort", () => reject(aborted()), { once: true });
    promise.then(resolve, reject);
  });
}
