import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { script } from "../simulator/script.ts";
import { exhaustZone, restoreZone } from "../simulator/services/ec2/zones.ts";
import { ACCOUNT } from "../support/platform.ts";
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

const clerk = (change: object = {}) => ({ agents: [{ ...(smallSpec().agents as object[])[0], ...change }] });
const withSecret = (key?: string) => clerk({ secrets: [{ name: "bank", from: { secretRef: { name: "bank", key } } }] });
const taskDefinitions = () => stage.aws.calls.count({ action: "RegisterTaskDefinition", outcome: "ok" });

async function everythingGoes(): Promise<void> {
  shop.delete();
  await shop.gone();
  expect(await stage.resources()).toEqual([]);
}

describe("a Kubernetes Secret", () => {
  it("that is missing is named, holds up only what is made of it, and goes on when it appears", async () => {
    stage.start();
    shop.apply(withSecret());
    const message = await shop.reason("SecretNotFound");
    expect(message).toContain("Secret bank does not exist in namespace agents");
    expect(message).toContain("create it, and this goes on by itself");
    await shop.until(() => shop.condition("IngressReady")?.status === "True");
    expect(shop.condition("SecretsReady")).toMatchObject({ status: "False", reason: "SecretNotFound" });
    expect(taskDefinitions()).toBe(0);
    stage.store.putSecret("agents", "bank", { token: "t-1" });
    await shop.ready();
    await everythingGoes();
  });

  it("without the key is named with the key, and goes on when it is added", async () => {
    stage.store.putSecret("agents", "bank", { tokn: "t-1" });
    stage.start();
    shop.apply(withSecret("token"));
    const message = await shop.reason("SecretKeyNotFound");
    expect(message).toContain("Secret bank in namespace agents has no key token");
    stage.store.putSecret("agents", "bank", { token: "t-1" });
    await shop.ready();
  });

  it("that the operator may not read is told with the binding that is missing, and holds up only what needs it", async () => {
    stage.store.putSecret("agents", "bank", { token: "t-1" });
    stage.store.allowSecrets("agents", false);
    stage.start();
    shop.apply(withSecret());
    const message = await shop.reason("SecretForbidden");
    expect(message).toContain("may not read Secret bank in namespace agents");
    expect(message).toContain("kubectl create rolebinding");
    await shop.until(() => shop.condition("NetworkReady")?.status === "True");
    stage.store.allowSecrets("agents", true);
    await shop.ready();
  });

  it("that disappears harms no running platform, and its return changes nothing", async () => {
    stage.store.putSecret("agents", "bank", { token: "t-1" });
    stage.start();
    shop.apply(withSecret());
    await shop.ready();
    const since = stage.clock.now();
    stage.store.removeSecret("agents", "bank");
    await shop.reason("SecretNotFound");
    await stage.clock.sleep(600_000);
    expect(stage.writesSince(since)).toEqual([]);
    expect(shop.status.agents?.[0]).toMatchObject({ running: 1 });
    await everythingGoes();
  });

  it("whose value changes reaches the running tasks by a rollout", async () => {
    stage.store.putSecret("agents", "bank", { token: "t-1" });
    stage.start();
    shop.apply(withSecret());
    await shop.ready();
    const before = shop.status.agents?.[0]?.revision;
    stage.store.putSecret("agents", "bank", { token: "t-2" });
    await shop.until(() => shop.condition("Ready")?.status === "False", 120_000);
    await shop.ready();
    expect(shop.status.agents?.[0]?.revision).not.toBe(before);
  });
});

