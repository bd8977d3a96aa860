import type { Cloud } from "./cloud.ts";
import { condition, isReady, type Live, type Platform } from "./platform.ts";
import { heading, line } from "./view.ts";

const PREFIX = "multi-agent-orchestrator-dev";
/** Longer than any step takes: what is not there by then will not come. */
const LIMIT_MS = 240_000;

export interface Stage {
  readonly platform: Platform;
  readonly cloud: Cloud;
  /** Path of the reference case. */
  readonly manifest: string;
  readonly keep: boolean;
}

/** From `kubectl apply` to the platform on AWS, through what happens to one on its days, and back to an empty account. */
export async function story(stage: Stage): Promise<void> {
  await create(stage);
  await scale(stage);
  await badRelease(stage);
  await deletedBehindItsBack(stage);
  await openedBehindItsBack(stage);
  if (!stage.keep) await takeDown(stage);
}

async function create({ platform, cloud, manifest }: Stage): Promise<void> {
  heading("One AgentOrchestrator declares the platform");
  await platform.show(["apply", "-f", manifest]);
  await platform.watch((object) => condition(object, "AgentsReady")?.reason === "ImageNotFound", LIMIT_MS);
  line(
    `the repositories are there and empty; the build pipeline pushes its ${await cloud.pushImages(PREFIX, "latest")} images`,
  );
  await platform.watch(isReady, LIMIT_MS);
  await platform.show(["get", "agentorchestrators"]);
  await platform.show(["get", "ao", "dev", "-o", "wide"]);
  await platform.show(["describe", "agentorchestrator", "dev"], withoutInventory);
  await platform.show(["wait", "--for=condition=Ready", "ao/dev", "--timeout=10s"]);
}

async function scale({ platform }: Stage): Promise<void> {
  heading("Day two: langgraph gets a third task");
  await platform.patchAgent("langgraph", { replicas: 3 });
  await platform.watch((object) => isReady(object) && agentOf(object, "langgraph")?.running === 3, LIMIT_MS);
  await platform.show(["get", "ao", "dev"]);
}

async function badRelease({ platform, cloud }: Stage): Promise<void> {
  heading("A release whose image crashes: rolled back, told, and not tried for ever");
  const before = agentOf(await platform.get(), "snowflake-cortex")?.revision;
  const digest = await cloud.pushImage(`${PREFIX}-snowflake-cortex`, "broken");
  await cloud.crashes(`*@${digest}`);
  await platform.patchAgent("snowflake-cortex", { image: { tag: "broken" } });
  await platform.watch((object) => condition(object, "Stalled")?.status === "True", LIMIT_MS);
  const stalled = await platform.get();
  line(condition(stalled, "Stalled")?.message ?? "");
  const after = agentOf(stalled, "snowflake-cortex");
  if (after?.revision !== before || after?.running !== 3)
    throw new Error(`not rolled back: ${JSON.stringify(after)}, was ${before}`);
  line(`what ran before still runs: ${after?.running} tasks of ${after?.revision}`);
  await platform.patchAgent("snowflake-cortex", { image: { tag: "latest" } });
  await platform.watch(isReady, LIMIT_MS);
}

async function deletedBehindItsBack({ platform, cloud }: Stage): Promise<void> {
  heading("Somebody deletes an ECS service in the console");
  await cloud.deleteService(PREFIX, `${PREFIX}-langgraph`);
  line(await platform.event("DriftRepaired", "-langgraph", LIMIT_MS));
  await platform.watch((object) => isReady(object) && agentOf(object, "langgraph")?.running === 3, LIMIT_MS);
}

async function openedBehindItsBack({ platform, cloud }: Stage): Promise<void> {
  heading("Somebody opens SSH to the world in a security group");
  const group = await cloud.openToTheWorld(`${PREFIX}-langgraph`);
  line(`tcp 22 from 0.0.0.0/0 is open in ${group}`);
  line(await platform.event("DriftRepaired", "0.0.0.0/0", LIMIT_MS));
  await platform.watch(isReady, LIMIT_MS);
}

async function takeDown({ platform, cloud }: Stage): Promise<void> {
  heading("kubectl delete: everything goes, in the right order");
  await platform.show(["delete", "agentorchestrator", "dev", "--wait=false"]);
  await platform.watch((object) => object === undefined, LIMIT_MS);
  const left = await cloud.left();
  if (left.length > 0) throw new Error(`left in the account:\n${left.join("\n")}`);
  line("the account is empty");
}

function agentOf(object: Live | undefined, name: string) {
  return object?.status?.agents?.find((agent) => agent.name === name);
}

/** The inventory is for the operator; a person reads the rest. */
function withoutInventory(printed: string): string {
  return printed.replace(/\n {2}Resources:\n(?: {4}.*\n)+/, "\n  Resources:  …\n");
}
