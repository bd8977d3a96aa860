import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ACCOUNT } from "../support/platform.ts";
import { Stage } from "../support/stage.ts";
import { Tenant } from "../support/tenant.ts";

let stage: Stage;
let shop: Tenant;
let other: Tenant;
beforeEach(() => {
  stage = new Stage();
  shop = new Tenant(stage);
  other = new Tenant(stage, "other");
});
afterEach(async () => {
  await stage.stop();
  expect(stage.aws.failures).toEqual([]);
});

/** Another AgentOrchestrator gets Ready meanwhile, and the one that cannot leaves nothing. */
async function othersGoOnAndNothingIsLeft(): Promise<void> {
  other.apply({ project: "other" });
  await other.ready();
  shop.delete();
  await shop.gone(600_000);
  expect((await stage.resources()).filter((name) => name.includes("shop-dev"))).toEqual([]);
}

describe("a region", () => {
  it("that AWS does not have is refused with the one that was meant", async () => {
    stage.start();
    shop.apply({ aws: { region: "us-eats-1" } });
    expect(await shop.reason("UnknownRegion")).toBe(
      "spec.aws.region: us-eats-1 is not a region of AWS. Did you mean us-east-1?",
    );
    expect(shop.condition("Stalled")?.status).toBe("True");
    expect(shop.condition("Reconciling")).toBeUndefined();
    await othersGoOnAndNothingIsLeft();
  });

  it("that the namespace may not use is refused with those that it may", async () => {
    stage.start({ namespaces: { agents: { account: ACCOUNT, regions: ["us-east-1", "eu-west-1"] } } });
    shop.apply({ aws: { region: "us-west-2" } });
    const message = await shop.reason("RegionNotAllowed");
    expect(message).toContain("spec.aws.region: us-west-2 is not allowed in namespace agents");
    expect(message).toContain("us-east-1, eu-west-1");
    await othersGoOnAndNothingIsLeft();
  });
});

describe("an account", () => {
  it("that is not the namespace's is refused, with both", async () => {
    stage.start();
    shop.apply({ aws: { region: "us-east-1", account: "999988887777" } });
    const message = await shop.reason("WrongAccount");
    expect(message).toContain("spec.aws.account: 999988887777");
    expect(message).toContain(ACCOUNT);
    expect(stage.aws.calls.count({ write: true })).toBe(0);
    await othersGoOnAndNothingIsLeft();
  });

  it("that the credentials turn out not to be of is refused before anything is made", async () => {
    stage.start({
      credentials: { accessKeyId: "999988887777", secretAccessKey: "unchecked" },
    });
    shop.apply();
    const message = await shop.reason("CredentialsInvalid");
    expect(message).toContain("are of account 999988887777");
    expect(message).toContain(`access configuration says ${ACCOUNT}`);
    expect(stage.aws.calls.count({ write: true })).toBe(0);
    shop.delete();
    await shop.gone(60_000);
  });
});

describe("a namespace that no entry of the operator's configuration covers", () => {
  it("may use nothing, and other namespaces go on", async () => {
    stage.start({ namespaces: { agents: { account: ACCOUNT, regions: ["*"] } } });
    const stranger = new Tenant(stage, "shop", "strangers");
    stranger.apply();
    const message = await stranger.reason("NamespaceNotAllowed");
    expect(message).toContain("metadata.namespace: strangers");
    expect(message).toContain("Ask the cluster admin");
    other.apply({ project: "other" });
    await other.ready();
    stranger.delete();
    await stranger.gone(60_000);
  });
});

