import { once } from "node:events";
import { createServer, connect as dial, type Socket } from "node:net";

export interface Cut {
  readonly url: string;
  /** Ends all connections and refuses new ones. */
  off(): Promise<void>;
  on(): Promise<void>;
  stop(): Promise<void>;
}

/** A way to `target` that can be cut, as a network is. */
export async function startCut(target: string): Promise<Cut> {
  const { port } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = dial(Number(port), "127.0.0.1");
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => near.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const off = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    off,
    async on() {
      await once(server.listen(address.port, "127.0.0.1"), "listening");
    },
    stop: async () => {
      if (server.listening) await off();
    },
  };
}
