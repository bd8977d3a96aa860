import type { Deployment, Service } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { hasFailedBefore, rolloutOf, runningRevision } from "./rollout.ts";

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));
const deployment = (revision: number, facts: Partial<Deployment>): Deployment => ({
  id: `ecs-svc/${revision}`,
  taskDefinition: `api:${revision}`,
  desiredCount: 2,
  createdAt: at(revision),
  ...facts,
});
const service = (runningCount: number, deployments: Deployment[], more: Partial<Service> = {}): Service => ({
  runningCount,
  desiredCount: 2,
  deployments,
  ...more,
});
const failed = deployment(2, {
  status: "ACTIVE",
  rolloutState: "FAILED",
  rolloutStateReason: "ECS deployment circuit breaker: tasks failed to start.",
  desiredCount: 0,
});

describe("rolloutOf", () => {
  it("is steady when the deployment has completed and all tasks run", () => {
    const steady = service(2, [deployment(1, { status: "PRIMARY", rolloutState: "COMPLETED", runningCount: 2 })]);
    expect(rolloutOf(steady)).toEqual({ state: "steady" });
  });

  it("counts the tasks of the new deployment while it goes on", () => {
    const rolling = service(2, [
      deployment(2, { status: "PRIMARY", rolloutState: "IN_PROGRESS", runningCount: 0, failedTasks: 0 }),
      deployment(1, { status: "ACTIVE", rolloutState: "COMPLETED", runningCount: 2 }),
    ]);
    expect(rolloutOf(rolling)).toEqual({ state: "rolling", words: "0 of 2 tasks run", failing: undefined });
    expect(runningRevision(rolling)).toBe("api:1");
  });

  it("names the revision whose tasks fail before the circuit breaker gives up", () => {
    const failing = [
      deployment(1, { status: "PRIMARY", rolloutState: "IN_PROGRESS", runningCount: 0, failedTasks: 1 }),
    ];
    expect(rolloutOf(service(0, failing))).toMatchObject({ state: "rolling", failing: "api:1" });
  });

  it("takes a task that is missing after the rollout for a failing one, but not one that is too many", () => {
    const done = [deployment(1, { status: "PRIMARY", rolloutState: "COMPLETED", runningCount: 1 })];
    expect(rolloutOf(service(1, done))).toMatchObject({
      state: "rolling",
      words: "1 of 2 tasks run",
      failing: "api:1",
    });
    expect(rolloutOf(service(3, done))).toMatchObject({ state: "rolling", failing: undefined });
  });

  it("sees a rollback by ECS's words, and by an older deployment that is in charge again", () => {
    const reason = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.";
    const renewed = deployment(3, { status: "PRIMARY", rolloutState: "IN_PROGRESS", rolloutStateReason: reason });
    const older = deployment(1, { status: "PRIMARY", rolloutState: "IN_PROGRESS", runningCount: 1 });
    for (const primary of [renewed, older]) {
      expect(rolloutOf(service(1, [primary, failed]))).toEqual({
        state: "rollingBack",
        failing: "api:2",
        failure: { taskDefinition: "api:2", reason: "ECS deployment circuit breaker: tasks failed to start." },
      });
    }
  });

  it("does not take a new deployment beside a failed one for a rollback", () => {
    const next = deployment(3, { status: "PRIMARY", rolloutState: "IN_PROGRESS", runningCount: 0 });
    expect(rolloutOf(service(0, [next, failed]))).toMatchObject({ state: "rolling" });
  });

  it("is steady again when the rollback is done, although the failed deployment still drains", () => {
    const back = deployment(3, { status: "PRIMARY", rolloutState: "COMPLETED", runningCount: 2 });
    expect(rolloutOf(service(2, [back, failed]))).toEqual({ state: "steady" });
  });

  it("is stuck when the first deployment fails", () => {
    const first = { ...failed, status: "PRIMARY" };
    expect(rolloutOf(service(0, [first]))).toMatchObject({ state: "stuck", failure: { taskDefinition: "api:2" } });
  });

  it("says what ECS was unable to do, without ids that differ each time", () => {
    const primary = deployment(1, { status: "PRIMARY", rolloutState: "IN_PROGRESS", runningCount: 0 });
    const events = [
      { createdAt: at(1), message: "(service api) has started 1 tasks: (task 0123abcd)." },
      { createdAt: at(2), message: "(service api) was unable to place a task. Reason: Capacity is unavailable." },
    ];
    expect(rolloutOf(service(0, [primary], { events }))).toMatchObject({
      words: "0 of 2 tasks run; ECS was unable to place a task. Reason: Capacity is unavailable.",
    });
  });
});

it("asks for the history of deployments only when events tell of a failure", () => {
  const told = (message: string): boolean => hasFailedBefore({ events: [{ message }] });
  expect(told("(service api) (deployment ecs-svc/2) deployment failed: tasks failed to start.")).toBe(true);
  expect(told("(service api) rolling back to deployment ecs-svc/1.")).toBe(true);
  expect(told("(service api) has reached a steady state.")).toBe(false);
});
