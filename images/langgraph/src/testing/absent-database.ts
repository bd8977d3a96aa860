import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { S3Client } from "@aws-sdk/client-s3";
import { BucketArtifacts } from "../artifacts.ts";
import { Database } from "../database.ts";
import { Workflows } from "../domain/workflow.ts";
import { Changes } from "../store/changes.ts";

/** The workflows on a database that is not there; "silent": it takes connections and never says a word. */
export async function workflowsWithoutDatabase(kind: "down" | "silent"): Promise<Workflows & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on("error", () => {}))).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, "close");
  };
  if (kind === "down") await close();
  const database = new Database({
    ...{ host: "127.0.0.1", port, database: "agents", ssl: false, poolSize: 2, idleInTransactionMs: 1_000 },
    credentials: async () => ({ username: "nobody", password: "nothing" }),
    onError: () => {},
  });
  const s3 = new S3Client({ region: "eu-central-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } });
  const artifacts = new BucketArtifacts(s3, { bucket: "none", prefix: "artifacts/", urlSeconds: 60 });
  const workflows = new Workflows(database, artifacts, new Changes(database, 100));
  return Object.assign(workflows, {
    async [Symbol.asyncDispose]() {
      await close();
      await database.end();
    },
  });
}
