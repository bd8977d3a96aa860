import type { CreateServiceCommandInput, Service } from "@aws-sdk/client-ecs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { script } from "../../script.ts";
import { exhaustZone } from "../ec2/zones.ts";
import { must, type Simulated, simulate } from "../fixture.ts";
import {
  type Platform,
  type PlatformClients,
  platform,
  platformClients,
  revision,
  trust,
} from "../fixture-platform.ts";
import { killTask, makeUnhealthy } from "./task-api.ts";

let world: Simulated;
let clients: PlatformClients;
let given: Platform;

beforeEach(async () => {
  world = simulate();
  clients = platformClients(world);
  given = await platform(world, clients);
});
afterEach(() => expect(world.aws.failures).toEqual([]));

const serve = (more: Partial<CreateServiceCommandInput> = {}) =>
  clients.ecs.createService({
    cluster: given.cluster,
    serviceName: "web",
    taskDefinition: given.taskDefinition,
    desiredCount: 2,
    launchType: "FARGATE",
    networkConfiguration: {
      awsvpcConfiguration: { subnets: given.subnetIds, securityGroups: [given.groupId], assignPublicIp: "ENABLED" },
    },
    loadBalancers: [{ targetGroupArn: given.targetGroupArn, containerName: "web", containerPort: 8000 }],
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    ...more,
  });

const look = async (): Promise<Service> =>
  must((await clients.ecs.describeServices({ cluster: given.cluster, services: ["web"] })).services?.[0]);
const messages = async () => ((await look()).events ?? []).map(({ message }) => message ?? "");
const taskArns = async (desiredStatus: "RUNNING" | "STOPPED" = "RUNNING") =>
  (await clients.ecs.listTasks({ cluster: given.cluster, serviceName: "web", desiredStatus })).taskArns ?? [];
const stoppedTask = async () => {
  const { tasks } = await clients.ecs.describeTasks({ cluster: given.cluster, tasks: await taskArns("STOPPED") });
  return must(tasks?.[0]);
};

