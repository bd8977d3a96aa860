import { type ChildProcess, spawn } from "node:child_process";
import { type AddressInfo, createServer } from "node:net";

export interface ServerOptions {
  /** Instead of this process's. */
  readonly env?: NodeJS.ProcessEnv;
  /** Told of what it prints, as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** A running server program. It never outlives the process that started it, not even one that was killed with SIGKILL. */
export class Server {
  readonly pid: number;
  readonly exited: Promise<void>;
  readonly #name: string;
  readonly #child: ChildProcess;
  #output = "";
  #running = true;

  /** `folder`, where given, is removed when this process dies without having stopped the server. */
  constructor(name: string, path: string, args: readonly string[], folder?: string, options: ServerOptions = {}) {
    this.#name = name;
    this.#child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"], env: options.env ?? process.env });
    const keep = (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-8_000);
      options.onOutput?.(chunk.toString());
    };
    this.#child.stdout?.on("data", keep);
    this.#child.stderr?.on("data", keep);
    this.pid = this.#child.pid ?? 0;
    const guard = this.pid > 0 ? guardOf(this.pid, folder) : undefined;
    this.exited = new Promise((resolve) => {
      const end = () => {
        this.#running = false;
        guard?.stdin?.end("exited\n");
        resolve();
      };
      this.#child.once("exit", end);
      this.#child.once("error", (error) => {
        this.#output += error.message;
        end();
      });
    });
  }

  get running(): boolean {
    return this.#running;
  }

  /** Sends `signal`: SIGSTOP makes the server silent with its connections open, SIGCONT ends that. */
  signal(signal: NodeJS.Signals): void {
    if (this.#running) this.#child.kill(signal);
  }

  /** Asks the server to end, insists after five seconds, and returns when it is gone. */
  async stop(): Promise<void> {
    this.signal("SIGCONT");
    this.signal("SIGTERM");
    const insist = setTimeout(() => this.signal("SIGKILL"), 5_000);
    await this.exited;
    clearTimeout(insist);
  }

  /** Ends the server at once, as a crash does, and returns when it is gone. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.exited;
  }

  /** Returns once `probe` says yes. Throws with the last output when the server ends first or 60 s have passed. */
  async ready(probe: () => Promise<boolean>): Promise<void> {
    const deadline = performance.now() + 60_000;
    while (!(await probe().catch(() => false))) {
      if (!this.#running) throw new Error(`${this.#name} ended while it started:\n${this.#output}`);
      if (performance.now() > deadline) throw new Error(`${this.#name} is not ready after 60 s:\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/**
 * A shell that kills `pid` when its own standard input ends without a word, which is what it sees when this process dies in
 * whatever way: exit handlers do not run on SIGKILL. In a session of its own, or Ctrl-C would end it before it can act.
 */
function guardOf(pid: number, folder: string | undefined): ChildProcess {
  const script = 'read -r word || { kill -KILL "$1"; test -z "$2" || rm -rf "$2"; } 2>/dev/null';
  const args = ["-c", script, "guard", String(pid), folder ?? ""];
  const guard = spawn("/bin/sh", args, { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  guard.stdin?.on("error", () => {});
  guard.unref();
  return guard;
}

/** `count` different TCP ports of 127.0.0.1 that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = servers.map(
    (server) =>
      new Promise<number>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
      }),
  );
  const found = await Promise.all(ports);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return found;
}
