import type { Call } from "../../operation.ts";
import { text } from "../common/random.ts";
import {
  type DeploymentRow,
  primaryOf,
  revisions,
  type ServiceRow,
  type Spec,
  serviceDeployments,
  services,
  type Where,
} from "./rows.ts";

const DIGITS = "0123456789";
/** API_DescribeServices: "The event stream for your service. A maximum of 100 of the latest events are displayed." */
const EVENTS = 100;

/** Adds a service event. */
export function tell(call: Where, arn: string, message: string): void {
  if (!services(call).get(arn)) return;
  const event = { id: `${text(call.world, 8)}-${text(call.world, 12)}`, at: call.world.clock.now(), message };
  services(call).change(arn, (service) => {
    service.events = [event, ...service.events].slice(0, EVENTS);
  });
}

/** Puts a new primary deployment in front; those before it are replaced by it (API_Deployment). */
export function deploy(call: Call, arn: string, spec: Spec): void {
  const { world } = call;
  const now = world.clock.now();
  const service = services(call).get(arn);
  if (!service) return;
  const number = text(world, 19, DIGITS).replace(/^0/, "1");
  const tail = arn.split(":service/")[1] ?? "";
  const revisionArn = `${arn.split(":service/")[0]}:service-revision/${tail}/${text(world, 19, DIGITS).replace(/^0/, "1")}`;
  revisions(call).put(revisionArn, {
    arn: revisionArn,
    serviceArn: arn,
    clusterArn: service.clusterArn,
    created: now,
    spec,
  });
  const before = primaryOf(service);
  if (before) endServiceDeployment(call, before.id, "STOPPED", "Service deployment stopped: replaced by a newer one.");
  const deploymentArn = `${arn.split(":service/")[0]}:service-deployment/${tail}/${text(world, 21, "abcdefghijklmnopqrstuvwxyz0123456789")}`;
  const id = `ecs-svc/${number}`;
  serviceDeployments(call).put(deploymentArn, {
    arn: deploymentArn,
    serviceArn: arn,
    clusterArn: service.clusterArn,
    deploymentId: id,
    targetRevision: revisionArn,
    sourceRevisions: before ? [before.revisionArn] : [],
    created: now,
    finished: undefined,
    status: "IN_PROGRESS",
    reason: undefined,
    rollbackTo: undefined,
  });
  services(call).change(arn, (row) => {
    const older = row.deployments.map((one) => ({ ...one, status: "ACTIVE" as const }));
    const made: DeploymentRow = {
      id,
      spec,
      revisionArn,
      created: now,
      updated: now,
      status: "PRIMARY",
      desiredCount: row.desiredCount,
      failedTasks: 0,
      state: "IN_PROGRESS",
      reason: `ECS deployment ${id} in progress.`,
    };
    row.deployments = [made, ...older];
    row.steady = false;
    row.failures = 0;
    row.launchAfter = 0;
  });
}

function endServiceDeployment(
  call: Where,
  deploymentId: string,
  status: "SUCCESSFUL" | "STOPPED" | "ROLLBACK_IN_PROGRESS" | "ROLLBACK_SUCCESSFUL" | "ROLLBACK_FAILED",
  reason?: string,
  rollbackTo?: string,
): void {
  const open = serviceDeployments(call)
    .all()
    .filter((one) => one.deploymentId === deploymentId || one.rollbackTo === deploymentId)
    .find((one) => one.finished === undefined);
  if (!open) return;
  serviceDeployments(call).change(open.arn, (row) => {
    row.status = status;
    row.reason = reason ?? row.reason;
    row.rollbackTo = rollbackTo ?? row.rollbackTo;
    if (status !== "ROLLBACK_IN_PROGRESS") row.finished = call.world.clock.now();
  });
}