describe("a service that works", () => {
  it("rolls out over time: tasks are provisioned, pulled, run, and then pass their target's checks", async () => {
    await serve();
    const statuses: string[] = [];
    for (let second = 0; second < 120; second += 2) {
      await world.pass(2);
      const tasks = await taskArns();
      if (tasks.length === 0) continue;
      const { lastStatus } = must((await clients.ecs.describeTasks({ cluster: given.cluster, tasks })).tasks?.[0]);
      if (statuses.at(-1) !== lastStatus) statuses.push(lastStatus ?? "");
    }
    expect(statuses).toEqual(["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"]);
    expect(await look()).toMatchObject({
      runningCount: 2,
      pendingCount: 0,
      deployments: [{ status: "PRIMARY", rolloutState: "COMPLETED", runningCount: 2 }],
    });
    expect((await messages()).slice(0, 2)).toEqual([
      "(service web) has reached a steady state.",
      expect.stringMatching(/^\(service web\) \(deployment ecs-svc\/\d{19}\) deployment completed\.$/),
    ]);
  });

  it("puts its tasks into different zones and holds an interface for each", async () => {
    await serve();
    await world.pass(120);
    const { tasks = [] } = await clients.ecs.describeTasks({ cluster: given.cluster, tasks: await taskArns() });
    expect(tasks.map((task) => task.availabilityZone).sort()).toEqual(["us-east-1a", "us-east-1b"]);
    const filter = [{ Name: "requester-id", Values: ["amazon-ecs"] }];
    expect((await world.ec2.describeNetworkInterfaces({ Filters: filter })).NetworkInterfaces).toHaveLength(2);
  });

  it("keeps old tasks until as many new ones are healthy, and then drains them", async () => {
    await serve();
    await world.pass(120);
    await clients.ecs.updateService({
      cluster: given.cluster,
      service: "web",
      taskDefinition: await revision(clients, given.roleArn),
    });
    const running = async () => (await look()).deployments?.map((one) => one.runningCount);
    await world.pass(30);
    expect(await running()).toEqual([0, 2]);
    await world.pass(300);
    expect(await running()).toEqual([2]);
    expect(await messages()).toContainEqual("(service web) has begun draining connections on 2 tasks.");
  });

  it("scales without a deployment", async () => {
    await serve();
    await world.pass(120);
    await clients.ecs.updateService({ cluster: given.cluster, service: "web", desiredCount: 4 });
    await world.pass(120);
    expect(await look()).toMatchObject({ runningCount: 4, deployments: [{ rolloutState: "COMPLETED" }] });
    await clients.ecs.updateService({ cluster: given.cluster, service: "web", desiredCount: 1 });
    await world.pass(120);
    expect(await look()).toMatchObject({ runningCount: 1, desiredCount: 1 });
  });

  it("replaces a task that is killed from outside, and one whose target turns unhealthy", async () => {
    await serve();
    await world.pass(120);
    const [killed = "", sick = ""] = await taskArns();
    killTask(world.call, killed, 137, "OutOfMemoryError: Container killed due to memory usage");
    await world.pass(15);
    expect(await stoppedTask()).toMatchObject({
      stopCode: "EssentialContainerExited",
      stoppedReason: "Essential container in task exited",
      containers: [{ exitCode: 137, reason: "OutOfMemoryError: Container killed due to memory usage" }],
    });
    makeUnhealthy(world.call, sick);
    await world.pass(240);
    expect(await messages()).toContainEqual(expect.stringContaining("is unhealthy in (target-group"));
    expect(await taskArns()).toHaveLength(2);
    expect(await taskArns()).not.toContain(sick);
    expect(await look()).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: "COMPLETED" }] });
  });

  it("makes the same task definition a new deployment only by force", async () => {
    await serve();
    await world.pass(120);
    const before = (await look()).deployments?.[0]?.id;
    const update = { cluster: given.cluster, service: "web", taskDefinition: given.taskDefinition };
    await clients.ecs.updateService(update);
    expect((await look()).deployments?.[0]?.id).toBe(before);
    await clients.ecs.updateService({ ...update, forceNewDeployment: true });
    expect((await look()).deployments?.[0]?.id).not.toBe(before);
  });
});

