import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from "@aws-sdk/client-ecs";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Published } from "../../../scripts/images/publish.ts";
import { run } from "../../../scripts/run.ts";
import type { Script } from "../../support/bedrock/script.ts";
import { askByHost } from "../../support/containers/by-host.ts";
import { startWorld, type World } from "../../support/containers/world.ts";
import { kubectl } from "../../support/control-plane/kubectl.ts";
import { type Gateway, startGateway } from "../../support/gateway.ts";
import { type Installation, startInstallation } from "../../support/installation.ts";
import { condition, isReady, Orchestrator } from "../../support/orchestrator.ts";
import { cleanEnv, type OperatorProcess, startOperatorProcess } from "../../support/processes.ts";
import { withMasterUserSecret } from "../fills.ts";
import { fillsFor } from "../gaps.ts";
import { PREFIX } from "../reference-case.ts";
import { agentsSpec, newApprover, snowflakeSecret } from "./agents-spec.ts";
import { managedPassword } from "./managed-password.ts";

const ACCOUNT = "111122223333";
const LIMIT_MS = 120_000;
const root = fileURLToPath(new URL("../../..", import.meta.url));
const replicas = { "aws-agent-core": 2, langgraph: 2, "snowflake-cortex": 3 };

/** A researcher who takes his time, so that there is some to kill him in. */
const script = (researcherMs: number): Script => [
  { when: { system: "You are a researcher" }, answer: { text: ["# Notes\nHeat pumps heat."], delayMs: researcherMs } },
  { when: { system: "You are an analyst" }, answer: { text: ["# Analysis\nThey do."] } },
  { when: { system: "You are a writer" }, answer: { text: ["# Report\nBuy one."] } },
];

interface View {
  readonly id: string;
  readonly status: string;
  readonly steps: readonly { readonly step: string; readonly status: string; readonly attempts: number }[];
}

const portOf = ({ url }: { readonly url: string }): number => Number(new URL(url).port);

