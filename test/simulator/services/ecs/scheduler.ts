import type { Call } from "../../operation.ts";
import type { TagMap } from "../common/tags.ts";
import { complete, countFailure, tell } from "./deployments.ts";
import {
  anyTaskDefinition,
  type DeploymentRow,
  inactiveServices,
  primaryOf,
  type ServiceRow,
  services,
  type TaskRow,
  tasksOf,
} from "./rows.ts";
import { LaunchFailure, placeTask } from "./task-launch.ts";
import { startTask } from "./task-life.ts";
import type { TaskOwner } from "./task-owner.ts";
import { stopTask } from "./task-stop.ts";

/** Failures in a row before the scheduler slows down, and how long it waits at most ("service throttle logic"). */
const PATIENCE = 3;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

/** Services whose turn comes, and when: so that many changes at once are one look. */
const due = (call: Call) => call.world.table<{ readonly at: number }>(call, "record.ecs.due");

/** Lets the scheduler look at a service in a moment, unless it does so earlier anyway. */
export function wake(call: Call, arn: string, delayMs: number = call.world.duration("ecs.service.react")): void {
  const at = call.world.clock.now() + delayMs;
  if ((due(call).get(arn)?.at ?? Number.POSITIVE_INFINITY) <= at) return;
  due(call).put(arn, { at });
  call.world.clock.after(delayMs, () => {
    if (due(call).get(arn)?.at !== at) return;
    due(call).remove(arn);
    look(call, arn);
  });
}

/** What tasks of a service tell of themselves. */
export function ownerOf(call: Call, arn: string): TaskOwner {
  return {
    name: arn.split("/").at(-1) ?? "",
    graceSeconds: () => services(call).get(arn)?.graceSeconds ?? 0,
    told: (message) => tell(call, arn, message),
    changed(task) {
      if (task.healthy && services(call).get(arn)) {
        services(call).change(arn, (service) => {
          service.failures = 0;
          const primary = primaryOf(service);
          if (primary?.id === task.deploymentId && primary) primary.failedTasks = 0;
        });
      }
      wake(call, arn);
    },
    failed(task) {
      countFailure(call, arn, task.deploymentId);
      wake(call, arn);
    },
  };
}

function look(call: Call, arn: string): void {
  const service = services(call).get(arn);
  if (!service) return;
  if (service.status === "DRAINING") {
    drain(call, service);
    return;
  }
  const primary = primaryOf(service);
  if (!primary) return;
  stopSurplus(call, service, primary);
  stopReplaced(call, service, primary);
  launchMissing(call, arn);
  closeDeployments(call, arn);
}

const running = (call: Call, arn: string): readonly TaskRow[] =>
  tasksOf(call, arn).filter((task) => task.desiredStatus === "RUNNING");

/** API_DeleteService: DRAINING until its tasks have stopped, then INACTIVE. */
function drain(call: Call, service: ServiceRow): void {
  for (const task of running(call, service.arn)) {
    stopTask(call, task.arn, ownerOf(call, service.arn), {
      code: "ServiceSchedulerInitiated",
      reason: `Scaling activity initiated by (deployment ${task.deploymentId})`,
    });
  }
  if (tasksOf(call, service.arn).length > 0) return;
  services(call).remove(service.arn);
  inactiveServices(call).put(service.arn, { ...service, status: "INACTIVE", deployments: [] });
  call.world.clock.after(call.world.duration("ecs.inactive.forget"), () => inactiveServices(call).remove(service.arn));
}

/** Scaling in: those that are not well first, then the newest. */
function stopSurplus(call: Call, service: ServiceRow, primary: DeploymentRow): void {
  const own = running(call, service.arn).filter((task) => task.deploymentId === primary.id);
  const surplus = own.length - service.desiredCount;
  if (surplus <= 0) return;
  const order = [...own].sort((a, b) => Number(a.healthy) - Number(b.healthy) || b.created - a.created);
  stopAll(call, service, order.slice(0, surplus), primary.id);
}

/**
 * API_DeploymentConfiguration: older tasks go as far as minimumHealthyPercent of the desired count (rounded up) stays
 * healthy; those that are not healthy go at once.
 */
function stopReplaced(call: Call, service: ServiceRow, primary: DeploymentRow): void {
  if (primary.state === "FAILED") return;
  const all = running(call, service.arn);
  const older = all.filter((task) => task.deploymentId !== primary.id);
  if (older.length === 0) return;
  const needed = Math.ceil((service.desiredCount * service.minimumHealthyPercent) / 100);
  const spare = all.filter((task) => task.healthy).length - needed;
  const well = older.filter((task) => task.healthy);
  const going = [...older.filter((task) => !task.healthy), ...well.slice(0, Math.max(0, spare))];
  stopAll(call, service, going, primary.id);
}

