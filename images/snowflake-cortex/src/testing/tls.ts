import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import { promisify } from "node:util";

export interface Tls {
  readonly url: string;
  /** The certificate, in PEM, for NODE_EXTRA_CA_CERTS. */
  readonly certificate: string;
  stop(): Promise<void>;
}

/** HTTPS at localhost in front of `target`, with a certificate that only who is told trusts. Needs openssl. */
export async function startTls(target: string): Promise<Tls> {
  const folder = await mkdtemp(join(tmpdir(), "tls-"));
  const key = join(folder, "key.pem");
  const certificate = join(folder, "certificate.pem");
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"];
  const files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate];
  await promisify(execFile)("openssl", [...request, ...files]);
  const sockets = new Set<TLSSocket>();
  const options = { key: await readFile(key), cert: await readFile(certificate) };
  const server = createServer(options, (near) => {
    sockets.add(near);
    const far = connect(Number(new URL(target).port), "127.0.0.1");
    near.on("error", () => far.destroy()).on("close", () => far.destroy());
    far.on("error", () => near.destroy());
    near.pipe(far).pipe(near);
  });
  server.on("tlsClientError", () => undefined);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `https://localhost:${port}`,
    certificate,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
