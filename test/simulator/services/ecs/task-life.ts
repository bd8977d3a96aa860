import type { TaskStopCode } from "@aws-sdk/client-ecs";
import type { Call } from "../../operation.ts";
import { type ImageScript, scriptOf } from "../../script.ts";
import { groupAllows } from "../ec2/lookup.ts";
import { detachInterface } from "../ec2/network-interface.ts";
import { loadBalancersOf, targetGroups } from "../elbv2/rows.ts";
import { deregisterTarget, registerTarget, targetHealth } from "../elbv2/targets.ts";
import { putInstance, removeInstance } from "../servicediscovery/instances.ts";
import { services as cloudMapServices } from "../servicediscovery/rows.ts";
import { anyTaskDefinition, stoppedTasks, type TaskRow, tasks } from "./rows.ts";
import { pullFailure, resourceFailure } from "./start-checks.ts";

/** Who a task belongs to, and so hears what becomes of it. */
export interface TaskOwner {
  readonly name: string;
  /** Unhealthy targets are ignored this long after the task runs. */
  graceSeconds(): number;
  /** It has become healthy, or stopped. */
  changed(task: TaskRow): void;
  /** It did not start, exited, or failed its health checks. */
  failed(task: TaskRow): void;
  /** Something worth a service event. */
  told(message: string): void;
}

/** For a task of nobody, as RunTask starts. */
export const noOwner: TaskOwner = {
  name: "",
  graceSeconds: () => 0,
  changed: () => undefined,
  failed: () => undefined,
  told: () => undefined,
};

type Step = (task: TaskRow) => void;

const living = (call: Call, arn: string): TaskRow | undefined => {
  const task = tasks(call).get(arn);
  return task?.desiredStatus === "RUNNING" ? task : undefined;
};

const become = (call: Call, arn: string, change: Step): TaskRow => tasks(call).change(arn, change);

/** PROVISIONING, PENDING, ACTIVATING, RUNNING: ECS Developer Guide, "Amazon ECS task lifecycle". */
export function startTask(call: Call, arn: string, owner: TaskOwner): void {
  const next = (what: string, step: Step) =>
    call.world.clock.after(call.world.duration(what), () => {
      const task = living(call, arn);
      if (task) step(task);
    });
  next("ecs.task.provision", (provisioned) => {
    become(call, arn, (task) => {
      task.lastStatus = "PENDING";
      task.pullStarted = call.world.clock.now();
    });
    const missing = resourceFailure(call, provisioned);
    if (missing) return fail(call, arn, owner, "TaskFailedToStart", missing);
    next("ecs.task.pull", (pulling) => {
      const unpullable = pulling.containers.map(({ image }) => pullFailure(call, pulling, image)).find(Boolean);
      if (unpullable) return fail(call, arn, owner, "TaskFailedToStart", unpullable);
      become(call, arn, (task) => {
        task.lastStatus = "ACTIVATING";
        task.pullStopped = call.world.clock.now();
      });
      register(call, pulling);
      next("ecs.task.start", (starting) => run(call, starting, owner));
    });
  });
}

function fail(call: Call, arn: string, owner: TaskOwner, code: TaskStopCode, reason: string): void {
  const task = living(call, arn);
  if (!task) return;
  stopTask(call, arn, owner, { code, reason });
  owner.failed(task);
}

const scripted = (call: Call, task: TaskRow): ImageScript | undefined =>
  task.containers.map(({ image }) => scriptOf(call.world, image)).find((script) => script !== undefined);

function run(call: Call, task: TaskRow, owner: TaskOwner): void {
  const { arn } = task;
  const script = scripted(call, task);
  if (script?.kind === "crashes" && script.afterSeconds === undefined) {
    exitTask(call, arn, owner, script.exitCode ?? 1);
    return;
  }
  become(call, arn, (row) => {
    row.lastStatus = "RUNNING";
    row.started = call.world.clock.now();
  });
  if (script?.kind === "crashes") {
    call.world.clock.after((script.afterSeconds ?? 0) * 1000, () => exitTask(call, arn, owner, script.exitCode ?? 1));
  }
  for (const { targetGroupArn = "", containerPort = 0 } of task.spec.loadBalancers) {
    if (!targetGroups(call).get(targetGroupArn)) continue;
    registerTarget(call, targetGroupArn, task.privateIp, containerPort, () =>
      answers(call, arn, targetGroupArn, containerPort),
    );
    owner.told(`(service ${owner.name}) registered 1 targets in (target-group ${targetGroupArn})`);
  }
  checkContainer(call, task, owner);
  watchTargets(call, arn, owner);
  settle(call, arn, owner);
}

