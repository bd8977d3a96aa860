import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Published } from "../../../scripts/images/publish.ts";
import { run } from "../../../scripts/run.ts";
import type { Script } from "../../support/bedrock/script.ts";
import { addressedTasks } from "../../support/containers/tasks.ts";
import { startWorld, type World } from "../../support/containers/world.ts";
import { kubectl } from "../../support/control-plane/kubectl.ts";
import { type Gateway, startGateway } from "../../support/gateway.ts";
import { type Installation, startInstallation } from "../../support/installation.ts";
import { condition, isReady, Orchestrator } from "../../support/orchestrator.ts";
import { cleanEnv, type OperatorProcess, startOperatorProcess } from "../../support/processes.ts";
import { withMasterUserSecret } from "../fills.ts";
import { fillsFor } from "../gaps.ts";
import { PREFIX } from "../reference-case.ts";
import { databaseRows, logLines, secretsOf, tasksOf } from "./account.ts";
import { agentsSpec, newApprover, snowflakeSecret } from "./agents-spec.ts";
import { PlatformClient, until } from "./client.ts";
import { managedPassword } from "./managed-password.ts";

const ACCOUNT = "111122223333";
const LIMIT_MS = 120_000;
const root = fileURLToPath(new URL("../../..", import.meta.url));
const replicas = { "aws-agent-core": 2, langgraph: 2, "snowflake-cortex": 3 };
const ports: Readonly<Record<string, number>> = { "aws-agent-core": 8000, langgraph: 8001, "snowflake-cortex": 8002 };

/** A researcher who takes his time, so that there is some to kill him in. */
const script = (researcherMs: number): Script => [
  { when: { system: "You are a researcher" }, answer: { text: ["# Notes\nHeat pumps heat."], delayMs: researcherMs } },
  { when: { system: "You are an analyst" }, answer: { text: ["# Analysis\nThey do."] } },
  { when: { system: "You are a writer" }, answer: { text: ["# Report\nBuy one."] } },
];

const portOf = ({ url }: { readonly url: string }): number => Number(new URL(url).port);

