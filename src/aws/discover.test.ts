import { CreateSubnetCommand, CreateVpcCommand, ModifyVpcAttributeCommand } from "@aws-sdk/client-ec2";
import { CreateRepositoryCommand, PutImageCommand } from "@aws-sdk/client-ecr";
import { beforeEach, expect, test } from "vitest";
import { clientsConfig, createWorld, type SimulatedAws } from "../../test/simulator/index.ts";
import type { Aws } from "./aws.ts";
import { connect } from "./clients.ts";
import { imageDigest, networkOf, zonesOf } from "./discover.ts";
import { Limits } from "./guard.ts";

const where = { account: "111122223333", region: "eu-west-1" };
let world: SimulatedAws;
let aws: Aws;
beforeEach(() => {
  world = createWorld();
  const { credentials, requestHandler } = clientsConfig(world, where);
  aws = connect({
    ...where,
    credentials,
    requestHandler,
    limits: new Limits({ clock: world.time, random: () => 0.5 }),
  });
});

test("zones are those of the region, sorted", async () => {
  const zones = await zonesOf(aws);
  expect(zones.length).toBeGreaterThanOrEqual(2);
  expect(zones).toEqual([...zones].sort());
  expect(zones.every((zone) => /^eu-west-1[a-z]$/.test(zone))).toBe(true);
});

test("a network is told with its zones, blocks and DNS settings, and what does not exist is left out", async () => {
  const VpcId = (await aws.ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }))).Vpc?.VpcId ?? "";
  await aws.ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
  const input = { VpcId, CidrBlock: "10.0.1.0/24", AvailabilityZone: "eu-west-1b" };
  const id = (await aws.ec2.send(new CreateSubnetCommand(input))).Subnet?.SubnetId ?? "";
  expect(await networkOf(aws, VpcId, [id, "subnet-0123456789abcdef0"])).toEqual({
    vpc: { id: VpcId, cidrs: ["10.0.0.0/16"], dnsSupport: true, dnsHostnames: true },
    subnets: new Map([[id, { id, vpcId: VpcId, zone: "eu-west-1b", cidr: "10.0.1.0/24" }]]),
  });
  expect(await networkOf(aws, "vpc-0123456789abcdef0", [])).toEqual({ vpc: undefined, subnets: new Map() });
});

test("a tag is told as its digest, and as undefined while repository or tag do not exist", async () => {
  expect(await imageDigest(aws, "agents", "v1")).toBeUndefined();
  await aws.ecr.send(new CreateRepositoryCommand({ repositoryName: "agents" }));
  expect(await imageDigest(aws, "agents", "v1")).toBeUndefined();
  const part = { mediaType: "application/vnd.oci.image.config.v1+json", digest: `sha256:${"0".repeat(64)}`, size: 1 };
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: part,
    layers: [],
  });
  const { image } = await aws.ecr.send(
    new PutImageCommand({ repositoryName: "agents", imageManifest, imageTag: "v1" }),
  );
  expect(await imageDigest(aws, "agents", "v1")).toBe(image?.imageId?.imageDigest);
});

test("a refused read is an error and no absence", async () => {
  world.faults.add({ fault: { kind: "denied" }, action: "DescribeImages" });
  await expect(imageDigest(aws, "agents", "v1")).rejects.toThrow();
});
