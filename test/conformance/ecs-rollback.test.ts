import { afterEach, beforeEach, expect, test } from "vitest";
import { service } from "../../src/kinds/ecs/service.ts";
import { taskDefinition } from "../../src/kinds/ecs/task-definition.ts";
import type { Observed, OutputsOf, PropsOf, Target } from "../../src/kinds/kind.ts";
import { script } from "../simulator/script.ts";
import { ecs } from "./fixtures/ecs.ts";
import { Given } from "./given.ts";
import { untilReady } from "./steps.ts";

type ServiceProps = PropsOf<typeof service>;
type Look = Observed<ServiceProps, OutputsOf<typeof service>>;

let given: Given;
beforeEach(() => {
  given = new Given();
});
afterEach(() => expect(given.world.failures).toEqual([]));

/** The fixture's service, not yet made, and a revision whose container ends at once. */
async function prepare(): Promise<{ target: Target<ServiceProps>; broken: string }> {
  const [fixture] = ecs["AWS::ECS::Service"];
  if (!fixture) throw new Error("the suite has no ECS service");
  const { name, props } = await fixture.given(given);
  const good = await taskDefinition.observe(given.aws, props.taskDefinition);
  const container = { ...good?.live.container, image: "public.ecr.aws/team-a/agent:broken" };
  script(given.world).image("*:broken", { kind: "crashes", exitCode: 3 });
  const broken = { ...good?.live, container } as PropsOf<typeof taskDefinition>;
  const { taskDefinitionArn } = await given.make("AWS::ECS::TaskDefinition", broken.family, broken);
  // A task of the old revision has to go before one of the new comes, so that going back takes time as well.
  const tight = { ...props, minimumHealthyPercent: 50, maximumPercent: 100 };
  return { target: given.target(name, tight), broken: taskDefinitionArn };
}

/** Looks until the phase changes from `phase`. */
async function after(phase: Look["phase"], id: string): Promise<Look> {
  for (let looks = 0; looks < 1_000; looks++) {
    const observed = await service.observe(given.aws, id);
    if (observed && observed.phase !== phase) return observed;
    await given.aws.clock.sleep(5_000);
  }
  throw new Error(`it stays ${phase}`);
}

async function updateTo(revision: string, id: string, { props }: Target<ServiceProps>): Promise<void> {
  const live = (await service.observe(given.aws, id))?.live ?? {};
  const change = { props: { ...props, taskDefinition: revision }, live, changed: ["taskDefinition" as const] };
  await service.update?.(given.aws, id, change);
}

test("a revision that fails is told with its reason while ECS goes back, and as refused once the old one serves again", async () => {
  const { target, broken } = await prepare();
  const { id } = await untilReady(given.aws, service, await service.create(given.aws, target));
  await updateTo(broken, id, target);

  const rollingBack = await after("progressing", id);
  expect(rollingBack).toMatchObject({
    phase: "failed",
    refused: { values: { taskDefinition: broken }, because: expect.stringContaining("exit code 3") },
    live: { taskDefinition: target.props.taskDefinition },
    outputs: { failedTaskDefinition: broken, lastFailure: expect.stringContaining("exit code 3") },
  });
  expect(rollingBack).toHaveProperty(
    "message",
    expect.stringMatching(/^agent:2 failed, ECS goes back to agent:1: .*exit code 3/),
  );

  const back = {
    phase: "ready",
    refused: { values: { taskDefinition: broken } },
    outputs: { taskDefinition: target.props.taskDefinition, failedTaskDefinition: broken },
  };
  const served = await after("failed", id);
  expect(served).toMatchObject(back);
  expect(served.refused?.because).toContain("exit code 3");

  // An hour later ECS has forgotten the tasks that stopped, but not that it went back.
  await given.settled();
  const restarted = given.connect();
  expect(await service.observe(restarted, id)).toMatchObject(back);
  const reads = given.reads;
  await service.observe(restarted, id);
  expect(given.actions(reads, false)).toEqual(["DescribeServices"]);
});

test("a later deployment that succeeds takes the refusal back", async () => {
  const { target, broken } = await prepare();
  const { id } = await untilReady(given.aws, service, await service.create(given.aws, target));
  await updateTo(broken, id, target);
  expect((await after("progressing", id)).phase).toBe("failed");
  await after("failed", id);
  script(given.world).image("*:broken", { kind: "works" });
  await updateTo(broken, id, target);
  expect((await after("progressing", id)).refused).toBeUndefined();
  const { observed } = await untilReady(given.connect(), service, id);
  expect(observed.live).toMatchObject({ taskDefinition: broken });
  expect(observed.refused).toBeUndefined();
});

test("a first revision that fails leaves the service failed, with nothing to go back to", async () => {
  const { target, broken } = await prepare();
  const id = await service.create(given.aws, { ...target, props: { ...target.props, taskDefinition: broken } });
  expect(await after("progressing", id)).toMatchObject({
    phase: "failed",
    message: expect.stringContaining("no earlier revision"),
    refused: { values: { taskDefinition: broken }, because: expect.stringContaining("exit code 3") },
  });
});

test("says why tasks stop before the circuit breaker gives up", async () => {
  const { target, broken } = await prepare();
  const id = await service.create(given.aws, { ...target, props: { ...target.props, taskDefinition: broken } });
  const told = new Set<string>();
  for (let looks = 0; looks < 60; looks++) {
    const observed = await service.observe(given.aws, id);
    if (observed?.phase === "progressing") told.add(observed.message);
    await given.aws.clock.sleep(5_000);
  }
  expect([...told]).toContainEqual(expect.stringMatching(/^0 of 2 tasks run; a task stopped: .*exit code 3/));
});
