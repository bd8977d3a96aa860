import type { CreateServiceCommandInput } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { code, must, type Simulated, simulate, words } from "../fixture.ts";
import { type Platform, type PlatformClients, platform, platformClients, revision } from "../fixture-platform.ts";

let world: Simulated;
let clients: PlatformClients;
let given: Platform;

beforeEach(async () => {
  world = simulate();
  clients = platformClients(world);
  given = await platform(world, clients);
});
afterEach(() => expect(world.aws.failures).toEqual([]));

const create = (more: Partial<CreateServiceCommandInput> = {}) =>
  clients.ecs.createService({
    cluster: given.cluster,
    serviceName: "web",
    taskDefinition: given.taskDefinition,
    desiredCount: 1,
    capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }],
    networkConfiguration: {
      awsvpcConfiguration: { subnets: given.subnetIds, securityGroups: [given.groupId], assignPublicIp: "ENABLED" },
    },
    ...more,
  });
const behind = (more: object = {}) => ({
  loadBalancers: [{ targetGroupArn: given.targetGroupArn, containerName: "web", containerPort: 8000, ...more }],
});

describe("CreateService", () => {
  it("refuses what does not exist", async () => {
    const missing: [Partial<CreateServiceCommandInput>, string][] = [
      [{ cluster: "none" }, "Cluster not found."],
      [{ taskDefinition: "web:99" }, "TaskDefinition not found."],
      [behind({ containerName: "api" }), "The container api does not exist in the task definition."],
      [behind({ containerPort: 80 }), "The container web did not have a container port 80 defined."],
      [
        { networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-00000000000000000"] } } },
        "Error retrieving subnet information for [subnet-00000000000000000]: The subnet ID 'subnet-00000000000000000' " +
          "does not exist (ErrorCode: InvalidSubnetID.NotFound)",
      ],
      [
        { networkConfiguration: undefined },
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
      ],
    ];
    for (const [more, message] of missing) expect(await words(create(more))).toBe(message);
  });

  it("refuses a target group that no load balancer uses", async () => {
    const made = await world.elb.createTargetGroup({
      Name: "idle",
      VpcId: given.vpcId,
      Protocol: "HTTP",
      Port: 8000,
      TargetType: "ip",
    });
    const targetGroupArn = must(made.TargetGroups?.[0]?.TargetGroupArn);
    expect(await words(create(behind({ targetGroupArn })))).toBe(
      `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
    );
  });

  it("refuses both a launch type and a strategy, a foreign provider, and percentages that block", async () => {
    expect(await words(create({ launchType: "FARGATE" }))).toMatch(/^Specifying both a launch type and capacity/);
    await clients.ecs.createCluster({ clusterName: "bare" });
    expect(await words(create({ cluster: "bare" }))).toMatch(/not associated with the cluster/);
    const blocked = { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } };
    expect(await words(create(blocked))).toMatch(/cannot be 100 as this will block deployments/);
  });

  it("answers a repeat with the same token with the same service, and refuses the name for anything else", async () => {
    const first = await create({ clientToken: "0001" });
    const again = await create({ clientToken: "0001" });
    expect(again.service?.serviceArn).toBe(first.service?.serviceArn);
    expect((await clients.ecs.listServices({ cluster: given.cluster })).serviceArns).toHaveLength(1);
    expect(await words(create({ desiredCount: 3 }))).toBe("Creation of service was not idempotent.");
  });

  it("refuses a name whose service is still draining, and takes it when that is INACTIVE", async () => {
    await create();
    await world.pass(60);
    await clients.ecs.deleteService({ cluster: given.cluster, service: "web", force: true });
    expect(await words(create())).toBe("Unable to Start a service that is still Draining.");
    await world.pass(60);
    const look = async () =>
      (await clients.ecs.describeServices({ cluster: given.cluster, services: ["web"] })).services?.[0]?.status;
    expect(await look()).toBe("INACTIVE");
    await create();
    expect(await look()).toBe("ACTIVE");
  });
});

it("refuses to delete a service that is scaled above zero unless it is forced", async () => {
  await create();
  const remove = () => clients.ecs.deleteService({ cluster: given.cluster, service: "web" });
  expect(await words(remove())).toBe("The service cannot be stopped while it is scaled above 0.");
  await clients.ecs.updateService({ cluster: given.cluster, service: "web", desiredCount: 0 });
  await remove();
  await world.pass(120);
  expect(await code(remove())).toBe("ServiceNotFoundException");
  const update = clients.ecs.updateService({ cluster: given.cluster, service: "web", desiredCount: 1 });
  expect(await code(update)).toBe("ServiceNotActiveException");
});

it("describes ten services and a hundred tasks at most, and says MISSING of the others", async () => {
  const services = Array.from({ length: 11 }, (_, index) => `s${index}`);
  expect(await code(clients.ecs.describeServices({ cluster: given.cluster, services }))).toBe(
    "InvalidParameterException",
  );
  const tasks = Array.from({ length: 101 }, (_, index) => `${index}`.padStart(32, "0"));
  expect(await code(clients.ecs.describeTasks({ cluster: given.cluster, tasks }))).toBe("InvalidParameterException");
  const { failures } = await clients.ecs.describeServices({ cluster: given.cluster, services: ["none"] });
  expect(failures).toEqual([
    { arn: `arn:aws:ecs:us-east-1:111111111111:service/${given.cluster}/none`, reason: "MISSING" },
  ]);
});

describe("a cluster", () => {
  it("is not deleted while it has services or tasks", async () => {
    await create();
    await world.pass(60);
    expect(await code(clients.ecs.deleteCluster({ cluster: given.cluster }))).toBe("ClusterContainsServicesException");
    await clients.ecs.deleteService({ cluster: given.cluster, service: "web", force: true });
    await world.pass(60);
    const { cluster } = await clients.ecs.deleteCluster({ cluster: given.cluster });
    expect(cluster?.status).toBe("INACTIVE");
    expect(await words(create())).toBe("The referenced cluster was inactive.");
  });

  it("is answered with what there is when it is created again", async () => {
    const again = await clients.ecs.createCluster({ clusterName: given.cluster });
    expect(again.cluster?.capacityProviders).toEqual(["FARGATE", "FARGATE_SPOT"]);
  });

  it("refuses a second change of its capacity providers while one is under way, and removing a used one", async () => {
    const put = (capacityProviders: string[]) =>
      clients.ecs.putClusterCapacityProviders({
        cluster: given.cluster,
        capacityProviders,
        defaultCapacityProviderStrategy: [],
      });
    await create();
    expect(await code(put([]))).toBe("ResourceInUseException");
    await put(["FARGATE"]);
    expect(await code(put(["FARGATE", "FARGATE_SPOT"]))).toBe("UpdateInProgressException");
    await world.pass(10);
    await put(["FARGATE", "FARGATE_SPOT"]);
  });
});

describe("a task definition", () => {
  it("never has the number of a revision that was deleted", async () => {
    await clients.ecs.deregisterTaskDefinition({ taskDefinition: given.taskDefinition });
    const { failures } = await clients.ecs.deleteTaskDefinitions({ taskDefinitions: [given.taskDefinition] });
    expect(failures).toEqual([]);
    await world.pass(120);
    expect(await words(clients.ecs.describeTaskDefinition({ taskDefinition: given.taskDefinition }))).toBe(
      "Unable to describe task definition.",
    );
    expect(await revision(clients, given.roleArn)).toMatch(/web:2$/);
  });

  it("is deleted only once it is INACTIVE, and stays described until then", async () => {
    const { failures } = await clients.ecs.deleteTaskDefinitions({ taskDefinitions: [given.taskDefinition] });
    expect(failures?.[0]?.reason).toMatch(/still in ACTIVE status/);
    await clients.ecs.deregisterTaskDefinition({ taskDefinition: given.taskDefinition });
    const { taskDefinition } = await clients.ecs.describeTaskDefinition({ taskDefinition: given.taskDefinition });
    expect(taskDefinition?.status).toBe("INACTIVE");
    expect(await words(create())).toBe("TaskDefinition is inactive");
  });

  it("has CPU and memory that Fargate pairs", async () => {
    const sized = (cpu: string, memory: string) => revision(clients, given.roleArn, "nginx:1", { cpu, memory });
    expect(await words(sized("256", "4096"))).toBe(
      "No Fargate configuration exists for given values: 256 CPU, 4096 memory.",
    );
    expect(await words(sized("300", "512"))).toMatch(/^No Fargate configuration exists/);
    const arn = await sized("1 vCPU", "2 GB");
    const { taskDefinition } = await clients.ecs.describeTaskDefinition({ taskDefinition: arn });
    expect(taskDefinition).toMatchObject({ cpu: "1024", memory: "2048" });
  });

  it("has containers that wait for others only as ECS can tell", async () => {
    const waiting = (condition: "SUCCESS" | "HEALTHY", containerName: string, essential: boolean) =>
      revision(clients, given.roleArn, "nginx:1", {
        containerDefinitions: [
          { name: "web", image: "nginx:1", dependsOn: [{ containerName, condition }] },
          { name: "init", image: "nginx:1", essential },
        ],
      });
    expect(await words(waiting("SUCCESS", "init", true))).toMatch(/which is essential/);
    expect(await words(waiting("SUCCESS", "other", false))).toMatch(/no other container/);
    expect(await words(waiting("SUCCESS", "web", false))).toMatch(/no other container/);
    expect(await words(waiting("HEALTHY", "init", false))).toMatch(/no health check/);
    expect(await waiting("SUCCESS", "init", false)).toMatch(/web:2$/);
  });
});

it("registers each running task in Cloud Map, whose service cannot be deleted until they are gone", async () => {
  await clients.cloudMap.createPrivateDnsNamespace({ Name: "internal", Vpc: given.vpcId });
  await world.pass(60);
  const { Namespaces } = await clients.cloudMap.listNamespaces({});
  const { Service } = await clients.cloudMap.createService({
    Name: "web",
    NamespaceId: Namespaces?.[0]?.Id,
    DnsConfig: { DnsRecords: [{ Type: "A", TTL: 10 }] },
  });
  const registry = { registryArn: must(Service?.Arn) };
  await create({ serviceRegistries: [registry], desiredCount: 2 });
  await world.pass(60);
  const ServiceId = must(Service?.Id);
  const { Instances } = await clients.cloudMap.listInstances({ ServiceId });
  expect(Instances?.map(({ Attributes }) => Attributes?.AWS_INSTANCE_IPV4)).toEqual([
    expect.stringMatching(/^10\.0\./),
    expect.stringMatching(/^10\.0\./),
  ]);
  expect(await code(clients.cloudMap.deleteService({ Id: ServiceId }))).toBe("ResourceInUse");
  await clients.ecs.deleteService({ cluster: given.cluster, service: "web", force: true });
  await world.pass(60);
  await clients.cloudMap.deleteService({ Id: ServiceId });
});

it("tags services, task definitions and clusters, and gives a service's tags to its tasks", async () => {
  const { service } = await create({
    tags: [{ key: "team", value: "a" }],
    propagateTags: "SERVICE",
    enableECSManagedTags: true,
  });
  await world.pass(60);
  const { taskArns } = await clients.ecs.listTasks({ cluster: given.cluster, serviceName: "web" });
  const { tags } = await clients.ecs.listTagsForResource({ resourceArn: taskArns?.[0] });
  expect(Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value]))).toEqual({
    team: "a",
    "aws:ecs:clusterName": given.cluster,
    "aws:ecs:serviceName": "web",
  });
  for (const resourceArn of [service?.serviceArn, given.taskDefinition, service?.clusterArn]) {
    await clients.ecs.tagResource({ resourceArn, tags: [{ key: "x", value: "1" }] });
    await clients.ecs.untagResource({ resourceArn, tagKeys: ["team"] });
    expect((await clients.ecs.listTagsForResource({ resourceArn })).tags).toEqual([{ key: "x", value: "1" }]);
  }
});
