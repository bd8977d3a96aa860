import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answer, LOST } from "../answer.ts";
import { signatureOf } from "../caller.ts";
import type { WireRequest, WireResponse } from "../codec/wire.ts";
import type { SimulatedAws } from "../simulated-aws.ts";
import { isChunked, unchunk } from "./chunked.ts";
import { CONTROL_PATH, control } from "./control.ts";

export interface HttpDoor {
  /** http://127.0.0.1:port: the endpoint for every service. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves the world on 127.0.0.1 for any client of AWS, and its control API under /_simulator/. Port 0: a free one. */
export async function startHttpDoor(aws: SimulatedAws, { port = 0 }: { port?: number } = {}): Promise<HttpDoor> {
  const server = createServer((request, response) => {
    serve(aws, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
      response.end(error instanceof Error ? error.message : String(error));
    });
  });
  // Clients keep connections for minutes: one that the server closes under them looks like a lost response.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(aws: SimulatedAws, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const wire = await wireRequest(request);
  if (wire.path.startsWith(CONTROL_PATH)) return send(response, wire.method, await control(aws, wire));
  const signature = signatureOf(wire);
  if (!signature) return send(response, wire.method, notSigned);
  const result = await answer(aws, wire, signature);
  if (result === LOST) request.socket.destroy();
  else send(response, wire.method, result);
}

const notSigned: WireResponse = {
  status: 403,
  headers: { "content-type": "application/json", "x-amzn-errortype": "MissingAuthenticationTokenException" },
  body: JSON.stringify({
    __type: "MissingAuthenticationTokenException",
    message: `Missing Authentication Token. Sign requests with an account's twelve digits as access key id, or see ${CONTROL_PATH}.`,
  }),
};

async function wireRequest(request: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = [value].flat().join(",");
  const [path = "/", search = ""] = (request.url ?? "/").split("?");
  return {
    method: request.method ?? "GET",
    host: (headers.host ?? "").replace(/:\d+$/, ""),
    path,
    query: new URLSearchParams(search),
    headers,
    body: isChunked(headers) ? unchunk(body) : body,
  };
}

function send(response: ServerResponse, method: string, { status, headers, body }: WireResponse): void {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  // The answer to HEAD tells the length of what GET would bring, and brings nothing.
  response.writeHead(status, { "content-length": bytes.length, ...headers });
  response.end(method === "HEAD" ? undefined : bytes);
}
