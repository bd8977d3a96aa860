import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeNatGatewaysCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { expect, test } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { connect } from "../../src/aws/clients.ts";
import { effectUnknown } from "../../src/aws/errors.ts";
import { Limits } from "../../src/aws/guard.ts";
import { clientsConfig, createWorld, type SimulatedAws } from "../simulator/index.ts";

const where = { account: "111122223333", region: "us-east-1" };

function connected(world: SimulatedAws): Aws {
  const { credentials, requestHandler } = clientsConfig(world, where);
  return connect({
    ...where,
    credentials,
    requestHandler,
    limits: new Limits({ clock: world.time, random: () => 0.5 }),
  });
}

const createVpc = () => new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" });

/** VPCs that were made, beside the default one. */
async function vpcs(aws: Aws): Promise<number> {
  const { Vpcs = [] } = await aws.ec2.send(new DescribeVpcsCommand({}));
  return Vpcs.filter(({ IsDefault }) => !IsDefault).length;
}

test("one lost response on CreateVpc leaves one VPC, and the caller knows that it cannot know", async () => {
  const world = createWorld();
  const aws = connected(world);
  world.faults.add({ fault: { kind: "lost" }, action: "CreateVpc", nth: 1 });
  const error = await aws.ec2.send(createVpc()).catch((reason: unknown) => reason);
  expect(effectUnknown(error)).toBe(true);
  expect(await vpcs(aws)).toBe(1);
});

test("the SDK's own retries make two of it: the reason why ours stand in their place", async () => {
  const world = createWorld();
  const { credentials, requestHandler, region } = clientsConfig(world, where);
  const plain = new EC2Client({ region, credentials, requestHandler });
  world.faults.add({ fault: { kind: "lost" }, action: "CreateVpc", nth: 1 });
  await plain.send(createVpc());
  expect(await vpcs(connected(world))).toBe(2);
});

test("a server error after the effect leaves one VPC as well", async () => {
  const world = createWorld();
  const aws = connected(world);
  world.faults.add({ fault: { kind: "error", after: true }, action: "CreateVpc", nth: 1 });
  const error = await aws.ec2.send(createVpc()).catch((reason: unknown) => reason);
  expect(effectUnknown(error)).toBe(true);
  expect(await vpcs(aws)).toBe(1);
});

test("a throttled create is sent again, because nothing happened", async () => {
  const world = createWorld();
  const aws = connected(world);
  world.faults.add({ fault: { kind: "throttle" }, action: "CreateVpc", nth: 1 });
  await aws.ec2.send(createVpc());
  expect(await vpcs(aws)).toBe(1);
});

test("a create with a client token whose response is lost is sent again, and makes one", async () => {
  const world = createWorld();
  const aws = connected(world);
  world.faults.add({ fault: { kind: "lost" }, action: "CreateNatGateway", nth: 1 });
  const { AllocationId } = await allocate(aws);
  const { SubnetId } = await subnet(aws);
  const { NatGateway } = await aws.ec2.send(
    new CreateNatGatewayCommand({ SubnetId, AllocationId, ClientToken: "0b57f1a2-0000-4000-8000-000000000000" }),
  );
  expect(NatGateway?.NatGatewayId).toMatch(/^nat-/);
  expect(world.calls.count({ action: "CreateNatGateway" })).toBe(2);
  const { NatGateways = [] } = await aws.ec2.send(new DescribeNatGatewaysCommand({}));
  expect(NatGateways).toHaveLength(1);
});

test("many objects at once are never throttled by AWS: they wait for their turn here", async () => {
  const world = createWorld();
  const aws = connected(world);
  await Promise.all(Array.from({ length: 120 }, () => aws.ec2.send(new DescribeVpcsCommand({}))));
  expect(world.calls.count({ action: "DescribeVpcs" })).toBe(120);
  expect(world.calls.find({ action: "DescribeVpcs" }).every(({ outcome }) => outcome === "ok")).toBe(true);
});

async function allocate(aws: Aws) {
  return aws.ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
}

/** A public subnet of a new VPC. */
async function subnet(aws: Aws): Promise<{ SubnetId: string }> {
  const VpcId = (await aws.ec2.send(createVpc())).Vpc?.VpcId ?? "";
  const { InternetGateway } = await aws.ec2.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = InternetGateway?.InternetGatewayId ?? "";
  await aws.ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const made = await aws.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: "10.0.0.0/24" }));
  return { SubnetId: made.Subnet?.SubnetId ?? "" };
}
