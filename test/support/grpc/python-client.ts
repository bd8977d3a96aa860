import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { installed } from "../emulators/install.ts";

/** https://pypi.org/project/grpcio/ */
const program = {
  name: "grpcio",
  version: "1.85.1",
  requirements: new URL("requirements.txt", import.meta.url),
  program: "python",
};

export interface PythonCall {
  /** Name of the method, or Health. */
  readonly call: string;
  /** `host:port` */
  readonly address: string;
  /** The message in Protobuf's JSON. */
  readonly request?: unknown;
  /** Of a health check. */
  readonly service?: string;
  readonly metadata?: readonly (readonly [string, string])[];
  /** The call's deadline in seconds; default 20. */
  readonly timeout?: number;
  readonly gzip?: boolean;
}

export interface PythonAnswer {
  readonly status: string;
  readonly message?: string;
  /** ErrorInfo.reason of each that the status carries. */
  readonly reasons?: readonly string[];
  /** In Protobuf's JSON. */
  readonly answers?: readonly Record<string, unknown>[];
}

export interface PythonClient {
  /** One call at a time. `streamed` is told of each message of a stream as it comes. */
  call(asked: PythonCall, streamed?: (message: Record<string, unknown>) => void): Promise<PythonAnswer>;
  stop(): Promise<void>;
}

/**
 * A gRPC client that is not ours: gRPC's own implementation, in Python.
 *
 * @param protos folder of the proto files
 */
export async function startPythonClient(protos: URL): Promise<PythonClient> {
  const script = fileURLToPath(new URL("client.py", import.meta.url));
  const child = spawn(await installed(program), [script, fileURLToPath(protos)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async call(asked, streamed = () => {}) {
      child.stdin.write(`${JSON.stringify(asked)}\n`);
      for (;;) {
        const { done, value } = await lines.next();
        if (done) throw new Error(`the Python client ended at ${asked.call}`);
        const told = JSON.parse(value) as PythonAnswer & { streamed?: Record<string, unknown> };
        if (!told.streamed) return told;
        streamed(told.streamed);
      }
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "close");
    },
  };
}
