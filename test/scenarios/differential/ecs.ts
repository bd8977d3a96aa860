import type { CreateServiceCommandInput, RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { network } from "./network.ts";
import { needed, type Scenario, type Subject } from "./scenario.ts";

const task = (more: Partial<RegisterTaskDefinitionCommandInput> = {}): RegisterTaskDefinitionCommandInput => ({
  family: "web",
  requiresCompatibilities: ["FARGATE"],
  networkMode: "awsvpc",
  cpu: "256",
  memory: "512",
  containerDefinitions: [{ name: "web", image: "nginx:1", portMappings: [{ containerPort: 8000 }] }],
  ...more,
});

/** A cluster, a revision, and what a service in it asks for; tasks can reach the internet. */
async function ready(aws: Subject): Promise<{ taskDefinition: string; ask: CreateServiceCommandInput }> {
  const { ecs, ec2 } = aws;
  const net = await network(aws);
  const { RouteTables } = await ec2.describeRouteTables({ Filters: [{ Name: "vpc-id", Values: [net.vpcId] }] });
  await ec2.createRoute({
    RouteTableId: RouteTables?.[0]?.RouteTableId,
    DestinationCidrBlock: "0.0.0.0/0",
    GatewayId: net.gatewayId,
  });
  await ecs.createCluster({ clusterName: "main", capacityProviders: ["FARGATE", "FARGATE_SPOT"] });
  const made = await ecs.registerTaskDefinition(task());
  const taskDefinition = needed(made.taskDefinition?.taskDefinitionArn, "task definition");
  const awsvpcConfiguration = {
    subnets: [...net.subnetIds],
    securityGroups: [net.groupId],
    assignPublicIp: "ENABLED" as const,
  };
  return {
    taskDefinition,
    ask: {
      cluster: "main",
      serviceName: "web",
      taskDefinition,
      desiredCount: 1,
      launchType: "FARGATE",
      networkConfiguration: { awsvpcConfiguration },
    },
  };
}

export const ecsScenarios: readonly Scenario[] = [
  {
    name: "task definitions",
    async run({ ecs, pass }, step) {
      const register = (more: Partial<RegisterTaskDefinitionCommandInput>) => ecs.registerTaskDefinition(task(more));
      const other = (more: Partial<RegisterTaskDefinitionCommandInput>) => register({ family: "other", ...more });
      await step("register", register({}), (answer) => [
        answer.taskDefinition?.revision ?? null,
        answer.taskDefinition?.containerDefinitions?.[0]?.essential ?? null,
        answer.taskDefinition?.containerDefinitions?.[0]?.portMappings?.[0]?.hostPort ?? null,
      ]);
      await step("register again", register({}), (answer) => answer.taskDefinition?.revision);
      await step("a pair that Fargate has not", other({ cpu: "256", memory: "4096" }));
      await step("no such CPU", other({ cpu: "300" }));
      await step("no memory", other({ memory: undefined }));
      await step("another network", other({ networkMode: "bridge" }));
      await step("no container", other({ containerDefinitions: [] }));
      await step("look at none", ecs.describeTaskDefinition({ taskDefinition: "web:9" }));
      await step(
        "look at the newest",
        ecs.describeTaskDefinition({ taskDefinition: "web" }),
        (answer) => answer.taskDefinition?.revision,
      );
      await step(
        "delete while active",
        ecs.deleteTaskDefinitions({ taskDefinitions: ["web:2"] }),
        (answer) => answer.failures?.length,
      );
      await step(
        "deregister",
        ecs.deregisterTaskDefinition({ taskDefinition: "web:2" }),
        (answer) => answer.taskDefinition?.status,
      );
      await step(
        "look at it still",
        ecs.describeTaskDefinition({ taskDefinition: "web:2" }),
        (answer) => answer.taskDefinition?.status,
      );
      await step("delete", ecs.deleteTaskDefinitions({ taskDefinitions: ["web:2"] }), (answer) =>
        answer.taskDefinitions?.map((one) => one.status ?? ""),
      );
      await pass(120);
      await step("a revision after it", register({}), (answer) => (answer.taskDefinition?.revision ?? 0) > 2);
    },
  },
  {
    name: "a service from coming to going",
    async run(aws, step) {
      const { ecs, pass } = aws;
      const { ask } = await ready(aws);
      const create = (more: Partial<CreateServiceCommandInput> = {}) => ecs.createService({ ...ask, ...more });
      await step("create", create({ clientToken: "1" }), (answer) => [
        answer.service?.status ?? null,
        answer.service?.runningCount ?? null,
        answer.service?.deployments?.[0]?.rolloutState ?? null,
      ]);
      await step("create again by token", create({ clientToken: "1" }), (answer) => answer.service?.serviceName);
      await step("create with another count", create({ desiredCount: 2 }));
      const look = (name: string) =>
        step(name, ecs.describeServices({ cluster: "main", services: ["web"] }), (answer) => [
          answer.services?.[0]?.status ?? null,
          answer.services?.[0]?.runningCount ?? null,
          answer.services?.[0]?.deployments?.map((one) => one.rolloutState ?? "") ?? [],
        ]);
      await pass(120);
      await look("two minutes later");
      const update = (more: object) => ecs.updateService({ cluster: "main", service: "web", ...more });
      await step("scale", update({ desiredCount: 2 }), (answer) => answer.service?.deployments?.length);
      await step(
        "the same revision",
        update({ taskDefinition: "web:1" }),
        (answer) => answer.service?.deployments?.length,
      );
      await step("by force", update({ forceNewDeployment: true }), (answer) => answer.service?.deployments?.length);
      await pass(300);
      await look("five minutes later");
      await step("delete the cluster", ecs.deleteCluster({ cluster: "main" }));
      await step("delete while it is scaled up", ecs.deleteService({ cluster: "main", service: "web" }));
      await step(
        "delete",
        ecs.deleteService({ cluster: "main", service: "web", force: true }),
        (answer) => answer.service?.status,
      );
      await step("create while it drains", create());
      await pass(120);
      await step("look afterwards", ecs.describeServices({ cluster: "main", services: ["web"] }), (answer) =>
        answer.services?.map((one) => one.status ?? ""),
      );
      await step("update afterwards", update({ desiredCount: 1 }));
      await step("delete again", ecs.deleteService({ cluster: "main", service: "web", force: true }));
      await step(
        "delete the cluster at last",
        ecs.deleteCluster({ cluster: "main" }),
        (answer) => answer.cluster?.status,
      );
      await step("create in it", create());
    },
  },
  {
    name: "services that ECS does not make",
    async run(aws, step) {
      const { ecs, elb, ec2 } = aws;
      const { ask } = await ready(aws);
      let asked = 0;
      const create = (more: Partial<CreateServiceCommandInput>) => {
        asked += 1;
        return ecs.createService({ ...ask, serviceName: `s${asked}`, ...more });
      };
      await step("no such cluster", create({ cluster: "none" }));
      await step("no such revision", create({ taskDefinition: "web:9" }));
      await step("no network", create({ networkConfiguration: undefined }));
      const awsvpcConfiguration = { subnets: ["subnet-0123456789abcdef0"] };
      await step("no such subnet", create({ networkConfiguration: { awsvpcConfiguration } }));
      await step(
        "launch type and strategy",
        create({ capacityProviderStrategy: [{ capacityProvider: "FARGATE", weight: 1 }] }),
      );
      const blocked = { minimumHealthyPercent: 100, maximumPercent: 100 };
      await step("percentages that block", create({ deploymentConfiguration: blocked }));
      const { Vpcs } = await ec2.describeVpcs({ Filters: [{ Name: "cidr", Values: ["10.0.0.0/16"] }] });
      const group = await elb.createTargetGroup({
        Name: "idle",
        Protocol: "HTTP",
        Port: 8000,
        TargetType: "ip",
        VpcId: Vpcs?.[0]?.VpcId,
      });
      const targetGroupArn = needed(group.TargetGroups?.[0]?.TargetGroupArn, "target group");
      const behind = (containerName: string, containerPort: number) =>
        create({ loadBalancers: [{ targetGroupArn, containerName, containerPort }] });
      await step("a target group without a load balancer", behind("web", 8000));
      await step("no such container", behind("api", 8000));
      await step("no such port", behind("web", 80));
    },
  },
  {
    name: "describing more than ECS takes, and what is not there",
    async run({ ecs }, step) {
      await ecs.createCluster({ clusterName: "main" });
      const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);
      await step("eleven services", ecs.describeServices({ cluster: "main", services: names(11) }));
      await step("no service", ecs.describeServices({ cluster: "main", services: [] }));
      await step("unknown services", ecs.describeServices({ cluster: "main", services: names(2) }), (answer) =>
        answer.failures?.map((one) => one.reason ?? ""),
      );
      await step("services of no cluster", ecs.describeServices({ cluster: "none", services: names(1) }));
      const ids = (count: number) => names(count).map((_, index) => `${index}`.padStart(32, "0"));
      await step("101 tasks", ecs.describeTasks({ cluster: "main", tasks: ids(101) }));
      await step("unknown tasks", ecs.describeTasks({ cluster: "main", tasks: ids(1) }), (answer) =>
        answer.failures?.map((one) => one.reason ?? ""),
      );
      await step("unknown clusters", ecs.describeClusters({ clusters: ["none"] }), (answer) =>
        answer.failures?.map((one) => one.reason ?? ""),
      );
      await step(
        "create a cluster again",
        ecs.createCluster({ clusterName: "main" }),
        (answer) => answer.cluster?.status,
      );
    },
  },
];
