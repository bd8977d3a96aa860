import { AuthorizeSecurityGroupIngressCommand, DescribeSecurityGroupsCommand } from "@aws-sdk/client-ec2";
import { DeleteServiceCommand, DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { script } from "../simulator/script.ts";
import { condition } from "../support/platform.ts";
import { agentEdit, Stage } from "../support/stage.ts";

const PREFIX = "multi-agent-orchestrator-dev";
let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(async () => {
  await stage.stop();
  expect(stage.aws.failures).toEqual([]);
});

const agentOf = (name: string) => stage.status.agents?.find((agent) => agent.name === name);

describe("the reference case", () => {
  it("becomes Ready, stays so without a write, and leaves an empty account", async () => {
    await stage.create();
    expect(stage.status.summary).toMatchObject({ resources: "62/62", agents: "7/7" });
    expect(stage.status.endpoint).toMatch(/^http:\/\/multi-agent-orchestrator-dev-alb/);
    expect(stage.status.phase).toBeUndefined();
    const since = stage.clock.now();
    await stage.clock.sleep(600_000);
    expect(stage.writesSince(since)).toEqual([]);
    stage.delete();
    await stage.gone();
    expect(await stage.resources()).toEqual([]);
  });

  it("shows no secret value in status, events or the names of what it made", async () => {
    await stage.create();
    const told = JSON.stringify([stage.object, stage.store.events, await stage.resources()]);
    for (const value of ["snowflake-private-key", "sk-lf-1", "pk-lf-1"]) expect(told).not.toContain(value);
  });

  it("shows the conditions that kstatus reads, all about the generation that was observed", async () => {
    await stage.apply();
    stage.start();
    const moving = await stage.until((now) => condition(now, "Reconciling")?.status === "True");
    expect(condition(moving, "Ready")?.status).toBe("False");
    await stage.until((now) => condition(now, "RegistryReady")?.status === "True");
    await stage.pushImages();
    await stage.ready();
    const types = stage.status.conditions?.map(({ type }) => type) ?? [];
    expect(types).not.toContain("Reconciling");
    expect(types).not.toContain("Stalled");
    expect(types).toEqual([...types].sort());
    expect(stage.status.conditions?.every(({ observedGeneration }) => observedGeneration === 1)).toBe(true);
  });
});

describe("a change of the spec", () => {
  it("of replicas scales the service and nothing else", async () => {
    await stage.create();
    const since = stage.clock.now();
    await stage.apply(agentEdit("langgraph", { replicas: 4 }));
    await stage.ready();
    expect(stage.writesSince(since)).toEqual(["UpdateService"]);
    expect(agentOf("langgraph")).toMatchObject({ desired: 4, running: 4 });
  });

  it("that removes an agent removes all that was its own, and nothing of the others", async () => {
    await stage.create();
    await stage.apply(({ spec }) => {
      const agents = spec.agents as { name: string; uses: { agent?: string }[] }[];
      spec.agents = agents
        .filter(({ name }) => name !== "snowflake-cortex")
        .map((agent) => ({ ...agent, uses: agent.uses.filter((use) => use.agent !== "snowflake-cortex") }));
    });
    await stage.ready();
    const left = await stage.resources();
    expect(left.filter((name) => name.includes("snowflake"))).toEqual([]);
    expect(left.filter((name) => name.startsWith("ecs-service"))).toHaveLength(2);
  });

  it("of the image rolls out, and one that crashes is rolled back, told, and sent once only", async () => {
    await stage.create();
    const before = agentOf("snowflake-cortex")?.revision;
    const digest = await stage.pushImage(`${PREFIX}-snowflake-cortex`, "broken");
    script(stage.aws).image(`*@${digest}`, { kind: "crashes", exitCode: 3 });
    const since = stage.clock.now();
    await stage.apply(agentEdit("snowflake-cortex", { image: { tag: "broken" } }));
    const stalled = await stage.until((now) => condition(now, "Stalled")?.status === "True");
    expect(condition(stalled, "Stalled")).toMatchObject({
      reason: "Failed",
      message: expect.stringContaining("exit code 3"),
    });
    await stage.clock.sleep(1_800_000);
    expect(stage.writesSince(since).filter((action) => action === "UpdateService")).toHaveLength(1);
    expect(agentOf("snowflake-cortex")).toMatchObject({ revision: before, running: 3 });
    expect(agentOf("snowflake-cortex")?.lastFailure).toContain("exit code 3");
    await stage.apply();
    await stage.ready();
  });

  it("of the image that crashes twice, each time another, is rolled back twice and each is sent once", async () => {
    await stage.create();
    const since = stage.clock.now();
    for (const tag of ["broken", "worse"]) {
      const digest = await stage.pushImage(`${PREFIX}-snowflake-cortex`, tag);
      script(stage.aws).image(`*@${digest}`, { kind: "crashes", exitCode: 3 });
      await stage.apply(agentEdit("snowflake-cortex", { image: { tag } }));
      await stage.clock.sleep(1_800_000);
      expect(stage.condition("Stalled")).toMatchObject({ status: "True", reason: "Failed" });
    }
    expect(stage.writesSince(since).filter((action) => action === "UpdateService")).toHaveLength(2);
    expect(agentOf("snowflake-cortex")?.running).toBe(3);
  });

  it("of the retention of logs, of storage and of paths is made in place", async () => {
    await stage.create();
    const since = stage.clock.now();
    await stage.apply((object) => {
      object.spec.observability = { ...(object.spec.observability as object), logs: { retentionDays: 14 } };
      object.spec.data = { database: { engine: "Postgres", version: "15", storageGiB: 40 } };
      agentEdit("aws-agent-core", { ingress: { paths: ["/chat/*", "/health"], healthCheck: { path: "/health" } } })(
        object,
      );
    });
    await stage.ready();
    const writes = stage.writesSince(since);
    expect(writes.filter((action) => action === "PutRetentionPolicy")).toHaveLength(3);
    expect(writes).toContain("ModifyDBInstance");
    expect(writes).not.toContain("CreateDBInstance");
  });
});

describe("what happens behind its back", () => {
  it("a deleted service returns, and an event says so", async () => {
    await stage.create();
    await stage.clock.sleep(120_000);
    const { ecs } = stage.client();
    await ecs.send(new DeleteServiceCommand({ cluster: PREFIX, service: `${PREFIX}-langgraph`, force: true }));
    await stage.until(() => stage.events("DriftRepaired").length > 0);
    await stage.ready();
    const { services = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster: PREFIX, services: [`${PREFIX}-langgraph`] }),
    );
    expect(services[0]).toMatchObject({ status: "ACTIVE", runningCount: 2 });
  });

  it("a rule that somebody added to a security group is taken out within a minute, and named", async () => {
    await stage.create();
    const { ec2 } = stage.client();
    const Filters = [{ Name: "group-name", Values: [`${PREFIX}-langgraph`] }];
    const groupId = async () => (await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups?.[0];
    const GroupId = (await groupId())?.GroupId ?? `no group ${PREFIX}-langgraph`;
    const rule = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
    const since = stage.clock.now();
    await stage.until(() => stage.events("DriftRepaired").length > 0);
    expect(stage.clock.now() - since).toBeLessThanOrEqual(65_000);
    expect(stage.events("DriftRepaired")[0]).toContain("0.0.0.0/0");
    const open = (await groupId())?.IpPermissions?.flatMap(({ IpRanges = [] }) => IpRanges);
    expect(open).toEqual([]);
  });
});