describe("an image", () => {
  it("that is not pushed yet is named with its repository, and goes on when it is", async () => {
    stage.start();
    shop.apply(clerk({ image: { tag: "1.2" } }));
    const message = await shop.reason("ImageNotFound");
    expect(message).toContain("agent clerk");
    expect(message).toContain(`push ${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/shop-dev-clerk:1.2`);
    expect(taskDefinitions()).toBe(0);
    await stage.pushImage("shop-dev-clerk", "1.2");
    await shop.ready();
    await everythingGoes();
  });

  const nobody = clerk({ image: { repository: "public.ecr.aws/shop/nobody" } });
  const isMissing = () => script(stage.aws).image("public.ecr.aws/shop/nobody:*", { kind: "missing" });

  it("of another registry that does not exist is told in the words of ECS, and the old revision runs on", async () => {
    stage.start();
    shop.apply();
    await shop.ready();
    const before = shop.status.agents?.[0]?.revision;
    isMissing();
    shop.apply(nobody);
    const message = await shop.reason("Failed", 3_600_000);
    expect(message).toMatch(/CannotPullContainer/);
    expect(message).toContain("change the spec");
    expect(shop.status.agents?.[0]).toMatchObject({ revision: before, running: 1 });
    shop.apply();
    await shop.ready();
  });

  it("that was never there on a new platform stalls it, and everything still goes", async () => {
    stage.start();
    isMissing();
    shop.apply(nobody);
    const message = await shop.reason("Failed", 3_600_000);
    expect(message).toMatch(/CannotPullContainer/);
    await everythingGoes();
  });
});

describe("a zone", () => {
  it("that the region does not have is refused with those that it has, before anything is made", async () => {
    stage.start();
    shop.apply({ network: { zones: { names: ["us-east-1a", "us-east-1x"] } } });
    const message = await shop.reason("ZoneNotAvailable");
    expect(message).toBe(
      "spec.network.zones: us-east-1x cannot be used: us-east-1 offers us-east-1a, us-east-1b, us-east-1c, us-east-1d, us-east-1e, us-east-1f. Name zones that can",
    );
    expect(stage.aws.calls.count({ write: true })).toBe(0);
    await everythingGoes();
  });

  const zones = ["us-east-1a", "us-east-1b"];
  const where = () => ({ world: stage.aws, account: ACCOUNT, region: "us-east-1" });
  const exhaust = () => zones.forEach((zone) => void exhaustZone(where(), zone));
  const restore = () => zones.forEach((zone) => void restoreZone(where(), zone));

  it("that takes no new subnets is told with the field and the zones that do, and used when it does", async () => {
    exhaust();
    stage.start();
    shop.apply();
    const message = await shop.reason("InvalidParameter");
    expect(message).toContain("ec2:CreateSubnet");
    expect(message).toContain("us-east-1a");
    expect(message).toContain("us-east-1c");
    expect(message).toContain("Correct spec.network.zones");
    restore();
    await shop.ready();
    await everythingGoes();
  });

  it("that takes no new subnets can be left out by naming others", async () => {
    exhaust();
    stage.start();
    shop.apply();
    await shop.reason("InvalidParameter");
    shop.apply({ network: { natGateways: "Single", zones: { names: ["us-east-1c", "us-east-1d"] } } });
    await shop.ready();
    await everythingGoes();
  });

  it("without capacity for tasks is told in AWS's words, while those that run go on, and used when it has some", async () => {
    stage.start();
    shop.apply();
    await shop.ready();
    exhaust();
    shop.apply(clerk({ replicas: 2 }));
    await shop.until(() => /capacity/i.test(shop.condition("Ready")?.message ?? ""));
    expect(shop.condition("Ready")?.message).toContain("agent/clerk/service");
    expect(shop.status.agents?.[0]).toMatchObject({ desired: 2, running: 1 });
    restore();
    await shop.ready();
    await everythingGoes();
  });
});

describe("a database", () => {
  const database = (change: object = {}) => ({ data: { database: { engine: "Postgres", version: "15", ...change } } });

  it("of a class that RDS does not have is refused with field and value, and the rest goes on", async () => {
    stage.start();
    shop.apply(database({ instanceClass: "db.t3.gigantic" }));
    const message = await shop.reason("InvalidParameter");
    expect(message).toContain("rds:CreateDBInstance");
    expect(message).toContain("Correct spec.data.database");
    expect(message).toContain("db.t3.gigantic");
    await shop.until(() => shop.condition("AgentsReady")?.status === "True");
    shop.apply(database({ instanceClass: "db.t3.small" }));
    await shop.ready();
    await everythingGoes();
  });

  it("that RDS has no capacity for is told, and made when it has", async () => {
    stage.start();
    const code = "InsufficientDBInstanceCapacity";
    const restore = stage.aws.faults.add({ fault: { kind: "refuse", code }, action: "CreateDBInstance" });
    shop.apply(database());
    expect(await shop.reason("QuotaExceeded")).toContain("AWS has no capacity for this now");
    restore();
    await shop.ready();
  });
});