/** Whether a health check of the load balancer gets through to the task and is answered well. */
function answers(call: Call, arn: string, targetGroupArn: string, port: number): boolean {
  const task = living(call, arn);
  if (task?.lastStatus !== "RUNNING" || task.sick || scripted(call, task)?.kind === "unhealthy") return false;
  const from = loadBalancersOf(call, targetGroupArn).flatMap(({ securityGroups }) => securityGroups);
  return groupAllows(call, from, task.groups, port);
}

/** API_HealthCheck: healthy at the first success, unhealthy after `retries` failures past the start period. */
function checkContainer(call: Call, task: TaskRow, owner: TaskOwner): void {
  const containers = anyTaskDefinition(call, task.taskDefinition)?.definition.containerDefinitions ?? [];
  const check = containers.find(({ healthCheck }) => healthCheck)?.healthCheck;
  if (!check) return;
  const { interval = 30, retries = 3, startPeriod = 0 } = check;
  if (scripted(call, task)?.kind !== "unhealthy") {
    call.world.clock.after(interval * 1000, () => {
      if (!living(call, task.arn)) return;
      become(call, task.arn, (row) => {
        row.health = "HEALTHY";
      });
      settle(call, task.arn, owner);
    });
    return;
  }
  call.world.clock.after((startPeriod + interval * retries) * 1000, () => {
    if (!living(call, task.arn)) return;
    become(call, task.arn, (row) => {
      row.health = "UNHEALTHY";
    });
    fail(call, task.arn, owner, "ServiceSchedulerInitiated", "Task failed container health checks");
  });
}

/** Looks at the task's targets for as long as it runs; one that is unhealthy past the grace period is replaced. */
function watchTargets(call: Call, arn: string, owner: TaskOwner): void {
  const task = living(call, arn);
  if (!task || task.spec.loadBalancers.length === 0) return;
  call.world.clock.after(untilNextLook(call, task.healthy), () => {
    const looked = living(call, arn);
    if (!looked) return;
    const bad = looked.spec.loadBalancers.find(
      ({ targetGroupArn = "", containerPort = 0 }) =>
        targetHealth(call, targetGroupArn, looked.privateIp, containerPort) === "unhealthy",
    );
    const graceEnds = (looked.started ?? 0) + owner.graceSeconds() * 1000;
    if (bad && call.world.clock.now() >= graceEnds) {
      const where = `(target-group ${bad.targetGroupArn})`;
      owner.told(
        `(service ${owner.name}) (task ${looked.id}) (port ${bad.containerPort}) is unhealthy in ${where} due to (reason Health checks failed).`,
      );
      fail(call, arn, owner, "ServiceSchedulerInitiated", `Task failed ELB health checks in ${where}`);
      return;
    }
    settle(call, arn, owner);
    watchTargets(call, arn, owner);
  });
}

/** Tasks that are well are looked at all together, at whole multiples of the interval. */
function untilNextLook(call: Call, healthy: boolean): number {
  if (!healthy) return call.world.duration("ecs.task.lookAtTargets");
  const every = call.world.duration("ecs.task.lookAtHealthyTargets");
  return every - (call.world.clock.now() % every);
}

/** Marks a task that has passed every check that it has. */
function settle(call: Call, arn: string, owner: TaskOwner): void {
  const task = living(call, arn);
  if (task?.lastStatus !== "RUNNING" || task.healthy) return;
  const containers = anyTaskDefinition(call, task.taskDefinition)?.definition.containerDefinitions ?? [];
  const checked = containers.some(({ healthCheck }) => healthCheck);
  const well = task.spec.loadBalancers.every(
    ({ targetGroupArn = "", containerPort = 0 }) =>
      targetHealth(call, targetGroupArn, task.privateIp, containerPort) === "healthy",
  );
  if (!well || (checked && task.health !== "HEALTHY")) return;
  become(call, arn, (row) => {
    row.healthy = true;
  });
  owner.changed(task);
}