/** The primary deployment has all its tasks, well, and nothing of an older one is left. */
export function complete(call: Where, arn: string): void {
  const primary = primaryOf(services(call).get(arn) as ServiceRow);
  if (primary?.state !== "IN_PROGRESS") return;
  services(call).change(arn, (service) => {
    const done = primaryOf(service);
    if (!done) return;
    const wasRollback = done.reason.includes("rolling back");
    done.state = "COMPLETED";
    done.updated = call.world.clock.now();
    if (!wasRollback) done.reason = `ECS deployment ${done.id} completed.`;
    done.failedTasks = 0;
    service.completed = structuredClone(done);
  });
  const rolledBack = serviceDeployments(call)
    .all()
    .some((one) => one.rollbackTo === primary.id && one.finished === undefined);
  endServiceDeployment(call, primary.id, rolledBack ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL");
  tell(call, arn, `(service ${nameOf(arn)}) (deployment ${primary.id}) deployment completed.`);
}

const nameOf = (arn: string): string => arn.split("/").at(-1) ?? "";

/**
 * ECS Developer Guide, "How the Amazon ECS deployment circuit breaker detects failures": half of the desired count,
 * between 3 and 200.
 */
export const threshold = (desiredCount: number): number => Math.min(200, Math.max(3, Math.ceil(desiredCount * 0.5)));

/**
 * A task of the primary deployment failed. At the threshold the deployment is FAILED: with rollback, the last one that
 * completed is the primary again and IN_PROGRESS, and cannot be rolled back from until it completes; without one, the
 * deployment is stalled.
 */
export function countFailure(call: Call, arn: string, deploymentId: string | undefined): void {
  const service = services(call).get(arn);
  const primary = service && primaryOf(service);
  if (!service || primary?.id !== deploymentId || primary?.state !== "IN_PROGRESS") return;
  services(call).change(arn, (row) => {
    row.failures++;
    const counted = primaryOf(row);
    if (counted) counted.failedTasks++;
  });
  const failed = primaryOf(service)?.failedTasks ?? 0;
  if (service.breaker.enable && failed >= threshold(service.desiredCount)) trip(call, arn);
}

function trip(call: Call, arn: string): void {
  const service = services(call).get(arn) as ServiceRow;
  const failed = primaryOf(service) as DeploymentRow;
  const { completed } = service;
  const words = "tasks failed to start.";
  const back = service.breaker.rollback && completed && completed.id !== failed.id ? completed : undefined;
  services(call).change(arn, (row) => {
    const now = call.world.clock.now();
    const loser = primaryOf(row);
    if (!loser) return;
    loser.state = "FAILED";
    loser.reason = `ECS deployment circuit breaker: ${words}`;
    loser.updated = now;
    row.completed = undefined;
    if (!back) return;
    loser.status = "ACTIVE";
    loser.desiredCount = 0;
    const winner = row.deployments.find((one) => one.id === back.id) ?? structuredClone(back);
    winner.status = "PRIMARY";
    winner.state = "IN_PROGRESS";
    winner.desiredCount = row.desiredCount;
    winner.updated = now;
    winner.failedTasks = 0;
    winner.reason = `ECS deployment circuit breaker: rolling back to deploymentId ${back.id}.`;
    row.deployments = [winner, ...row.deployments.filter((one) => one !== winner)];
    row.failures = 0;
    row.launchAfter = 0;
  });
  tell(call, arn, `(service ${service.name}) (deployment ${failed.id}) deployment failed: ${words}`);
  const reason = `Service deployment rolled back because the circuit breaker threshold was exceeded.`;
  if (back) {
    tell(call, arn, `(service ${service.name}) rolling back to deployment ${back.id}.`);
    endServiceDeployment(call, failed.id, "ROLLBACK_IN_PROGRESS", reason, back.id);
  } else {
    const rollingBack = serviceDeployments(call)
      .all()
      .some((one) => one.rollbackTo === failed.id && one.finished === undefined);
    endServiceDeployment(
      call,
      failed.id,
      rollingBack ? "ROLLBACK_FAILED" : "STOPPED",
      "Circuit breaker threshold exceeded.",
    );
  }
}
