import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  DeleteSecurityGroupCommand,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addWayOut, type Existing, makeNetwork, makeSubnet } from "../support/network.ts";
import { Stage } from "../support/stage.ts";
import { Tenant, type Written } from "../support/tenant.ts";

let stage: Stage;
let shop: Tenant;
let existing: Existing;
let before: readonly string[];

beforeEach(async () => {
  stage = new Stage();
  shop = new Tenant(stage);
  existing = await makeNetwork(stage.client());
  before = await stage.resources();
});
afterEach(async () => {
  await stage.stop();
  expect(stage.aws.failures).toEqual([]);
});

const within = (change: Partial<typeof existing> = {}): Written => ({
  network: { existing: { ...existing, ...change } },
});

/** Refused before anything is made, and gone without a trace. */
async function nothingWasMade(): Promise<void> {
  expect(await stage.resources()).toEqual(before);
  shop.delete();
  await shop.gone(60_000);
  expect(await stage.resources()).toEqual(before);
}

describe("an existing network", () => {
  it("carries a platform, and is as it was when that is gone", async () => {
    stage.start();
    shop.apply({ ...within(), data: { database: { engine: "Postgres", version: "15" } } });
    await shop.ready();
    const types = new Set(shop.status.resources?.map(({ type }) => type));
    for (const type of ["VPC", "Subnet", "RouteTable", "NatGateway", "InternetGateway"])
      expect(types).not.toContain(`AWS::EC2::${type}`);
    shop.delete();
    await shop.gone();
    expect(await stage.resources()).toEqual(before);
  });

  it("carries two platforms, and one goes without the other", async () => {
    stage.start();
    const other = new Tenant(stage, "other");
    shop.apply(within());
    other.apply({ ...within(), project: "other" });
    await Promise.all([shop.ready(), other.ready()]);
    const since = stage.clock.now();
    shop.delete();
    await shop.gone();
    expect(other.condition("Ready")?.status).toBe("True");
    expect(stage.writesSince(since).filter((action) => action.startsWith("Create"))).toEqual([]);
    other.delete();
    await other.gone();
    expect(await stage.resources()).toEqual(before);
  });

  it("whose VPC does not exist is refused with the field, the id and where it was looked for", async () => {
    stage.start();
    shop.apply(within({ vpc: "vpc-0a1b2c3d4e5f60718" }));
    expect(await shop.reason("VpcNotFound")).toBe(
      "spec.network.existing.vpc: vpc-0a1b2c3d4e5f60718 does not exist in us-east-1 of account 111122223333: correct the id, the region or the account",
    );
    await nothingWasMade();
  });

  it("whose subnet does not exist is refused with the place in the list", async () => {
    stage.start();
    shop.apply(within({ privateSubnets: [existing.privateSubnets[0] ?? "", "subnet-0a1b2c3d4e5f60718"] }));
    const message = await shop.reason("SubnetNotFound");
    expect(message).toContain("spec.network.existing.privateSubnets[1]: subnet-0a1b2c3d4e5f60718 does not exist");
    await nothingWasMade();
  });

  it("with a subnet of another VPC is refused with both", async () => {
    const { ec2 } = stage.client();
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.20.0.0/16" }));
    const foreign = await makeSubnet(stage.client(), Vpc?.VpcId ?? "", 0, "a");
    stage.start();
    shop.apply(within({ publicSubnets: [foreign, existing.publicSubnets[1] ?? ""] }));
    const message = await shop.reason("SubnetInOtherVpc");
    expect(message).toContain(
      `spec.network.existing.publicSubnets[0]: ${foreign} is in ${Vpc?.VpcId}, not in ${existing.vpc}`,
    );
  });

  it("whose subnets lie in one zone is refused with the zone, and goes on when that is corrected", async () => {
    stage.start();
    const twin = await makeSubnet(stage.client(), existing.vpc, 9, "a");
    shop.apply(within({ publicSubnets: [existing.publicSubnets[0] ?? "", twin] }));
    const message = await shop.reason("SubnetsInOneZone");
    expect(message).toBe(
      "spec.network.existing.publicSubnets: all publicSubnets are in us-east-1a, and AWS wants two zones: add a subnet of another zone",
    );
    shop.apply(within());
    await shop.ready();
  });

  it("without DNS host names is refused, and goes on when they are on", async () => {
    const { ec2 } = stage.client();
    const names = (Value: boolean) =>
      ec2.send(new ModifyVpcAttributeCommand({ VpcId: existing.vpc, EnableDnsHostnames: { Value } }));
    await names(false);
    stage.start();
    shop.apply(within());
    const message = await shop.reason("VpcWithoutDns");
    expect(message).toContain(`spec.network.existing.vpc: ${existing.vpc} has DNS support or DNS host names off`);
    await names(true);
    await shop.ready();
  });

  it("whose private subnets have no way out is told in the words of ECS, and works when it has one", async () => {
    stage.start();
    shop.apply({ ...within(), agents: [{ name: "clerk", port: 8000 }] });
    await shop.reason("ImageNotFound");
    await stage.pushImage("shop-dev-clerk", "latest");
    const message = await shop.reason("Failed", 3_600_000);
    expect(message).toContain("shop-dev-clerk:1 failed");
    expect(message).toContain("ResourceInitializationError");
    expect(message).toContain("check your task network configuration");
    await addWayOut(stage.client(), existing);
    await stage.clock.sleep(300_000);
    shop.annotate({ "agentorchestrator.io/reconcile": "now" });
    await shop.ready();
  });

  it("holds a security group of our name that is not ours: it is named, and stays", async () => {
    const { ec2 } = stage.client();
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName: "shop-dev-clerk", Description: "theirs", VpcId: existing.vpc }),
    );
    stage.start();
    shop.apply(within());
    expect(await shop.reason("NotOurs")).toContain(`AWS::EC2::SecurityGroup ${GroupId} exists and belongs to nobody`);
    shop.delete();
    await shop.gone();
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
    expect(await stage.resources()).toEqual(before);
  });
});

