import { expect, test } from "vitest";
import { Sensitive } from "../graph/ref.ts";
import type { Action, Plan, Step } from "../plan/step.ts";
import { exitCodeOf, type Report, renderCost, renderPlan } from "./render-plan.ts";

const step = (action: Action, more: Partial<Step> = {}): Step => ({
  node: "vpc",
  type: "AWS::EC2::VPC",
  name: "demo-dev",
  action,
  changes: [],
  ...more,
});
const planOf = (...steps: Step[]): Plan => ({ steps });

const cost = { monthlyUSD: 214.5, lines: [{ item: "NAT gateways", quantity: "2 × 730 h", monthlyUSD: 65.7 }] };
const report = (plan: Plan, more: Partial<Report> = {}): Report => ({
  object: "agents/dev",
  region: "us-east-1",
  account: "111122223333",
  offline: false,
  plan,
  cost,
  ...more,
});

test("prints every change field by field, and what comes of it", () => {
  const text = renderPlan(
    report(
      planOf(
        step("create", { changes: [{ field: "cidr", to: "10.0.0.0/16" }] }),
        step("update", {
          node: "service",
          type: "AWS::ECS::Service",
          id: "arn:service",
          changes: [{ field: "desiredCount", from: 2, to: 3 }],
        }),
        step("replace", { changes: [{ field: "port", from: 80, to: 81, createOnly: true }] }),
        step("none"),
      ),
    ),
  );
  expect(text).toBe(`agents/dev in account 111122223333, us-east-1

+   vpc  AWS::EC2::VPC  demo-dev
      cidr: "10.0.0.0/16"

~   service  AWS::ECS::Service  demo-dev (arn:service)
      desiredCount: 2 → 3

-/+ vpc  AWS::EC2::VPC  demo-dev
      port: 80 → 81  (forces a replacement)

Plan: 1 to create, 1 to change, 1 to replace; 1 stay as they are.
Estimated cost: $214.50 a month.`);
});

test("names references to what is not there yet, and never a secret", () => {
  const changes = [
    { field: "vpcId", to: { $ref: { node: "vpc", output: "vpcId" } } },
    { field: "value", to: new Sensitive("hunter2") },
  ];
  const shown = report(planOf(step("create", { changes })));
  expect(renderPlan(shown)).toContain("vpcId: (vpc.vpcId, known after apply)");
  expect(renderPlan(shown)).toContain("value: (sensitive)");
  expect(renderPlan(shown) + JSON.stringify(shown)).not.toContain("hunter2");
});

test("of a change within an object it prints the fields that differ", () => {
  const from = { image: "a@sha256:1", environment: { A: "1", B: "2" } };
  const to = { image: { $ref: { node: "repository", output: "uri" } }, environment: { A: "1", C: "3" } };
  const text = renderPlan(
    report(planOf(step("replace", { changes: [{ field: "container", from, to, createOnly: true }] }))),
  );
  expect(
    text,
  ).toContain(`      container.image: "a@sha256:1" → (repository.uri, known after apply)  (forces a replacement)
      container.environment.B: "2" → (none)  (forces a replacement)
      container.environment.C: (none) → "3"  (forces a replacement)
`);
});

test("says so when there is nothing to do, and when AWS was not asked", () => {
  expect(renderPlan(report(planOf(step("none"))))).toContain("Plan: nothing to do.");
  expect(renderPlan(report(planOf(step("create")), { offline: true, account: undefined }))).toMatch(
    /^agents\/dev in us-east-1, as if nothing of it existed/,
  );
});

test.each([
  [0, "nothing is to be done", planOf(step("none"), step("retain"), step("wait", { id: "vpc-1" }))],
  [2, "something would be created", planOf(step("none"), step("create"))],
  [2, "something would be deleted", planOf(step("delete"))],
  [2, "what does not exist yet waits", planOf(step("wait"))],
  [1, "a person must act first", planOf(step("create"), step("refuse"))],
] as const)("exits with %i when %s", (code, _, plan) => {
  expect(exitCodeOf(plan)).toBe(code);
});

test("aligns the lines of the estimate and holds it against the budget", () => {
  expect(renderCost("agents/dev", { ...cost, budgetUSD: 200 })).toBe(`agents/dev, US dollars a month

NAT gateways  2 × 730 h      65.70

Estimated cost: $214.50 a month, MORE than the budget of $200.`);
});
