import { network } from "./network.ts";
import { needed, type Scenario, type Subject } from "./scenario.ts";

async function namespace({ cloudMap, pass }: Subject, Vpc: string): Promise<string> {
  const { OperationId } = await cloudMap.createPrivateDnsNamespace({ Name: "internal", Vpc, CreatorRequestId: "a" });
  await pass(60);
  const { Operation } = await cloudMap.getOperation({ OperationId: needed(OperationId, "operation") });
  return needed(Operation?.Targets?.NAMESPACE, "namespace");
}

export const cloudMapScenarios: readonly Scenario[] = [
  {
    name: "a namespace from coming to going",
    async run(aws, step) {
      const { cloudMap, pass } = aws;
      const { vpcId } = await network(aws);
      const create = (CreatorRequestId: string, Vpc = vpcId) =>
        cloudMap.createPrivateDnsNamespace({ Name: "internal", Vpc, CreatorRequestId });
      const status = (OperationId: string | undefined) =>
        cloudMap.getOperation({ OperationId: needed(OperationId, "operation") });
      const made = await create("a");
      await step("at once", status(made.OperationId), (answer) => answer.Operation?.Status);
      await step("create again", create("a"), (answer) => answer.OperationId === made.OperationId);
      await pass(60);
      const done = await step("a minute later", status(made.OperationId), (answer) => answer.Operation?.Status);
      const Id = needed(done?.Operation?.Targets?.NAMESPACE, "namespace");
      await step("look", cloudMap.getNamespace({ Id }), (answer) => [
        answer.Namespace?.Type ?? null,
        answer.Namespace?.Properties?.DnsProperties?.HostedZoneId !== undefined,
      ]);
      const twin = await create("b").catch(() => undefined);
      await pass(60);
      if (twin) await step("its twin in the VPC", status(twin.OperationId), (answer) => answer.Operation?.Status);
      const lost = await create("c", "vpc-0123456789abcdef0").catch(() => undefined);
      await pass(60);
      if (lost) await step("in no VPC", status(lost.OperationId), (answer) => answer.Operation?.Status);
      const gone = await step("delete", cloudMap.deleteNamespace({ Id }), (answer) => answer.OperationId !== undefined);
      await pass(60);
      await step("deletion a minute later", status(gone?.OperationId), (answer) => answer.Operation?.Status);
      await step("look afterwards", cloudMap.getNamespace({ Id }));
      await step("delete again", cloudMap.deleteNamespace({ Id }));
    },
  },
  {
    name: "a service of a namespace and its instances",
    async run(aws, step) {
      const { cloudMap, pass } = aws;
      const { vpcId } = await network(aws);
      const NamespaceId = await namespace(aws, vpcId);
      const create = (CreatorRequestId: string) =>
        cloudMap.createService({
          Name: "web",
          NamespaceId,
          CreatorRequestId,
          DnsConfig: { DnsRecords: [{ Type: "A", TTL: 10 }] },
        });
      const made = await step("create", create("a"), (answer) => answer.Service?.DnsConfig?.RoutingPolicy);
      const Id = needed(made?.Service?.Id, "service");
      await step("create again", create("a"), (answer) => answer.Service?.Id === Id);
      await step("create another of its name", create("b"));
      await step("delete its namespace", cloudMap.deleteNamespace({ Id: NamespaceId }));
      const Attributes = { AWS_INSTANCE_IPV4: "10.0.0.9" };
      await step("register", cloudMap.registerInstance({ ServiceId: Id, InstanceId: "i", Attributes }));
      await pass(10);
      await step("instances", cloudMap.listInstances({ ServiceId: Id }), (answer) =>
        answer.Instances?.map((one) => one.Id ?? ""),
      );
      await step("delete with an instance", cloudMap.deleteService({ Id }));
      await step("deregister", cloudMap.deregisterInstance({ ServiceId: Id, InstanceId: "i" }));
      await pass(10);
      await step("deregister again", cloudMap.deregisterInstance({ ServiceId: Id, InstanceId: "i" }));
      await step("delete", cloudMap.deleteService({ Id }));
      await step("delete again", cloudMap.deleteService({ Id }));
    },
  },
];