describe.skipIf(!process.env.AGENTORCH_CONTAINERS)("the reference case in containers", () => {
  let world: World;
  let installation: Installation;
  let gateway: Gateway;
  let operator: OperatorProcess;
  let object: Orchestrator;
  let approver: Awaited<ReturnType<typeof newApprover>>;
  let published: readonly Published[];
  let began = performance.now();

  /** Prints what is done, and the seconds that it took. */
  const phase = (what: string) => {
    console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`);
    began = performance.now();
  };
  async function until<T>(what: string, probe: () => Promise<T | undefined>, ms = 60_000): Promise<T> {
    for (const deadline = performance.now() + ms; ; await sleep(100)) {
      const found = await probe();
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw new Error(`not within ${ms / 1000} s: ${what}`);
    }
  }
  /** Through the load balancer, as whoever knows its name. */
  async function ask<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const front = (await object.get())?.status?.endpoint ?? "";
    const sent = body === undefined ? "" : JSON.stringify(body);
    const all = { ...(sent !== "" && { "content-type": "application/json" }), ...headers };
    const { status, text } = await askByHost(world.account.endpoint, new URL(path, front), method, all, sent);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text);
  }
  const status = (id: string, wanted: string) =>
    until(`workflow ${id} is ${wanted}`, async () => {
      // A load balancer answers 502 for a target that has just died, or does not listen yet.
      const view = await ask<View>("GET", `/workflows/${id}`).catch((error: Error) => {
        if (!error.message.includes(": 502 ")) throw error;
      });
      return view?.status === wanted ? view : undefined;
    });
  const startWorkflow = async (input: string): Promise<string> => {
    const { workflow } = await ask<{ workflow: View }>("POST", "/invoke", { input, route: { workflow: true } });
    return workflow.id;
  };
  const approve = async (id: string) =>
    ask("POST", `/approve/${id}`, { decision: "approve" }, { authorization: await approver.bearer("ada") });
  const report = async (id: string): Promise<string> => {
    const { url } = await ask<{ url: string }>("GET", `/workflows/${id}/report`);
    // A name that only containers know.
    return (await askByHost(world.account.endpoint, new URL(url), "GET")).text;
  };
  const tasksOf = async (agent: string): Promise<readonly Task[]> => {
    const ecs = new ECSClient(world.account);
    const listed = await ecs.send(new ListTasksCommand({ cluster: PREFIX, serviceName: `${PREFIX}-${agent}` }));
    const { taskArns: tasks = [] } = listed;
    if (tasks.length === 0) return [];
    return (await ecs.send(new DescribeTasksCommand({ cluster: PREFIX, tasks }))).tasks ?? [];
  };
  const inspect = async (container: string) => JSON.parse(await world.engine.podman(["inspect", container]))[0];
  /** Rows of the platform's database, as its secret lets one in. */
  const rows = async (text: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]> => {
    const { DBInstances: [instance] = [] } = await new RDSClient(world.account).send(
      new DescribeDBInstancesCommand({}),
    );
    const secrets = new SecretsManagerClient(world.account);
    const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
    const SecretId = SecretList.find(({ Name }) => Name?.startsWith("rds!"))?.ARN;
    const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    const { username: user, password } = JSON.parse(SecretString);
    const { Address: host, Port: port } = instance?.Endpoint ?? {};
    const client = new pg.Client({
      host,
      port,
      user,
      password,
      database: instance?.DBName,
      ssl: { rejectUnauthorized: false },
    });
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows;
    } finally {
      await client.end();
    }
  };

  beforeAll(async () => {
    [world, installation, approver] = await Promise.all([startWorld(ACCOUNT), startInstallation(), newApprover()]);
    const { program, kubeconfig, control } = installation;
    const secret = snowflakeSecret(world.snowflake.privateKey, portOf(world.snowflake));
    await kubectl(control.adminKubeconfig, ["apply", "-f", "-"], secret);
    const fills = fillsFor("ministack").filter(({ answer }) => answer !== withMasterUserSecret);
    gateway = await startGateway({ target: world.emulator.url, fills: [...fills, managedPassword(world.account)] });
    operator = await startOperatorProcess({ program, kubeconfig, endpoint: gateway.url, account: ACCOUNT, speed: 1 });
    object = new Orchestrator(control.adminKubeconfig, { namespace: "agents", name: "dev" });
    phase("servers started: API server, operator, podman, registry, MiniStack, Bedrock, Snowflake, bridge");
  });
  afterAll(async () => {
    began = performance.now();
    const ends = [operator?.server, { stop: async () => gateway?.close() }, installation, world];
    const stopped = await Promise.allSettled(ends.map(async (one) => one?.stop()));
    phase("everything stopped and removed");
    expect(stopped.flatMap((one) => (one.status === "rejected" ? [one.reason] : []))).toEqual([]);
  });

  it("gets repositories first, then the agents' images by digest, and is Ready", async () => {
    const ports = { bedrock: portOf(world.bedrock), langfuse: portOf(world.langfuse) };
    began = performance.now();
    await object.create(agentsSpec(ports, approver.publicKey));
    await object.until((live) => condition(live, "RegistryReady")?.status === "True", LIMIT_MS);
    phase("repositories");
    const where = ["--project", "multi-agent-orchestrator", "--environment", "dev", "--region", "us-east-1"];
    const to = ["--registry", world.registry.host, "--ecr-endpoint", world.emulator.url, "--account", ACCOUNT];
    const how = ["--platforms", "linux/amd64", "--engine", "buildah", "--stand-ins", "--json", "-"];
    const credentials = { AWS_ACCESS_KEY_ID: ACCOUNT, AWS_SECRET_ACCESS_KEY: "test" };
    const images = await run(process.execPath, ["scripts/images/main.ts", "publish", ...where, ...to, ...how], {
      cwd: root,
      env: cleanEnv(credentials),
      progress: (seconds, last) => console.log(`${seconds} s: ${last}`),
    });
    published = JSON.parse(images).images;
    phase("images built and published");
    const digests = published.map(({ agent, digest }) => [agent, { image: { tag: "latest", digest } }] as const);
    await object.changeAgents(Object.fromEntries(digests));
    const live = await object.until(isReady, LIMIT_MS);
    phase("Ready");
    expect(live?.status?.summary?.agents).toBe("7/7");
  });

  it.each(Object.entries(replicas))("%s runs as %i containers of its digest, without root", async (agent, count) => {
    const tasks = await tasksOf(agent);
    expect(tasks.map(({ lastStatus }) => lastStatus)).toEqual(Array(count).fill("RUNNING"));
    const { digest, image } = published.find((one) => one.agent === agent) ?? {};
    for (const { containers: [container] = [] } of tasks) {
      const { Config, State } = await inspect(container?.runtimeId ?? "");
      expect(State.Status).toBe("running");
      expect(container?.imageDigest).toBe(digest);
      expect(Config.Image).toBe(`${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/${PREFIX}-${agent}@${digest}`);
      expect(Config.User).toBe("65532:65532");
      expect(Config.Env).toContain(`AGENT_NAME=${agent}`);
    }
    console.log(`${count} × ${image}`);
  });

  it("takes a request through the front door to a report, once it is approved", async () => {
    world.bedrock.play(script(0));
    began = performance.now();
    const id = await startWorkflow("Heat pumps in old buildings");
    await status(id, "waiting_for_approval");
    await approve(id);
    const done = await status(id, "completed");
    phase("a workflow from the front door to its report");
    expect(done.steps.map(({ step, attempts }) => `${step} ${attempts}`)).toEqual([
      "researcher 1",
      "analyst 1",
      "approval 0",
      "writer 1",
    ]);
    expect(await report(id)).toBe("# Report\nBuy one.");
    expect(world.bedrock.calls.map(({ outcome }) => outcome)).toEqual(["answered", "answered", "answered"]);
  });

  it("takes a question for Snowflake to Snowflake", async () => {
    const route = { cortex: { operation: "query", parameters: { sql: "select 40 + 2 as answer" } } };
    const { cortex } = await ask<{ cortex: unknown }>("POST", "/invoke", { input: "How much?", route });
    expect(JSON.stringify(cortex)).toContain("42");
  });

  it("finishes the work of a container that is killed on the way, and ECS starts another", async () => {
    world.bedrock.play(script(4_000));
    began = performance.now();
    const before = (await tasksOf("langgraph")).map(({ taskArn }) => taskArn);
    const id = await startWorkflow("Heat pumps in new buildings");
    const owner = await until("somebody works on it", async () => {
      const [row] = await rows("select owner from langgraph.workflows where id = $1 and owner is not null", [id]);
      return world.bedrock.calls.length > 0 ? row?.owner : undefined;
    });
    // host name, process and a random part; the host name of a container is its id.
    const [container = ""] = String(owner).split("/");
    await world.engine.podman(["kill", container]);
    phase(`container ${container} killed in the researcher's step`);
    const waiting = await status(id, "waiting_for_approval");
    phase("the other container is at the approval");
    expect(waiting.steps.find(({ step }) => step === "researcher")?.attempts).toBe(2);
    await approve(id);
    await status(id, "completed");
    expect(await report(id)).toBe("# Report\nBuy one.");
    await until("two tasks run again", async () => {
      const running = (await tasksOf("langgraph")).filter(({ lastStatus }) => lastStatus === "RUNNING");
      const fresh = running.filter(({ taskArn }) => !before.includes(taskArn));
      return running.length === 2 && fresh.length === 1 ? true : undefined;
    });
    phase("completed, and two tasks run again");
    await object.until(isReady, LIMIT_MS);
  });

  it("leaves no container when it is deleted", async () => {
    began = performance.now();
    await object.delete();
    await object.until((live) => live === undefined, LIMIT_MS);
    const left = () => world.engine.podman(["ps", "--format", "{{.Names}}", "--filter", "name=ministack"]);
    await until("no container is left", async () => ((await left()).trim() === "" ? true : undefined));
    phase("deleted");
  });
});
