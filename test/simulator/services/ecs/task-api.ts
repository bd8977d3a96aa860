import type {
  DescribeTasksRequest,
  ListTasksRequest,
  RunTaskRequest,
  StopTaskRequest,
  Task,
} from "@aws-sdk/client-ecs";
import type { Call } from "../../operation.ts";
import { once } from "../common/once.ts";
import { page } from "../common/page.ts";
import { fromLowerTags, toLowerTags } from "../common/tags.ts";
import { networkInterfaces } from "../ec2/rows.ts";
import type { TaskRow } from "./rows.ts";
import * as rows from "./rows.ts";
import { ownerOf } from "./scheduler.ts";
import { checkedSpec } from "./service-checks.ts";
import { LaunchFailure, placeTask } from "./task-launch.ts";
import { startTask } from "./task-life.ts";
import { noOwner, type TaskOwner } from "./task-owner.ts";
import { exitTask, sickenTask, stopTask } from "./task-stop.ts";

const ownedBy = (call: Call, task: TaskRow): TaskOwner =>
  task.serviceArn === undefined ? noOwner : ownerOf(call, task.serviceArn);

/** API_Task. */
function describe(call: Call, row: TaskRow, include: readonly string[]): Task {
  const definition = rows.anyTaskDefinition(call, row.taskDefinition)?.definition;
  const date = (at: number | undefined) => (at === undefined ? undefined : new Date(at));
  const eni = networkInterfaces(call).get(row.interfaceId);
  return {
    taskArn: row.arn,
    clusterArn: row.clusterArn,
    taskDefinitionArn: row.taskDefinition,
    group: row.group,
    startedBy: row.startedBy,
    lastStatus: row.lastStatus,
    desiredStatus: row.desiredStatus,
    healthStatus: row.health,
    availabilityZone: row.zone,
    connectivity: row.lastStatus === "PROVISIONING" ? "DISCONNECTED" : "CONNECTED",
    cpu: definition?.cpu,
    memory: definition?.memory,
    launchType: row.spec.launchType ?? "FARGATE",
    platformVersion: row.spec.platformVersion === "LATEST" ? "1.4.0" : row.spec.platformVersion,
    platformFamily: "Linux",
    enableExecuteCommand: false,
    overrides: { containerOverrides: row.containers.map(({ name }) => ({ name })), inferenceAcceleratorOverrides: [] },
    version: 1,
    createdAt: new Date(row.created),
    ...(row.capacityProvider !== undefined && { capacityProviderName: row.capacityProvider }),
    pullStartedAt: date(row.pullStarted),
    pullStoppedAt: date(row.pullStopped),
    startedAt: date(row.started),
    stoppingAt: date(row.stopping),
    stoppedAt: date(row.stopped),
    stopCode: row.stopCode,
    stoppedReason: row.stoppedReason,
    attachments: [
      {
        id: row.interfaceId,
        type: "ElasticNetworkInterface",
        status: row.lastStatus === "STOPPED" ? "DELETED" : "ATTACHED",
        details: [
          { name: "subnetId", value: row.subnetId },
          { name: "networkInterfaceId", value: row.interfaceId },
          { name: "macAddress", value: eni?.MacAddress ?? "" },
          { name: "privateIPv4Address", value: row.privateIp },
        ],
      },
    ],
    containers: row.containers.map((container) => ({
      containerArn: container.arn,
      taskArn: row.arn,
      name: container.name,
      image: container.image,
      lastStatus: ["RUNNING", "STOPPED"].includes(row.lastStatus) ? row.lastStatus : "PENDING",
      healthStatus: row.health,
      networkInterfaces: [{ attachmentId: row.interfaceId, privateIpv4Address: row.privateIp }],
      ...(container.exitCode !== undefined && { exitCode: container.exitCode }),
      ...(container.reason !== undefined && { reason: container.reason }),
    })),
    tags: include.includes("TAGS") ? toLowerTags(row.tags) : [],
  };
}

const shownTask = (call: Call, arn: string): TaskRow | undefined =>
  rows.tasks(call).shown(arn) ?? rows.stoppedTasks(call).shown(arn);

const taskArn = (cluster: rows.ClusterRow, given: string): string =>
  `${cluster.arn.replace(":cluster/", ":task/")}/${rows.nameIn(given)}`;

