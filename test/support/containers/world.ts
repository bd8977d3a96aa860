import { fileURLToPath } from "node:url";
import { type Collector, startCollector } from "@agentorchestrator/shared/testing";
import type { AccountConfig } from "../account.ts";
import { type BedrockStub, startBedrock } from "../bedrock/stub.ts";
import { Server } from "../control-plane/process.ts";
import { type Emulator, startEmulator } from "../emulators/emulator.ts";
import { emulators } from "../emulators/registry.ts";
import { cleanEnv } from "../processes.ts";
import { type Snowflake, startSnowflake } from "../snowflake/snowflake.ts";
import { ContainerEngine, type ContainerNetwork } from "./engine.ts";
import { postgresArchive } from "./postgres-image.ts";
import { startRegistry, type TestRegistry } from "./registry.ts";

/** The gateway is where ECS has the credentials of a task's role: SDKs take them from nowhere else without TLS. */
const network: ContainerNetwork = { name: "agents", subnet: "169.254.170.0/24", gateway: "169.254.170.2" };
const region = "us-east-1";

/** MiniStack with what it takes for databases in containers, which it gives certificates. */
const withTls = {
  ...emulators.ministack,
  version: `${emulators.ministack.version}-tls`,
  requirements: new URL("../emulators/requirements/ministack-tls.txt", import.meta.url),
};

/** What stands in for AWS and for others, with MiniStack's tasks and databases as real containers. */
export interface World {
  /** For clients of the emulator on this machine. */
  readonly account: AccountConfig & { readonly region: string; readonly endpoint: string };
  readonly emulator: Emulator;
  readonly engine: ContainerEngine;
  readonly registry: TestRegistry;
  readonly bedrock: BedrockStub;
  readonly snowflake: Snowflake;
  /** In the place of Langfuse. */
  readonly langfuse: Collector;
  stop(): Promise<void>;
}

/**
 * Starts them, and the bridge by which containers reach them. Images named `<id>.dkr.ecr.us-east-1.amazonaws.com/…` come
 * from the registry.
 *
 * @param id the account, twelve digits
 * @throws what could not be started; everything else is then stopped again
 */
export async function startWorld(id: string): Promise<World> {
  const started: (() => Promise<unknown>)[] = [];
  const keep = <T extends { stop(): Promise<unknown> }>(one: T): T => {
    started.push(() => one.stop());
    return one;
  };
  /** The last first, and each whatever became of the others. */
  const stop = async () => {
    const failures: unknown[] = [];
    for (const end of started.splice(0).reverse()) await end().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, "not everything could be stopped");
  };
  try {
    const registry = keep(await startRegistry());
    const name = `${id}.dkr.ecr.${region}.amazonaws.com`;
    const engine = keep(await ContainerEngine.start({ [name]: registry.host }, network));
    await engine.podman(["load", "--quiet", "--input", await postgresArchive()]);
    // The bridge needs the gateway's address, which is there as long as a container is.
    await engine.podman(["run", "--detach", "docker.io/library/postgres:15-alpine", "sleep", "infinity"]);
    const env = {
      DOCKER_HOST: await engine.serveDockerApi(),
      DOCKER_NETWORK: network.name,
      MINISTACK_HOST: "host.docker.internal",
      MINISTACK_ACCOUNT_ID: id,
    };
    const emulator = keep(await startEmulator("ministack", env, withTls));
    const [bedrock, snowflake, langfuse] = [
      keep(await startBedrock([])),
      keep(await startSnowflake()),
      keep(await startCollector()),
    ];
    const ports = [emulator, bedrock, snowflake, langfuse].map(({ url }) => new URL(url).port);
    keep(await startBridge(id, emulator.url, ports));
    const credentials = { accessKeyId: id, secretAccessKey: "test" };
    const account = { region, endpoint: emulator.url, credentials };
    return { account, emulator, engine, registry, bedrock, snowflake, langfuse, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startBridge(id: string, aws: string, ports: readonly string[]): Promise<Server> {
  const program = fileURLToPath(new URL("bridge.ts", import.meta.url));
  const where = ["--gateway", network.gateway, "--account", id, "--region", region, "--aws", aws];
  const args = [program, ...where, ...ports.flatMap((port) => ["--port", port])];
  const bridge = new Server("bridge", process.execPath, args, undefined, { env: cleanEnv() });
  await bridge.ready(async () => (await fetch(`http://${network.gateway}/`)).status === 404);
  return bridge;
}