describe("credentials", () => {
  it("that AWS does not know hinder the pass, and it goes on by itself once they are right", async () => {
    let accessKeyId = "AKIAWRONG";
    stage.start({ credentials: async () => ({ accessKeyId, secretAccessKey: "unchecked", expiration: new Date(0) }) });
    shop.apply();
    const message = await shop.reason("CredentialsInvalid");
    expect(message).toContain(`the operator has no valid credentials for account ${ACCOUNT}`);
    expect(message).toContain("sts:GetCallerIdentity");
    expect(message).not.toContain("AKIAWRONG");
    accessKeyId = ACCOUNT;
    await shop.ready();
  });

  it("that are missing are told, with where they come from", async () => {
    stage.start({
      credentials: async () => {
        throw Object.assign(new Error("Could not load credentials from any providers"), {
          name: "CredentialsProviderError",
        });
      },
    });
    shop.apply();
    expect(await shop.reason("CredentialsInvalid")).toContain("Could not load credentials from any providers");
    shop.delete();
    await shop.gone(60_000);
  });

  it("that expire under a Ready platform change nothing but its condition", async () => {
    stage.start();
    shop.apply();
    await shop.ready();
    const before = await stage.resources();
    const since = stage.clock.now();
    const restore = stage.aws.faults.add({ fault: { kind: "expired" } });
    const message = await shop.reason("CredentialsInvalid");
    expect(message).toMatch(/expired/i);
    await stage.clock.sleep(600_000);
    expect(stage.writesSince(since)).toEqual([]);
    restore();
    await shop.ready(300_000);
    expect(stage.writesSince(since)).toEqual([]);
    expect(await stage.resources()).toEqual(before);
  });
});

describe("an action that is denied", () => {
  it("is named with its resource, holds up only what needs it, and goes on when it is allowed again", async () => {
    stage.start();
    const allow = stage.aws.faults.add({ fault: { kind: "denied" }, action: "CreateRole" });
    shop.apply();
    other.apply({ project: "other", environment: "test" });
    const message = await shop.reason("AccessDenied");
    expect(message).toContain("iam:CreateRole");
    expect(message).toMatch(/execution-role|shop-dev-execution/);
    expect(shop.condition("Stalled")?.reason).toBe("AccessDenied");
    await shop.until(() => shop.condition("NetworkReady")?.status === "True");
    allow();
    await shop.ready();
    await other.ready();
    expect(shop.condition("Stalled")).toBeUndefined();
  });

  it("to read leaves what exists as it is, and says what may not be read", async () => {
    stage.start();
    shop.apply();
    await shop.ready();
    const since = stage.clock.now();
    const allow = stage.aws.faults.add({ fault: { kind: "denied" }, action: "DescribeServices" });
    expect(await shop.reason("AccessDenied")).toContain("ecs:DescribeServices");
    await stage.clock.sleep(600_000);
    expect(stage.writesSince(since)).toEqual([]);
    allow();
    await shop.ready(120_000);
  });

  it("to delete is told while the rest goes, and deletion completes when it is allowed", async () => {
    stage.start();
    shop.apply();
    await shop.ready();
    const allow = stage.aws.faults.add({ fault: { kind: "denied" }, action: "DeleteRole" });
    shop.delete();
    const message = await shop.reason("AccessDenied", 1_200_000);
    expect(message).toContain("iam:DeleteRole");
    await shop.until(() => shop.status.resources?.every(({ type }) => type === "AWS::IAM::Role") ?? false);
    allow();
    await shop.gone(300_000);
    expect(await stage.resources()).toEqual([]);
  });
});

describe("a quota that is used up", () => {
  it("is named, holds up only what needs it, and is gone past when it is raised", async () => {
    stage.aws.setQuota("ec2.vpcs", 1);
    stage.start();
    shop.apply();
    const message = await shop.reason("QuotaExceeded");
    expect(message).toContain("ec2:CreateVpc");
    expect(message).toMatch(/Service Quotas/);
    await shop.until(() => shop.condition("IdentityReady")?.status === "True");
    stage.aws.setQuota("ec2.vpcs", 5);
    await shop.ready();
  });

  it("leaves nothing behind when it is never raised", async () => {
    stage.aws.setQuota("ec2.addresses", 0);
    stage.start();
    shop.apply();
    await shop.reason("QuotaExceeded");
    shop.delete();
    await shop.gone();
    expect(await stage.resources()).toEqual([]);
  });
});