/** API_DescribeTasks: 100 at most; stopped ones for about an hour. */
export function describeTasks(call: Call, input: DescribeTasksRequest): object {
  const wanted = input.tasks ?? [];
  if (wanted.length === 0) throw rows.invalid("Tasks cannot be empty.");
  if (wanted.length > 100) throw rows.invalid("tasks can have at most 100 items.");
  const cluster = rows.activeCluster(call, input.cluster);
  const found = wanted.map((one) => shownTask(call, taskArn(cluster, one)));
  return {
    tasks: found.flatMap((row) => (row ? [describe(call, row, input.include ?? [])] : [])),
    failures: wanted
      .filter((_, index) => !found[index])
      .map((one) => ({ arn: taskArn(cluster, one), reason: "MISSING" })),
  };
}

/** API_ListTasks: by desired status RUNNING unless said; 100 a page. */
export function listTasks(call: Call, input: ListTasksRequest): object {
  const cluster = rows.activeCluster(call, input.cluster);
  const service = input.serviceName === undefined ? undefined : rows.serviceOf(call, cluster, input.serviceName);
  if (input.serviceName !== undefined && !service) throw rows.serviceNotFound();
  const status = input.desiredStatus ?? "RUNNING";
  const matching = [...rows.tasks(call).shownAll(), ...rows.stoppedTasks(call).shownAll()].filter(
    (task) =>
      task.clusterArn === cluster.arn &&
      task.desiredStatus === status &&
      (!service || task.serviceArn === service.arn) &&
      (input.family === undefined || task.taskDefinition.includes(`/${input.family}:`)) &&
      (input.startedBy === undefined || task.startedBy === input.startedBy) &&
      (input.launchType === undefined || (task.spec.launchType ?? "FARGATE") === input.launchType),
  );
  const unique = [...new Map(matching.map((task) => [task.arn, task])).values()];
  const { items, next } = page(unique, (task) => task.arn, input.nextToken, input.maxResults ?? 100);
  return { taskArns: items.map((task) => task.arn), nextToken: next };
}

/** API_StopTask: a service starts another in its place. */
export function stopTaskByUser(call: Call, input: StopTaskRequest): object {
  const cluster = rows.activeCluster(call, input.cluster);
  const arn = taskArn(cluster, input.task ?? "");
  const row = rows.tasks(call).get(arn) ?? rows.stoppedTasks(call).get(arn);
  if (!row) throw rows.invalid("The referenced task was not found.");
  stopTask(call, arn, ownedBy(call, row), { code: "UserInitiated", reason: input.reason ?? "Task stopped by user" });
  return { task: describe(call, rows.tasks(call).get(arn) ?? row, []) };
}

/** API_RunTask: up to ten tasks of nobody; what cannot be placed is a failure. */
export function runTask(call: Call, input: RunTaskRequest): object {
  const { clientToken, ...request } = input;
  const mismatch = () => rows.invalid("The client token was used with other parameters.");
  const { arns, failures } = once(
    call,
    "ecs.RunTask",
    clientToken,
    request,
    () => run(call, request),
    (same) => same,
    mismatch,
  );
  return {
    tasks: arns.flatMap((arn) => shownTask(call, arn) ?? []).map((row) => describe(call, row, ["TAGS"])),
    failures,
  };
}

function run(call: Call, input: Omit<RunTaskRequest, "clientToken">) {
  const cluster = rows.activeCluster(call, input.cluster);
  const spec = checkedSpec(call, cluster, {
    taskDefinition: input.taskDefinition,
    launchType: input.launchType,
    capacityProviderStrategy: input.capacityProviderStrategy,
    networkConfiguration: input.networkConfiguration,
    platformVersion: input.platformVersion,
    serviceName: undefined,
  });
  const family = spec.taskDefinition.split("/").at(-1)?.split(":")[0];
  const arns: string[] = [];
  const failures: { reason: string; detail: string }[] = [];
  for (let count = 0; count < (input.count ?? 1); count++) {
    try {
      const task = placeTask(call, {
        clusterArn: cluster.arn,
        spec,
        group: input.group ?? `family:${family}`,
        startedBy: input.startedBy,
        tags: fromLowerTags(input.tags),
      });
      startTask(call, task.arn, noOwner);
      arns.push(task.arn);
    } catch (failure) {
      if (!(failure instanceof LaunchFailure)) throw failure;
      if (failure.kind === "launch") throw rows.client(failure.message);
      failures.push({ reason: "RESOURCE:FARGATE", detail: failure.message });
    }
  }
  return { arns, failures };
}

/** Kills a task's container from outside ECS, as the kernel does with one that has used up its memory. */
export function killTask(call: Call, arn: string, exitCode = 137, reason?: string): void {
  const task = rows.tasks(call).get(arn);
  if (task) exitTask(call, arn, ownedBy(call, task), exitCode, reason);
}

/** Makes a running task fail its load balancer's health checks from now on. */
export function makeUnhealthy(call: Call, arn: string): void {
  if (rows.tasks(call).get(arn)) sickenTask(call, arn);
}
