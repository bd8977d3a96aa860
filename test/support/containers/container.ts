import type { ContainerEngine } from "./engine.ts";

export interface ContainerOptions {
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  /** Port that it listens on; published on a free one of loopback. */
  readonly port: number;
  /** Path that answers 200 once it serves. */
  readonly health: string;
  readonly args?: readonly string[];
}

export interface RunningContainer {
  readonly id: string;
  readonly url: string;
  /** From the start of its process to the first healthy answer. */
  readonly startMilliseconds: number;
  logs(): Promise<string>;
  /** SIGTERM, and SIGKILL after ten seconds. @returns its exit code */
  stop(): Promise<number>;
}

/**
 * Runs an image as ECS would with the strictest task definition: with a read-only root file system, without capabilities,
 * as the user that the image names. Values of the environment stand in no command line.
 *
 * @throws with what it printed when it ends, or does not answer within 30 s
 */
export async function runContainer(engine: ContainerEngine, options: ContainerOptions): Promise<RunningContainer> {
  const { image, env, port, health, args = [] } = options;
  const strict = ["--read-only", "--read-only-tmpfs=false", "--cap-drop", "all", "--security-opt", "no-new-privileges"];
  const names = Object.keys(env).flatMap((name) => ["--env", name]);
  const created = await engine.podman(
    ["create", ...strict, "--publish", `127.0.0.1::${port}`, ...names, image, ...args],
    env,
  );
  const id = created.trim();
  const logs = async () => {
    const text = await engine.podman(["logs", id]).catch((error: Error) => error.message);
    return text;
  };
  await engine.podman(["start", id]);
  const started = Date.parse(
    await inspect(engine, id, '{{.State.StartedAt.UTC.Format "2006-01-02T15:04:05.999Z07:00"}}'),
  );
  const published = (await engine.podman(["port", id, String(port)])).trim();
  const url = `http://${published}`;
  const deadline = Date.now() + 30_000;
  while (!(await answers(url + health))) {
    const running = (await inspect(engine, id, "{{.State.Running}}")) === "true";
    if (!running || Date.now() > deadline)
      throw new Error(`${image} ${running ? "does not answer" : "ended"}:\n${await logs()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    id,
    url,
    startMilliseconds: Date.now() - started,
    logs,
    async stop() {
      await engine.podman(["stop", "--time", "10", id]);
      return Number(await inspect(engine, id, "{{.State.ExitCode}}"));
    },
  };
}

async function inspect(engine: ContainerEngine, id: string, format: string): Promise<string> {
  return (await engine.podman(["inspect", "--format", format, id])).trim();
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
