import { spawn } from "node:child_process";

/** A program that could not be started (`status` undefined) or ended with a status other than 0. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly status: number | undefined;
  readonly output: string;

  constructor(message: string, status: number | undefined, output: string) {
    super(message);
    this.status = status;
    this.output = output;
  }
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Told every ten seconds how long it runs and what it printed last. */
  readonly progress?: (seconds: number, lastLine: string) => void;
}

const KEPT_OUTPUT = 16_000;

/**
 * Runs a program to its end and returns its standard output. It ends with this process.
 * @throws CommandError with the end of what it printed
 */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { cwd, env = process.env, progress } = options;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(program, args, { ...(cwd && { cwd }), env, stdio: ["ignore", "pipe", "pipe"] });
    const stop = () => child.kill();
    process.once("exit", stop);
    let stdout = "";
    let tail = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
      tail = (tail + chunk).slice(-KEPT_OUTPUT);
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      tail = (tail + chunk).slice(-KEPT_OUTPUT);
    });
    const seconds = () => Math.round((performance.now() - started) / 1000);
    const lastLine = () => tail.trimEnd().split("\n").at(-1) ?? "";
    const timer = setInterval(() => progress?.(seconds(), lastLine()), 10_000);
    const finish = () => {
      clearInterval(timer);
      process.removeListener("exit", stop);
    };
    child.once("error", (error) => {
      finish();
      reject(new CommandError(`${program} cannot be run: ${error.message}`, undefined, ""));
    });
    child.once("close", (status, signal) => {
      finish();
      if (status === 0) return resolve(stdout);
      const how = signal === null ? `ended with ${status}` : `was ended by ${signal}`;
      reject(new CommandError(`${program} ${args[0] ?? ""} ${how}:\n${tail.trim()}`, status ?? 1, tail));
    });
  });
}

/** Whether the program is there and ends with 0. */
export async function works(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
  return run(program, args, { env }).then(
    () => true,
    () => false,
  );
}