describe("a deletion that something foreign blocks", () => {
  it("names it by id within 30 seconds of the refusal, and completes when it is removed", async () => {
    stage.start();
    shop.apply(within());
    await shop.ready();
    const { ec2 } = stage.client();
    const ours = shop.id("agent/clerk/security-group");
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName: "theirs", Description: "theirs", VpcId: existing.vpc }),
    );
    const UserIdGroupPairs = [{ GroupId: ours }];
    const rule = { IpProtocol: "tcp", FromPort: 9000, ToPort: 9000, UserIdGroupPairs };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
    shop.delete();
    const message = await shop.reason("DeletionBlocked", 1_200_000);
    expect(message).toContain(`AWS does not delete ${ours} yet`);
    expect(message).toContain(`security group ${GroupId} (theirs has a rule that refers to it)`);
    const refused = stage.aws.calls.find({ action: "DeleteSecurityGroup", outcome: "DependencyViolation" })[0]?.at ?? 0;
    expect(stage.clock.now() - refused).toBeLessThanOrEqual(30_000);
    await stage.clock.sleep(600_000);
    expect(shop.events("DeletionBlocked")).toHaveLength(1);
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
    await shop.gone(60_000);
    expect(await stage.resources()).toEqual(before);
  });

  it("in a VPC that we made lets all the rest go meanwhile", async () => {
    stage.start();
    shop.apply();
    await shop.ready();
    const { ec2 } = stage.client();
    const { GroupId } = await ec2.send(
      new CreateSecurityGroupCommand({ GroupName: "theirs", Description: "theirs", VpcId: shop.id("vpc") }),
    );
    shop.delete();
    const message = await shop.reason("DeletionBlocked", 1_200_000);
    expect(message).toContain(`security group ${GroupId} (theirs)`);
    await shop.until(() => shop.status.resources?.length === 1);
    expect(shop.status.resources?.[0]).toMatchObject({ node: "vpc" });
    await ec2.send(new DeleteSecurityGroupCommand({ GroupId }));
    await shop.gone(60_000);
    expect(await stage.resources()).toEqual(before);
  });
});