/** Cloud Map User Guide and ECS Developer Guide, "Service discovery": one instance a task, by the task's id. */
function register(call: Call, task: TaskRow): void {
  for (const { registryArn = "" } of task.spec.registries) {
    const id = registryArn.split("/").at(-1) ?? "";
    if (!cloudMapServices(call).get(id)) continue;
    putInstance(call, id, task.id, {
      AWS_INIT_HEALTH_STATUS: "HEALTHY",
      AWS_INSTANCE_IPV4: task.privateIp,
      AVAILABILITY_ZONE: task.zone,
      REGION: call.region,
      ECS_CLUSTER_NAME: task.clusterArn.split("/").at(-1) ?? "",
      ECS_SERVICE_NAME: task.serviceArn?.split("/").at(-1) ?? "",
      ECS_TASK_DEFINITION_FAMILY: task.taskDefinition.split("/").at(-1)?.split(":")[0] ?? "",
    });
  }
}

export interface Stop {
  readonly code: TaskStopCode;
  readonly reason: string;
  /** Its process has ended by itself. */
  readonly exited?: boolean;
}

/** A container ends by itself or is killed from outside: its task stops, and a service starts another. */
export function exitTask(call: Call, arn: string, owner: TaskOwner, exitCode: number, why?: string): void {
  if (!living(call, arn)) return;
  const task = become(call, arn, (row) => {
    const [first] = row.containers.filter((container) => container.essential);
    if (first) Object.assign(first, { exitCode, reason: why });
  });
  stopTask(call, arn, owner, {
    code: "EssentialContainerExited",
    reason: "Essential container in task exited",
    exited: true,
  });
  owner.failed(task);
}

/** Makes a task that runs fail its checks from now on. */
export function sickenTask(call: Call, arn: string): void {
  become(call, arn, (task) => {
    task.sick = true;
  });
}

/**
 * DEACTIVATING while its targets drain, STOPPING, DEPROVISIONING, STOPPED; its network interface is held until then, and
 * it can be described for an hour after.
 */
export function stopTask(call: Call, arn: string, owner: TaskOwner, { code, reason, exited = false }: Stop): void {
  const task = living(call, arn);
  if (!task) return;
  const { clock } = call.world;
  const ran = task.lastStatus === "RUNNING" && !exited;
  const draining = leaveTargets(call, task, owner);
  const drain = ran ? draining : 0;
  for (const { registryArn = "" } of task.spec.registries) {
    removeInstance(call, registryArn.split("/").at(-1) ?? "", task.id);
  }
  become(call, arn, (row) => {
    row.desiredStatus = "STOPPED";
    row.stopCode = code;
    row.stoppedReason = reason;
    row.stopping = clock.now();
    row.lastStatus = drain > 0 ? "DEACTIVATING" : "STOPPING";
  });
  clock.after(drain, () => {
    if (!tasks(call).get(arn)) return;
    become(call, arn, (row) => {
      row.lastStatus = "STOPPING";
    });
    clock.after(ran ? call.world.duration("ecs.task.stop") : 0, () => deprovision(call, arn, ran, owner));
  });
}

function deprovision(call: Call, arn: string, ran: boolean, owner: TaskOwner): void {
  if (!tasks(call).get(arn)) return;
  become(call, arn, (row) => {
    row.lastStatus = "DEPROVISIONING";
    for (const container of row.containers) if (ran) container.exitCode ??= 0;
  });
  call.world.clock.after(call.world.duration("ecs.task.deprovision"), () => {
    const task = tasks(call).get(arn);
    if (!task) return;
    detachInterface(call, task.interfaceId);
    const stopped: TaskRow = { ...task, lastStatus: "STOPPED", stopped: call.world.clock.now() };
    tasks(call).remove(arn);
    stoppedTasks(call).put(arn, stopped);
    call.world.clock.after(call.world.duration("ecs.task.forget"), () => stoppedTasks(call).remove(arn));
    owner.changed(stopped);
  });
}

/** Takes a task out of its target groups. Returns how long they drain, in milliseconds. */
function leaveTargets(call: Call, task: TaskRow, owner: TaskOwner): number {
  let drain = 0;
  for (const { targetGroupArn = "", containerPort = 0 } of task.spec.loadBalancers) {
    const health = targetHealth(call, targetGroupArn, task.privateIp, containerPort);
    if (health === undefined) continue;
    deregisterTarget(call, targetGroupArn, task.privateIp, containerPort);
    owner.told(`(service ${owner.name}) deregistered 1 targets in (target-group ${targetGroupArn})`);
    const draining = targetHealth(call, targetGroupArn, task.privateIp, containerPort) === "draining";
    const delay = targetGroups(call).get(targetGroupArn)?.attributes["deregistration_delay.timeout_seconds"];
    if (draining) drain = Math.max(drain, Number(delay ?? 300) * 1000);
  }
  return drain;
}
