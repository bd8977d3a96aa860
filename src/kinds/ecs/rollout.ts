import type { Deployment, Service } from "@aws-sdk/client-ecs";
import type { Live } from "../kind.ts";
import type { ServiceProps } from "./service.ts";

/** A release that the circuit breaker gave up on. */
export interface Failure {
  /** ARN of its revision. */
  readonly taskDefinition: string;
  /** All of it that ECS takes back with the revision, where the history of the service tells. */
  readonly release?: Live<ServiceProps>;
  /** ECS's words. */
  readonly reason: string;
}

/**
 * How a service's newest deployment goes. Sources: ECS developer guide, "How the Amazon ECS deployment circuit breaker
 * detects failures", and ECS API reference, Deployment.
 */
export type Rollout =
  /** All tasks of the newest deployment run. */
  | { readonly state: "steady" }
  /** `failing`: ARN of a revision some of whose tasks do not stay up; ECS has not given up on it. */
  | {
      readonly state: "rolling";
      readonly words: string;
      readonly failing: string | undefined;
      readonly failure?: never;
    }
  /** ECS replaces the tasks of a failed revision by those of the one before. Which, the description tells only at first. */
  | { readonly state: "rollingBack"; readonly failing: string | undefined; readonly failure: Failure | undefined }
  /** ECS gave up, and there is no earlier revision to go back to. */
  | { readonly state: "stuck"; readonly failing: string; readonly failure: Failure };

export function rolloutOf(service: Service): Rollout {
  const primary = primaryOf(service);
  if (!primary) return { state: "rolling", words: "ECS starts the first deployment", failing: undefined };
  const { taskDefinition = "", rolloutState = "COMPLETED" } = primary;
  if (rolloutState === "FAILED") return { state: "stuck", failing: taskDefinition, failure: failureOf(primary) };
  const done = rolloutState === "COMPLETED";
  if (done && service.runningCount === service.desiredCount) return { state: "steady" };
  const failed = service.deployments?.find((one) => one.rolloutState === "FAILED" && isRollbackOf(primary, one));
  if (failed || ROLLING_BACK.test(primary.rolloutStateReason ?? "")) {
    return { state: "rollingBack", failing: failed?.taskDefinition, failure: failed && failureOf(failed) };
  }
  const { runningCount = 0, desiredCount = 0 } = done ? service : primary;
  // Tasks that were up and are no more count as failing; those of a deployment under way, once ECS counts them.
  const failing = (done && runningCount < desiredCount) || primary.failedTasks ? taskDefinition : undefined;
  return { state: "rolling", words: `${runningCount} of ${desiredCount} tasks run${trouble(service)}`, failing };
}

const ROLLING_BACK = /rolling back to/i;

/** ECS says so in the reason; or it has put a deployment from before the failed one in charge again. */
function isRollbackOf(primary: Deployment, failed: Deployment): boolean {
  return ROLLING_BACK.test(primary.rolloutStateReason ?? "") || time(primary.createdAt) < time(failed.createdAt);
}

export function primaryOf(service: Service): Deployment | undefined {
  return service.deployments?.find((deployment) => deployment.status === "PRIMARY");
}

/** ARN of the revision that most tasks run: while a deployment is under way, still the one before. */
export function runningRevision(service: Service): string {
  const [most] = [...(service.deployments ?? [])].sort((a, b) => (b.runningCount ?? 0) - (a.runningCount ?? 0));
  return (
    (most?.runningCount ? most.taskDefinition : undefined) ??
    primaryOf(service)?.taskDefinition ??
    service.taskDefinition ??
    ""
  );
}

/**
 * True when its events tell of a deployment that failed: only then is the history of its deployments worth a call. They
 * are the newest 100, and the failed deployment is in the service's description no longer than its tasks.
 */
export function hasFailedBefore(service: Service): boolean {
  return (service.events ?? []).some(({ message = "" }) =>
    /deployment failed|rolling back to deployment/i.test(message),
  );
}

function failureOf({ taskDefinition = "", rolloutStateReason }: Deployment): Failure {
  return { taskDefinition, reason: rolloutStateReason ?? "the deployment failed" };
}

/** The newest event when it tells of trouble, without its ids and addresses, which differ each time. */
function trouble(service: Service): string {
  const [newest] = [...(service.events ?? [])].sort((a, b) => time(b.createdAt) - time(a.createdAt));
  const [, words] = /was unable to (.*)/s.exec(newest?.message ?? "") ?? [];
  return words ? `; ECS was unable to ${words.replace(/\(task [0-9a-f-]+\) ?/g, "").slice(0, 300)}` : "";
}

function time(at: Date | undefined): number {
  return at?.getTime() ?? 0;
}