describe("a release that fails", () => {
  const release = async (image: string) => {
    const taskDefinition = await revision(clients, given.roleArn, image);
    await clients.ecs.updateService({ cluster: given.cluster, service: "web", taskDefinition });
    return taskDefinition;
  };

  it("is rolled back by the circuit breaker after three tasks that crash", async () => {
    script(world.aws).image("*:broken", { kind: "crashes", exitCode: 3 });
    await serve();
    await world.pass(120);
    const bad = await release("nginx:broken");
    await world.pass(90);
    const rollingBack = await look();
    expect(rollingBack.taskDefinition).toBe(given.taskDefinition);
    await world.pass(200);
    expect(await look()).toMatchObject({
      runningCount: 2,
      deployments: [{ status: "PRIMARY", rolloutState: "COMPLETED", taskDefinition: given.taskDefinition }],
    });
    expect(await messages()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/\(deployment ecs-svc\/\d+\) deployment failed: tasks failed to start\.$/),
        expect.stringMatching(/^\(service web\) rolling back to deployment ecs-svc\/\d+\.$/),
      ]),
    );
    expect(await stoppedTask()).toMatchObject({ taskDefinitionArn: bad, containers: [{ exitCode: 3 }] });
    const { serviceDeployments = [] } = await clients.ecs.listServiceDeployments({
      cluster: given.cluster,
      service: "web",
    });
    const [newest] = serviceDeployments;
    expect(newest?.status).toBe("ROLLBACK_SUCCESSFUL");
    const { serviceRevisions } = await clients.ecs.describeServiceRevisions({
      serviceRevisionArns: [must(newest?.targetServiceRevisionArn)],
    });
    expect(serviceRevisions?.[0]?.taskDefinition).toBe(bad);
  });

  it("never takes the old tasks down when the new ones do not pass their target's checks", async () => {
    script(world.aws).image("*:sick", { kind: "unhealthy" });
    await serve();
    await world.pass(120);
    await release("nginx:sick");
    for (let minute = 0; minute < 12; minute++) {
      await world.pass(60);
      expect((await look()).runningCount).toBeGreaterThanOrEqual(2);
    }
    expect((await look()).taskDefinition).toBe(given.taskDefinition);
    const reasons = await stoppedTask();
    expect(reasons.stoppedReason).toBe(`Task failed ELB health checks in (target-group ${given.targetGroupArn})`);
  });

  it("stalls when nothing has completed before: FAILED, and no task is started any more", async () => {
    script(world.aws).image("nginx:1", { kind: "missing" });
    await serve();
    await world.pass(900);
    const failed = await look();
    expect(failed).toMatchObject({
      runningCount: 0,
      deployments: [
        {
          status: "PRIMARY",
          rolloutState: "FAILED",
          rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
        },
      ],
    });
    const task = await stoppedTask();
    expect(task.stopCode).toBe("TaskFailedToStart");
    expect(task.stoppedReason).toMatch(/^CannotPullContainerError: .*docker\.io\/library\/nginx:1: not found$/);
    expect(await taskArns()).toEqual([]);
  });

  it("is tried for ever without a circuit breaker, at a slower and slower pace", async () => {
    script(world.aws).image("nginx:1", { kind: "crashes" });
    await serve({ desiredCount: 1, deploymentConfiguration: {} });
    await world.pass(3600);
    expect(await look()).toMatchObject({ deployments: [{ rolloutState: "IN_PROGRESS" }] });
    const stopped = await taskArns("STOPPED");
    expect(stopped.length).toBeGreaterThan(5);
    expect(stopped.length).toBeLessThan(15);
    expect(await messages()).toContainEqual(
      expect.stringContaining("is unable to consistently start tasks successfully"),
    );
  });
});