function stopAll(call: Call, service: ServiceRow, going: readonly TaskRow[], deploymentId: string): void {
  if (going.length === 0) return;
  const registered = going.filter((task) => task.spec.loadBalancers.length > 0 && task.lastStatus === "RUNNING");
  if (registered.length > 0) {
    tell(call, service.arn, `(service ${service.name}) has begun draining connections on ${registered.length} tasks.`);
  }
  for (const task of going) {
    stopTask(call, task.arn, ownerOf(call, service.arn), {
      code: "ServiceSchedulerInitiated",
      reason: `Scaling activity initiated by (deployment ${deploymentId})`,
    });
  }
  const names = going.map((task) => `(task ${task.id})`).join(" ");
  tell(call, service.arn, `(service ${service.name}) has stopped ${going.length} running tasks: ${names}.`);
}

/** API_DeploymentConfiguration: no more than maximumPercent of the desired count (rounded down) at a time. */
function launchMissing(call: Call, arn: string): void {
  const service = services(call).get(arn) as ServiceRow;
  const primary = primaryOf(service);
  if (!primary || primary.state === "FAILED") return;
  const now = call.world.clock.now();
  const all = running(call, arn);
  const own = all.filter((task) => task.deploymentId === primary.id).length;
  const most = Math.floor((service.desiredCount * service.maximumPercent) / 100);
  const missing = Math.min(service.desiredCount - own, most - all.length);
  if (missing <= 0) return;
  if (now < service.launchAfter) {
    wake(call, arn, service.launchAfter - now);
    return;
  }
  if (service.failures >= PATIENCE) pause(call, service);
  const launched: TaskRow[] = [];
  try {
    for (let count = 0; count < missing; count++) launched.push(launch(call, service, primary));
  } catch (failure) {
    if (!(failure instanceof LaunchFailure)) throw failure;
    unlaunched(call, service, primary, failure);
  }
  if (launched.length === 0) return;
  const names = launched.map((task) => `(task ${task.id})`).join(" ");
  tell(call, arn, `(service ${service.name}) has started ${launched.length} tasks: ${names}.`);
  for (const task of launched) startTask(call, task.arn, ownerOf(call, arn));
}

function launch(call: Call, service: ServiceRow, { id, spec }: DeploymentRow): TaskRow {
  return placeTask(call, {
    clusterArn: service.clusterArn,
    spec,
    serviceArn: service.arn,
    deploymentId: id,
    group: `service:${service.name}`,
    startedBy: id,
    tags: taskTags(call, service, spec.taskDefinition),
  });
}

/** API_CreateService: propagateTags and enableECSManagedTags. */
function taskTags(call: Call, service: ServiceRow, taskDefinition: string): TagMap {
  const propagated =
    service.propagateTags === "SERVICE"
      ? service.tags
      : service.propagateTags === "TASK_DEFINITION"
        ? (anyTaskDefinition(call, taskDefinition)?.tags ?? {})
        : {};
  const managed = service.managedTags
    ? { "aws:ecs:clusterName": service.cluster, "aws:ecs:serviceName": service.name }
    : {};
  return { ...propagated, ...managed };
}

/** A task that cannot be launched is a failed one of its deployment (API_Deployment, failedTasks), and is tried again. */
function unlaunched(call: Call, service: ServiceRow, primary: DeploymentRow, failure: LaunchFailure): void {
  const words =
    failure.kind === "placement"
      ? `was unable to place a task. Reason: ${failure.message} For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`
      : `failed to launch a task with (error ${failure.message}).`;
  tell(call, service.arn, `(service ${service.name}) ${words}`);
  countFailure(call, service.arn, primary.id);
  if (!services(call).get(service.arn)) return;
  services(call).change(service.arn, (row) => {
    row.launchAfter = call.world.clock.now() + FIRST_PAUSE_MS;
  });
  wake(call, service.arn, FIRST_PAUSE_MS);
}

/** ECS Developer Guide, "Amazon ECS service throttle logic": pauses grow while tasks repeatedly fail. */
function pause(call: Call, service: ServiceRow): void {
  const wait = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (service.failures - PATIENCE));
  services(call).change(service.arn, (row) => {
    row.launchAfter = call.world.clock.now() + wait;
  });
  tell(
    call,
    service.arn,
    `(service ${service.name}) is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  );
}

/** Deployments without tasks are over; the primary completes when the service is as it should be. */
function closeDeployments(call: Call, arn: string): void {
  const service = services(call).get(arn) as ServiceRow;
  const all = running(call, arn);
  const primary = primaryOf(service);
  if (!primary) return;
  const used = new Set(all.map((task) => task.deploymentId));
  if (service.deployments.some((one) => one.id !== primary.id && !used.has(one.id))) {
    services(call).change(arn, (row) => {
      row.deployments = row.deployments.filter((one) => one.status === "PRIMARY" || used.has(one.id));
    });
  }
  const own = all.filter((task) => task.deploymentId === primary.id);
  const steady = own.length === all.length && own.length === service.desiredCount && own.every((task) => task.healthy);
  if (steady && primary.state !== "FAILED") complete(call, arn);
  if (steady === service.steady) return;
  services(call).change(arn, (row) => {
    row.steady = steady;
  });
  if (steady) tell(call, arn, `(service ${service.name}) has reached a steady state.`);
}
