import { afterEach, beforeEach, expect, it } from "vitest";
import { code, must, type Network, network, type Simulated, simulate } from "../fixture.ts";
import { type PlatformClients, platformClients } from "../fixture-platform.ts";

let world: Simulated;
let cloudMap: PlatformClients["cloudMap"];
let net: Network;
beforeEach(async () => {
  world = simulate();
  cloudMap = platformClients(world).cloudMap;
  net = await network(world);
});
afterEach(() => expect(world.aws.failures).toEqual([]));

const create = (CreatorRequestId: string, Vpc = net.vpcId) =>
  cloudMap.createPrivateDnsNamespace({ Name: "internal", Vpc, CreatorRequestId });
const operation = async (OperationId: string | undefined) =>
  must((await cloudMap.getOperation({ OperationId: must(OperationId) })).Operation);
const made = async (): Promise<string> => {
  const { OperationId } = await create("a");
  await world.pass(60);
  return must((await operation(OperationId)).Targets?.NAMESPACE);
};

it("makes a namespace by an operation that is submitted, pending and successful", async () => {
  const { OperationId } = await create("a");
  expect((await operation(OperationId)).Status).toBe("SUBMITTED");
  await world.pass(10);
  const pending = await operation(OperationId);
  expect(pending.Status).toBe("PENDING");
  expect(await code(cloudMap.getNamespace({ Id: must(pending.Targets?.NAMESPACE) }))).toBe("NamespaceNotFound");
  await world.pass(60);
  expect(await operation(OperationId)).toMatchObject({ Status: "SUCCESS", Targets: pending.Targets });
  const { Namespace } = await cloudMap.getNamespace({ Id: must(pending.Targets?.NAMESPACE) });
  expect(Namespace).toMatchObject({ Name: "internal", Type: "DNS_PRIVATE", ServiceCount: 0, CreatorRequestId: "a" });
  expect(Namespace?.Properties?.DnsProperties?.HostedZoneId).toMatch(/^Z[A-Z0-9]+$/);
});

it("answers a repeat with the same creator request id with the same operation, before and after it ends", async () => {
  const { OperationId } = await create("a");
  expect((await create("a")).OperationId).toBe(OperationId);
  expect(await code(create("b"))).toBe("DuplicateRequest");
  await world.pass(60);
  expect((await create("a")).OperationId).toBe(OperationId);
});

it("fails an operation whose domain is in the VPC already, and one of an unknown VPC", async () => {
  await made();
  const conflicting = await create("b");
  const unknown = await create("c", "vpc-00000000000000000");
  await world.pass(60);
  expect(await operation(conflicting.OperationId)).toMatchObject({
    Status: "FAIL",
    ErrorCode: "CANNOT_CREATE_HOSTED_ZONE",
    ErrorMessage: expect.stringContaining("ConflictingDomainExists"),
  });
  expect((await operation(unknown.OperationId)).ErrorMessage).toContain("InvalidVPCId");
});

it("deletes a namespace without services, and a service without instances", async () => {
  const Id = await made();
  const { Service } = await cloudMap.createService({
    Name: "web",
    NamespaceId: Id,
    CreatorRequestId: "s",
    DnsConfig: { DnsRecords: [{ Type: "A", TTL: 10 }] },
  });
  const ServiceId = must(Service?.Id);
  expect(await code(cloudMap.deleteNamespace({ Id }))).toBe("ResourceInUse");
  const Attributes = { AWS_INSTANCE_IPV4: "10.0.0.9" };
  await cloudMap.registerInstance({ ServiceId, InstanceId: "i", Attributes });
  await world.pass(10);
  expect(await code(cloudMap.deleteService({ Id: ServiceId }))).toBe("ResourceInUse");
  const found = await cloudMap.discoverInstances({ NamespaceName: "internal", ServiceName: "web" });
  expect(found.Instances?.map(({ InstanceId }) => InstanceId)).toEqual(["i"]);
  await cloudMap.deregisterInstance({ ServiceId, InstanceId: "i" });
  await world.pass(10);
  await cloudMap.deleteService({ Id: ServiceId });
  const { OperationId } = await cloudMap.deleteNamespace({ Id });
  await world.pass(30);
  expect((await operation(OperationId)).Status).toBe("SUCCESS");
  expect(await code(cloudMap.getNamespace({ Id }))).toBe("NamespaceNotFound");
});

it("makes a service once for a creator request id, lists it by namespace, and changes its TTL over time", async () => {
  const NamespaceId = await made();
  const dns = (TTL: number) => ({ DnsRecords: [{ Type: "A" as const, TTL }] });
  const service = (CreatorRequestId: string) =>
    cloudMap.createService({ Name: "web", NamespaceId, CreatorRequestId, DnsConfig: dns(10) });
  const first = await service("s");
  expect((await service("s")).Service?.Id).toBe(first.Service?.Id);
  expect(await code(service("t"))).toBe("ServiceAlreadyExists");
  const list = async (value: string) =>
    (await cloudMap.listServices({ Filters: [{ Name: "NAMESPACE_ID", Values: [value] }] })).Services?.length;
  expect([await list(NamespaceId), await list("ns-other")]).toEqual([1, 0]);
  await cloudMap.updateService({ Id: must(first.Service?.Id), Service: { DnsConfig: dns(60) } });
  await world.pass(10);
  const { Service } = await cloudMap.getService({ Id: must(first.Service?.Id) });
  expect(Service?.DnsConfig?.DnsRecords?.[0]?.TTL).toBe(60);
});

it("tags namespaces and services by ARN", async () => {
  const Id = await made();
  const { Namespace } = await cloudMap.getNamespace({ Id });
  const ResourceARN = must(Namespace?.Arn);
  await cloudMap.tagResource({
    ResourceARN,
    Tags: [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ],
  });
  await cloudMap.untagResource({ ResourceARN, TagKeys: ["a"] });
  expect((await cloudMap.listTagsForResource({ ResourceARN })).Tags).toEqual([{ Key: "b", Value: "2" }]);
});