describe("a task that cannot start", () => {
  const reason = async () => (await stoppedTask()).stoppedReason;

  it("names the log group that is missing", async () => {
    await clients.logs.deleteLogGroup({ logGroupName: "/web" });
    await serve();
    await world.pass(60);
    expect(await reason()).toContain("ResourceNotFoundException: The specified log group does not exist");
  });

  it("names the secret that is missing, and the permission that its role lacks", async () => {
    const made = await clients.secrets.createSecret({ Name: "key", SecretString: '{"a":"1"}' });
    const secret = must(made.ARN);
    const containers = (valueFrom: string) => ({
      containerDefinitions: [
        { name: "web", image: "nginx:1", portMappings: [{ containerPort: 8000 }], secrets: [{ name: "A", valueFrom }] },
      ],
    });
    const start = async (valueFrom: string) => {
      const taskDefinition = await revision(clients, given.roleArn, "nginx:1", containers(valueFrom));
      const { tasks } = await clients.ecs.runTask({
        cluster: given.cluster,
        taskDefinition,
        launchType: "FARGATE",
        networkConfiguration: {
          awsvpcConfiguration: { subnets: given.subnetIds, securityGroups: [given.groupId], assignPublicIp: "ENABLED" },
        },
      });
      await world.pass(60);
      const answer = await clients.ecs.describeTasks({ cluster: given.cluster, tasks: [must(tasks?.[0]?.taskArn)] });
      return answer.tasks?.[0];
    };
    expect((await start(secret))?.stoppedReason).toContain(
      `is not authorized to perform: secretsmanager:GetSecretValue on resource: ${secret}`,
    );
    await clients.iam.putRolePolicy({
      RoleName: "execution",
      PolicyName: "secrets",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: "arn:aws:secretsmanager:*" }],
      }),
    });
    expect((await start(`${secret}:b::`))?.stoppedReason).toContain("did not contain json key b");
    expect((await start(secret.replace("key", "other")))?.stoppedReason).toContain("ResourceNotFoundException");
    expect((await start(`${secret}:a::`))?.lastStatus).toBe("RUNNING");
  });

  it("mounts EFS by a target in its zone that lets it in", async () => {
    const { FileSystemId = "" } = await world.efs.createFileSystem({ CreationToken: "data" });
    await world.pass(20);
    const volume = { name: "data", efsVolumeConfiguration: { fileSystemId: FileSystemId } };
    const taskDefinition = await revision(clients, given.roleArn, "nginx:1", { volumes: [volume] });
    await serve({ taskDefinition, desiredCount: 1 });
    await world.pass(60);
    expect(await reason()).toContain(`Failed to resolve "${FileSystemId}.efs.us-east-1.amazonaws.com"`);
    const closed = await world.ec2.createSecurityGroup({ VpcId: given.vpcId, GroupName: "nfs", Description: "nfs" });
    for (const SubnetId of given.subnetIds) {
      await world.efs.createMountTarget({ FileSystemId, SubnetId, SecurityGroups: [must(closed.GroupId)] });
    }
    await world.pass(120);
    const update = { cluster: given.cluster, service: "web", forceNewDeployment: true };
    await clients.ecs.updateService(update);
    await world.pass(60);
    const { tasks = [] } = await clients.ecs.describeTasks({
      cluster: given.cluster,
      tasks: await taskArns("STOPPED"),
    });
    expect(tasks.map((task) => task.stoppedReason)).toContainEqual(expect.stringContaining("Connection timed out"));
    await world.ec2.authorizeSecurityGroupIngress({
      GroupId: closed.GroupId,
      IpPermissions: [
        { IpProtocol: "tcp", FromPort: 2049, ToPort: 2049, UserIdGroupPairs: [{ GroupId: given.groupId }] },
      ],
    });
    await clients.ecs.updateService(update);
    await world.pass(150);
    expect(await look()).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: "COMPLETED" }] });
  });

  it("cannot pull without a way to the internet", async () => {
    await serve({
      networkConfiguration: {
        awsvpcConfiguration: { subnets: given.subnetIds, securityGroups: [given.groupId], assignPublicIp: "DISABLED" },
      },
    });
    await world.pass(60);
    expect(await reason()).toMatch(/^CannotPullContainerError: .*i\/o timeout$/);
  });

  const withRole = async (RoleName: string, service: string) => {
    const made = await clients.iam.createRole({ RoleName, AssumeRolePolicyDocument: trust(service) });
    const PolicyArn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
    await clients.iam.attachRolePolicy({ RoleName, PolicyArn });
    return serve({ taskDefinition: await revision(clients, must(made.Role?.Arn)) });
  };
  const unassumable = expect.stringContaining("failed to launch a task with (error ECS was unable to assume the role");

  it("is tried again while its role is too new to be seen everywhere", async () => {
    world.aws.consistencyLagMs = 20_000;
    await withRole("fresh", "ecs-tasks.amazonaws.com");
    await world.pass(25);
    expect(await messages()).toContainEqual(unassumable);
    await world.pass(150);
    expect(await look()).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: "COMPLETED" }] });
  });

  it("is given up when its role does not trust ECS", async () => {
    await withRole("foreign", "lambda.amazonaws.com");
    await world.pass(150);
    expect(await messages()).toContainEqual(unassumable);
    expect(await look()).toMatchObject({ runningCount: 0, deployments: [{ rolloutState: "FAILED" }] });
  });

  it("is not placed while its zones have no capacity", async () => {
    for (const zone of ["us-east-1a", "us-east-1b"]) exhaustZone(world.call, zone);
    await serve();
    await world.pass(10);
    expect(await messages()).toContainEqual(expect.stringContaining("Capacity is unavailable at this time."));
  });
});
