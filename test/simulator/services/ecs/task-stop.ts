import type { TaskStopCode } from "@aws-sdk/client-ecs";
import type { Call } from "../../operation.ts";
import { detachInterface } from "../ec2/network-interface.ts";
import { targetGroups } from "../elbv2/rows.ts";
import { deregisterTarget, targetHealth } from "../elbv2/targets.ts";
import { removeInstance } from "../servicediscovery/instances.ts";
import { stoppedTasks, type TaskRow, tasks } from "./rows.ts";
import type { TaskOwner } from "./task-owner.ts";

export type Step = (task: TaskRow) => void;

/** A task that is not being stopped. */
export const living = (call: Call, arn: string): TaskRow | undefined => {
  const task = tasks(call).get(arn);
  return task?.desiredStatus === "RUNNING" ? task : undefined;
};

export const become = (call: Call, arn: string, change: Step): TaskRow => tasks(call).change(arn, change);

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
