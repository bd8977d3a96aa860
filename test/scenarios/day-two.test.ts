import { DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { script } from "../simulator/script.ts";
import { Stage } from "../support/stage.ts";
import { smallSpec, Tenant } from "../support/tenant.ts";

let stage: Stage;
let shop: Tenant;
beforeEach(() => {
  stage = new Stage();
  shop = new Tenant(stage);
});
afterEach(async () => {
  await stage.stop();
  expect(stage.aws.failures).toEqual([]);
});

async function readyShop(): Promise<void> {
  stage.start();
  shop.apply();
  await shop.ready();
}
const clerk = (change: object = {}) => ({ agents: [{ ...(smallSpec().agents as object[])[0], ...change }] });
const creates = (since: number) =>
  stage.writesSince(since).filter((action) => /^(Create(?!Tags)|Register|Allocate|Run)/.test(action));
const deleteLogGroup = () =>
  stage.client().logs.send(new DeleteLogGroupCommand({ logGroupName: "/ecs/shop-dev-clerk" }));
const versions = () => Number(shop.object?.metadata.resourceVersion);

describe("a platform that is new", () => {
  it("is not Ready from its first second on, so that nobody takes silence for readiness", async () => {
    stage.start();
    shop.apply();
    await shop.until((now) => now?.metadata.finalizers !== undefined, 1_000);
    expect(shop.condition("Ready")).toMatchObject({ status: "False", reason: "Progressing", observedGeneration: 1 });
    expect(shop.condition("Reconciling")?.status).toBe("True");
    expect(shop.status.observedGeneration).toBe(1);
  });
});

describe("a platform at rest", () => {
  it("is written neither to AWS nor to Kubernetes for an hour", async () => {
    await readyShop();
    await stage.clock.sleep(60_000);
    const since = stage.clock.now();
    const before = versions();
    const events = stage.store.events.reduce((sum, { count }) => sum + count, 0);
    await stage.clock.sleep(3_600_000);
    expect(stage.writesSince(since)).toEqual([]);
    expect(versions()).toBe(before);
    expect(stage.store.events.reduce((sum, { count }) => sum + count, 0)).toBe(events);
  });

  it("stays Ready while AWS fails for a while or throttles", async () => {
    await readyShop();
    const before = versions();
    const since = stage.clock.now();
    stage.aws.faults.add({ fault: { kind: "error" }, probability: 0.2 });
    await stage.clock.sleep(600_000);
    stage.aws.faults.clear();
    stage.aws.faults.add({ fault: { kind: "throttle" }, probability: 0.3 });
    await stage.clock.sleep(600_000);
    expect(stage.writesSince(since)).toEqual([]);
    expect(versions()).toBe(before);
  });

  it("that waits for a person is told so once, and not written again", async () => {
    stage.start();
    shop.apply(clerk({ secrets: [{ name: "bank", from: { secretRef: { name: "bank" } } }] }));
    await shop.reason("SecretNotFound");
    await stage.clock.sleep(600_000);
    const before = versions();
    await stage.clock.sleep(1_200_000);
    expect(versions()).toBe(before);
  });

  it("that is refused warns with one event, which counts", async () => {
    stage.start();
    stage.aws.faults.add({ fault: { kind: "denied" }, action: "CreateCluster" });
    shop.apply();
    await shop.reason("AccessDenied");
    await stage.clock.sleep(900_000);
    const before = versions();
    await stage.clock.sleep(1_800_000);
    expect(versions()).toBe(before);
    expect(shop.events("AccessDenied")).toHaveLength(1);
    expect(shop.events("AccessDenied")[0]?.type).toBe("Warning");
    expect(shop.events("AccessDenied")[0]?.count).toBeLessThanOrEqual(10);
  });
});

describe("paused", () => {
  it("by the spec, nothing is changed in AWS, neither a change nor a repair, until it is taken back", async () => {
    await readyShop();
    shop.apply({ paused: true });
    const message = await shop.reason("Paused");
    expect(message).toContain("spec.paused");
    const since = stage.clock.now();
    shop.apply({ paused: true, ...clerk({ replicas: 3 }) });
    await deleteLogGroup();
    await stage.clock.sleep(600_000);
    expect(stage.writesSince(since)).toEqual(["DeleteLogGroup"]);
    shop.apply(clerk({ replicas: 3 }));
    await shop.ready();
    expect(stage.writesSince(since)).toEqual(expect.arrayContaining(["CreateLogGroup", "UpdateService"]));
  });

  it("by the annotation, the same, and an object that is new makes nothing", async () => {
    stage.start();
    shop.apply({}, { "agentorchestrator.io/paused": "true" });
    await shop.reason("Paused");
    await stage.clock.sleep(300_000);
    expect(stage.aws.calls.count({ write: true })).toBe(0);
    shop.annotate({});
    await shop.ready();
  });

  it("a deletion waits as well, says so, and goes on", async () => {
    await readyShop();
    shop.annotate({ "agentorchestrator.io/paused": "true" });
    await shop.reason("Paused");
    const since = stage.clock.now();
    shop.delete();
    await stage.clock.sleep(300_000);
    expect(stage.writesSince(since)).toEqual([]);
    expect(shop.condition("Ready")?.message).toContain("deletion");
    shop.annotate({});
    await shop.gone();
    expect(await stage.resources()).toEqual([]);
  });
});

describe("reconcile now", () => {
  it("looks at everything at once, and says in status which request it has answered", async () => {
    stage.start({ intervalMs: 3_600_000 });
    shop.apply();
    await shop.ready();
    await stage.clock.sleep(120_000);
    await deleteLogGroup();
    await stage.clock.sleep(300_000);
    expect(stage.writesSince(stage.clock.now() - 300_000)).not.toContain("CreateLogGroup");
    const since = stage.clock.now();
    shop.annotate({ "agentorchestrator.io/reconcile": "1" });
    await shop.until((now) => now?.status?.handledReconcile === "1", 10_000);
    await shop.ready(30_000);
    expect(creates(since)).toEqual(["CreateLogGroup"]);
  });

  it("tries once more what never ran", async () => {
    const image = { repository: "public.ecr.aws/shop/late" };
    script(stage.aws).image(`${image.repository}:*`, { kind: "missing" });
    stage.start();
    shop.apply(clerk({ image }));
    await shop.reason("Failed", 3_600_000);
    script(stage.aws).image(`${image.repository}:*`, { kind: "works" });
    await stage.clock.sleep(300_000);
    shop.annotate({ "agentorchestrator.io/reconcile": "again" });
    await shop.ready();
  });

  it("tries once more what AWS gave up on", async () => {
    await readyShop();
    const image = { repository: "public.ecr.aws/shop/late" };
    script(stage.aws).image(`${image.repository}:*`, { kind: "missing" });
    shop.apply(clerk({ image }));
    await shop.reason("Failed", 3_600_000);
    script(stage.aws).image(`${image.repository}:*`, { kind: "works" });
    await stage.clock.sleep(600_000);
    expect(shop.condition("Ready")?.reason).toBe("Failed");
    shop.annotate({ "agentorchestrator.io/reconcile": "again" });
    await shop.ready();
    expect(shop.status.agents?.[0]?.image).toContain("shop/late");
  });
});

describe("an interval of its own", () => {
  it("is how soon a drift is seen", async () => {
    stage.start();
    shop.apply({ interval: "10m" });
    await shop.ready();
    await stage.clock.sleep(1_200_000);
    const reads = stage.aws.calls.count({ since: stage.clock.now() - 590_000 });
    await deleteLogGroup();
    const since = stage.clock.now();
    await shop.until(() => shop.events("DriftRepaired").length > 0, 660_000);
    expect(stage.clock.now() - since).toBeGreaterThan(60_000);
    expect(reads).toBeLessThan(100);
  });
});

describe("a status that was lost", () => {
  it("is found again by tags and names, and nothing is made", async () => {
    await readyShop();
    const inventory = shop.status.resources?.map(({ node, id }) => `${node} ${id}`).sort();
    await stage.stop();
    shop.wipeStatus();
    const since = stage.clock.now();
    stage.start();
    await shop.ready();
    expect(creates(since)).toEqual([]);
    expect(shop.status.resources?.map(({ node, id }) => `${node} ${id}`).sort()).toEqual(inventory);
  });

  it("on the way, with reads that fail: nothing is made twice, and deletion leaves nothing", async () => {
    stage.start();
    shop.apply();
    await shop.until((now) => (now?.status?.resources?.length ?? 0) > 20);
    await stage.stop();
    shop.wipeStatus();
    const allow = stage.aws.faults.add({ fault: { kind: "denied" }, action: "DescribeVpcs" });
    const since = stage.clock.now();
    stage.start();
    await shop.reason("AccessDenied");
    expect(creates(since)).toEqual([]);
    shop.delete();
    await stage.clock.sleep(120_000);
    expect(shop.object).toBeDefined();
    allow();
    await shop.gone();
    expect(await stage.resources()).toEqual([]);
  });

  it("while it is deleted leaves nothing either", async () => {
    await readyShop();
    await stage.stop();
    shop.wipeStatus();
    shop.delete();
    stage.start();
    await shop.gone();
    expect(await stage.resources()).toEqual([]);
  });

  it("in the middle of a deletion leaves nothing either", async () => {
    await readyShop();
    shop.delete();
    await shop.until((now) => (now?.status?.resources?.length ?? 99) < 20);
    await stage.stop();
    shop.wipeStatus();
    stage.start();
    await shop.gone();
    expect(await stage.resources()).toEqual([]);
  });

  it("while paused is still known to be lost when the deletion begins", async () => {
    await readyShop();
    shop.apply({ paused: true });
    await shop.reason("Paused");
    shop.wipeStatus();
    shop.annotate({ by: "somebody" });
    await shop.reason("Paused");
    shop.delete();
    shop.apply();
    await shop.gone();
    expect(await stage.resources()).toEqual([]);
  });
});

describe("an object that is made again after somebody took its finalizer off", () => {
  it("takes everything over with its new uid, and makes nothing", async () => {
    await readyShop();
    await stage.stop();
    const before = await stage.resources();
    shop.vanish();
    const since = stage.clock.now();
    shop.apply();
    stage.start();
    await shop.ready();
    expect(creates(since)).toEqual([]);
    expect(await stage.resources()).toEqual(before);
    shop.delete();
    await shop.gone();
    expect(await stage.resources()).toEqual([]);
  });
});

describe("a change of mind while it is being made", () => {
  const database = { data: { database: { engine: "Postgres", version: "15" } } };

  it.each([1, 4, 9, 20, 60, 120, 200, 320, 500])("deletion after %i seconds leaves nothing", async (seconds) => {
    stage.start();
    shop.apply(database);
    await stage.clock.sleep(seconds * 1_000);
    shop.delete();
    await shop.gone();
    expect(await stage.resources()).toEqual([]);
    expect(stage.store.events.filter(({ type }) => type === "Warning")).toEqual([]);
  });

  it.each([3, 30, 150, 250])(
    "another spec after %i seconds is what it becomes, and nothing else is left",
    async (seconds) => {
      stage.start();
      shop.apply({ ...database, ...clerk({ port: 9000 }) });
      await stage.clock.sleep(seconds * 1_000);
      shop.apply({ agents: [{ name: "teller", port: 8000, image: { repository: "public.ecr.aws/shop/clerk" } }] });
      await shop.ready();
      const left = await stage.resources();
      expect(left.filter((name) => /clerk|database|alb/.test(name))).toEqual([]);
      shop.delete();
      await shop.gone();
      expect(await stage.resources()).toEqual([]);
    },
  );
});

describe("a restart of the operator", () => {
  it("at every few seconds of creation and deletion changes nothing of the end", async () => {
    shop.apply();
    for (let moment = 0; moment < 40 && shop.condition("Ready")?.status !== "True"; moment += 1) {
      stage.start();
      await stage.clock.sleep(1_000 + 700 * moment);
      await stage.stop();
    }
    stage.start();
    await shop.ready();
    const made = await stage.resources();
    const undisturbed = new Stage();
    const calm = new Tenant(undisturbed);
    undisturbed.start();
    calm.apply();
    await calm.ready();
    await undisturbed.stop();
    expect(made).toEqual(await undisturbed.resources());
    await stage.stop();
    shop.delete();
    for (let moment = 0; moment < 20 && shop.object; moment += 1) {
      stage.start();
      await stage.clock.sleep(1_000 + 900 * moment);
      await stage.stop();
    }
    stage.start();
    await shop.gone();
    expect(await stage.resources()).toEqual([]);
  });
});
