import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "yaml";
import { stagesOf } from "../../scripts/dockerfile.ts";
import { freePorts, Server, type ServerOptions } from "./control-plane/process.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * The environment of a process that speaks to loopback: without proxies and extra certificates, on which some clients
 * insist, and without credentials of whoever runs the tests.
 */
export function cleanEnv(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|https?_proxy$|all_proxy$|KUBECONFIG$)/i.test(name),
  );
  return { ...Object.fromEntries(kept), ...extra };
}

export interface SimulatorProcess {
  readonly server: Server;
  readonly url: string;
  /** Calls the control API and returns its JSON. */
  control(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<unknown>;
}

/** The simulator as a process of its own, `speed` times as fast as time. */
export async function startSimulator(speed: number, args: readonly string[] = []): Promise<SimulatorProcess> {
  const [port = 0] = await freePorts(1);
  const all = [join(root, "test/simulator/main.ts"), "--port", String(port), "--speed", String(speed), ...args];
  const server = new Server("simulator", process.execPath, all, undefined, { env: cleanEnv() });
  const url = `http://127.0.0.1:${port}`;
  const control: SimulatorProcess["control"] = async (method, path, body) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(`${url}/_simulator/${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
    return JSON.parse(text);
  };
  await server.ready(async () => (await control("GET", "state")) !== undefined);
  return { server, url, control };
}

/** Bundles the operator as its image has it, and returns the file. */
export async function bundleOperator(): Promise<string> {
  await promisify(execFile)(process.execPath, [join(root, "scripts/build.ts"), "operator"], { cwd: root });
  return join(root, "dist/operator.js");
}

export interface OperatorProcessOptions {
  /** File that bundleOperator returned. */
  readonly program: string;
  readonly kubeconfig: string;
  /** Where AWS is. */
  readonly endpoint: string;
  readonly account: string;
  readonly speed: number;
  readonly args?: readonly string[];
  readonly onOutput?: ServerOptions["onOutput"];
}

export interface OperatorProcess {
  readonly server: Server;
  readonly metricsUrl: string;
}

/** How its image starts Node: environment and flags, a share of the container's memory as what the Deployment makes of it. */
async function startOfImage(): Promise<{ readonly flags: readonly string[]; readonly env: Record<string, string> }> {
  const instructions = stagesOf(await readFile(join(root, "Dockerfile"), "utf8")).at(-1)?.instructions ?? [];
  const argsOf = (name: string): string => instructions.findLast((one) => one.name === name)?.args ?? "";
  const deployment = parse(await readFile(join(root, "manifests/operator/deployment.yaml"), "utf8"));
  const [, limitMiB] = /^(\d+)Mi$/.exec(deployment.spec.template.spec.containers[0].resources.limits.memory) ?? [];
  const flags = (JSON.parse(argsOf("ENTRYPOINT")) as string[])
    .filter((word) => word.startsWith("--"))
    .map((flag) =>
      flag.replace(
        /^--max-old-space-size-percentage=(\d+)$/,
        (_, percent) => `--max-old-space-size=${Math.floor((Number(limitMiB) * Number(percent)) / 100)}`,
      ),
    );
  return {
    flags,
    env: Object.fromEntries(
      argsOf("ENV")
        .split(" ")
        .map((pair) => pair.split("=", 2)),
    ),
  };
}

/** The operator as a process of its own, started as its image starts it, ready when its probe answers. */
export async function startOperatorProcess(options: OperatorProcessOptions): Promise<OperatorProcess> {
  const folder = await mkdtemp(join(tmpdir(), "operator-"));
  const config = join(folder, "config.yaml");
  const access = { namespaces: { "*": { account: options.account, regions: ["*"] } }, endpoint: options.endpoint };
  await writeFile(config, JSON.stringify(access));
  const [probes = 0, metrics = 0] = await freePorts(2);
  const image = await startOfImage();
  const args = [
    ...image.flags,
    options.program,
    ...["--access-config", config, "--kubeconfig", options.kubeconfig, "--bind", "127.0.0.1"],
    ...["--probe-port", String(probes), "--metrics-port", String(metrics), "--clock-speed", String(options.speed)],
    ...(options.args ?? []),
  ];
  const credentials = { AWS_ACCESS_KEY_ID: options.account, AWS_SECRET_ACCESS_KEY: "unchecked" };
  const env = cleanEnv({ ...image.env, ...credentials });
  const onOutput = options.onOutput && { onOutput: options.onOutput };
  const server = new Server("operator", process.execPath, args, folder, { env, ...onOutput });
  await server.ready(async () => (await fetch(`http://127.0.0.1:${probes}/healthz`)).ok);
  return { server, metricsUrl: `http://127.0.0.1:${metrics}/metrics` };
}
