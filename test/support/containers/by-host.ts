import { request } from "node:http";

export interface HostAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks a server on this machine for what it serves under another name, which has no address here: fetch would send the
 * server's own.
 *
 * @param server base URL
 * @param url with the name
 * @throws when the server cannot be reached
 */
export function askByHost(
  server: string,
  url: URL,
  method: string,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): Promise<HostAnswer> {
  const { hostname, port } = new URL(server);
  const path = url.pathname + url.search;
  const length = body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const options = { host: hostname, port, path, method, headers: { ...headers, ...length, host: url.host } };
    const sent = request(options, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      answer.once("error", reject).once("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.once("error", reject).end(body);
  });
}
