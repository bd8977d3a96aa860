import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** A small HTTP server of fixed paths: probes, metrics. */
export interface Served {
  /** The port that it got, where 0 was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

/** Answers GET on `pages` and 404 on all else. Rejects when the port is taken. */
export async function serve(
  bind: string,
  port: number,
  pages: Readonly<Record<string, () => Page | Promise<Page>>>,
): Promise<Served> {
  const server: Server = createServer((request, response) => {
    const page = pages[(request.url ?? "/").split("?")[0] ?? "/"];
    const answer = page
      ? Promise.resolve().then(page)
      : Promise.resolve({ status: 404, type: "text/plain", body: "not found\n" });
    answer
      .catch((error: unknown) => ({ status: 500, type: "text/plain", body: `${error}\n` }))
      .then(({ status, type, body }) => response.writeHead(status, { "content-type": type }).end(body));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, bind, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
