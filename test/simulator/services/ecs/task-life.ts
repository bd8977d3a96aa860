import type { TaskStopCode } from "@aws-sdk/client-ecs";
import type { Call } from "../../operation.ts";
import { type ImageScript, scriptOf } from "../../script.ts";
import { groupAllows } from "../ec2/lookup.ts";
import { loadBalancersOf, targetGroups } from "../elbv2/rows.ts";
import { registerTarget, targetHealth } from "../elbv2/targets.ts";
import { putInstance } from "../servicediscovery/instances.ts";
import { services as cloudMapServices } from "../servicediscovery/rows.ts";
import { anyTaskDefinition, type TaskRow } from "./rows.ts";
import { pullFailure, resourceFailure } from "./start-checks.ts";
import type { TaskOwner } from "./task-owner.ts";
import { become, exitTask, living, type Step, stopTask } from "./task-stop.ts";

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