describe.skipIf(!process.env.AGENTORCH_CONTAINERS)("the reference case in containers", () => {
  let world: World;
  let installation: Installation;
  let gateway: Gateway;
  let operator: OperatorProcess;
  let object: Orchestrator;
  let client: PlatformClient;
  let approver: Awaited<ReturnType<typeof newApprover>>;
  let published: readonly Published[];
  let began = performance.now();

  /** Prints what is done, and the seconds that it took. */
  const phase = (what: string) => {
    console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`);
    began = performance.now();
  };
  const inspect = async (container: string) => JSON.parse(await world.engine.podman(["inspect", container]))[0];

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
    began = performance.now();
    await object.create(
      agentsSpec({ bedrock: portOf(world.bedrock), langfuse: portOf(world.langfuse) }, approver.publicKey),
    );
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
    client = new PlatformClient(world.account.endpoint, live?.status?.endpoint ?? "");
  });

  it.each(Object.entries(replicas))("%s runs as %i containers of its digest, without root", async (agent, count) => {
    const tasks = await tasksOf(world.account, agent);
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

  it("is ready in every container: database, credentials, Snowflake's role", async () => {
    began = performance.now();
    const tasks = await addressedTasks(world.account);
    expect(tasks).toHaveLength(7);
    for (const { address, definition } of tasks) {
      const [, port] = Object.entries(ports).find(([agent]) => definition.includes(agent)) ?? [];
      await until(`${definition} is ready`, async () => {
        const answer = await fetch(`http://${address}:${port}/ready`).catch(() => undefined);
        return answer?.ok ? true : undefined;
      });
    }
    phase("all containers say that they are ready");
  });

  it("takes a request through the front door to a report, once it is approved", async () => {
    world.bedrock.play(script(0));
    began = performance.now();
    const id = await client.startWorkflow("Heat pumps in old buildings", "session-1");
    await client.reached(id, "waiting_for_approval");
    await client.approve(id, await approver.bearer("ada"));
    const done = await client.reached(id, "completed");
    phase("a workflow from the front door to its report");
    expect(done.steps.map(({ step, attempts }) => `${step} ${attempts}`)).toEqual([
      "researcher 1",
      "analyst 1",
      "approval 0",
      "writer 1",
    ]);
    expect(await client.report(id)).toBe("# Report\nBuy one.");
    expect(world.bedrock.calls.map(({ outcome }) => outcome)).toEqual(["answered", "answered", "answered"]);
  });

  it("takes a question for Snowflake to Snowflake", async () => {
    const body = { input: "select 40 + 2 as answer", route: { cortex: { operation: "query" } } };
    const { cortex } = await client.ask<{ cortex: { rows: unknown } }>("POST", "/invoke", body);
    expect(cortex.rows).toEqual([[42]]);
    expect((await world.snowflake.asked("statement")).map(({ sql }) => sql)).toContain("select 40 + 2 as answer");
  });

  it("traces a session over agents to Langfuse, and sends its events to EventBridge", async () => {
    began = performance.now();
    const wanted = ["invoke", "workflow", "researcher", "analyst", "writer"];
    // In batches, of every few seconds: those that a killed container has not sent yet are lost.
    await world.langfuse.until((spans) => {
      const own = spans.filter(({ attributes }) => Object.values(attributes).includes("session-1"));
      return wanted.every((name) => own.some((span) => span.name === name));
    }, 30_000);
    const text = "select type from langgraph.outbox where published_at is not null order by sequence";
    await until("all events are published", async () => {
      const events = await databaseRows(world.account, text, []);
      return events.at(-1)?.type === "WorkflowCompleted" ? true : undefined;
    });
    phase("traced and told");
  });

  it("finishes the work of a container that is killed on the way, and ECS starts another", async () => {
    world.bedrock.play(script(4_000));
    began = performance.now();
    const before = (await tasksOf(world.account, "langgraph")).map(({ taskArn }) => taskArn);
    const id = await client.startWorkflow("Heat pumps in new buildings", "session-2");
    const owner = await until("somebody works on it", async () => {
      const text = "select owner from langgraph.workflows where id = $1 and owner is not null";
      const [row] = await databaseRows(world.account, text, [id]);
      return world.bedrock.calls.length > 0 ? row?.owner : undefined;
    });
    // Host name, process and a random part; the host name of a container is its id.
    const [container = ""] = String(owner).split("/");
    await world.engine.podman(["kill", container]);
    phase(`container ${container} killed in the researcher's step`);
    const waiting = await client.reached(id, "waiting_for_approval");
    phase("the other container is at the approval");
    expect(waiting.steps.find(({ step }) => step === "researcher")?.attempts).toBe(2);
    await client.approve(id, await approver.bearer("ada"));
    await client.reached(id, "completed");
    expect(await client.report(id)).toBe("# Report\nBuy one.");
    await until("two tasks run again", async () => {
      const tasks = await tasksOf(world.account, "langgraph");
      const running = tasks.filter(({ lastStatus }) => lastStatus === "RUNNING");
      const fresh = running.filter(({ taskArn }) => !before.includes(taskArn));
      return running.length === 2 && fresh.length === 1 ? true : undefined;
    });
    phase("completed, and two tasks run again");
    await object.until(isReady, LIMIT_MS);
  });

  it("logs to CloudWatch, metrics among it, and no secret is in logs or traces", async () => {
    const lines = await logLines(world.account);
    for (const agent of Object.keys(replicas))
      expect(lines.filter(({ group }) => group.includes(agent)).length, agent).toBeGreaterThan(0);
    const metrics = lines.filter(({ line }) => line.includes("CloudWatchMetrics") && line.includes("session-1"));
    expect(metrics.map(({ group }) => group)).toEqual(expect.arrayContaining([expect.stringContaining("langgraph")]));
    const traced = world.langfuse.requests.map(({ body }) => body).join("\n");
    const told = `${lines.map(({ line }) => line).join("\n")}\n${traced}`;
    const secrets = [...(await secretsOf(world.account)).values()];
    const hidden = /password|secret|private/i;
    const values = secrets.flatMap((secret) => Object.entries<string>(JSON.parse(secret)));
    const canaries = values.flatMap(([key, value]) =>
      hidden.test(key) ? value.split("\n").filter((line) => line.length > 8 && !line.startsWith("---")) : [],
    );
    expect(canaries.length).toBeGreaterThan(20);
    expect(canaries.filter((canary) => told.includes(canary))).toEqual([]);
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
