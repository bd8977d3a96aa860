import { beforeAll, expect, test } from "vitest";
import policy from "../../../manifests/iam/policy.json" with { type: "json" };
import { tagKeys } from "../../../src/aws/tags.ts";
import { ROLE_PATH } from "../../../src/kinds/iam/read-roles.ts";
import reference from "./authorization-reference.json" with { type: "json" };
import { alsoChecked, calledActions } from "./iam-calls.ts";

interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const statements: readonly Statement[] = policy.Statement;
const allowed = new Set(statements.flatMap(({ Action }) => Action));
const known: Readonly<
  Record<string, { level: string; resources: string[]; requestTag: boolean; resourceTag: boolean }>
> = reference.actions;

let called: ReadonlySet<string>;
beforeAll(async () => {
  called = await calledActions();
});

test("every call that the operator makes is allowed", () => {
  expect([...called].filter((action) => !allowed.has(action))).toEqual([]);
  expect(called.size).toBeGreaterThan(150);
});

test("what AWS checks besides a call is allowed as well", () => {
  const checked = [...called].flatMap((action) => alsoChecked[action] ?? []);
  expect(checked.filter((action) => !allowed.has(action))).toEqual([]);
});

test("nothing is allowed that no call needs", () => {
  const needed = new Set([...called, ...[...called].flatMap((action) => alsoChecked[action] ?? [])]);
  expect([...allowed].filter((action) => !needed.has(action))).toEqual([]);
  expect([...allowed].filter((action) => action.includes("*"))).toEqual([]);
});

test("every action is one of AWS, and a condition on tags is one that AWS evaluates for it", () => {
  for (const { Sid, Action, Condition } of statements) {
    const keys = Object.values(Condition ?? {}).flatMap((operator) => Object.keys(operator));
    for (const action of Action) {
      const facts = known[action];
      expect(facts, `${action}: run scripts/authorization-reference.ts`).toBeDefined();
      if (keys.includes(`aws:RequestTag/${tagKeys.cluster}`)) expect(facts?.requestTag, `${Sid} ${action}`).toBe(true);
      if (keys.includes(`aws:ResourceTag/${tagKeys.cluster}`))
        expect(facts?.resourceTag, `${Sid} ${action}`).toBe(true);
    }
  }
});

test("a write without a narrower resource or a condition is one that AWS or another service's use gives no choice in", () => {
  const wide = statements
    .filter(({ Resource, Condition }) => Resource === "*" && !Condition)
    .flatMap(({ Action }) => Action)
    .filter((action) => !["Read", "List"].includes(known[action]?.level ?? ""));
  expect(wide.sort()).toEqual([
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:ModifyNetworkInterfaceAttribute",
    "ecs:DeregisterTaskDefinition",
    "route53:AssociateVPCWithHostedZone",
    "route53:CreateHostedZone",
  ]);
  expect(known["ecs:DeregisterTaskDefinition"]?.resources).toEqual([]);
});

test("roles are changed and passed under the operator's path only, and passed to ECS tasks only", () => {
  const roles = `arn:aws:iam::*:role${ROLE_PATH}*`;
  for (const { Action, Resource } of statements) {
    const writes = Action.filter((action) => action.startsWith("iam:") && !/:(Get|List)/.test(action));
    if (writes.length > 0 && !writes.includes("iam:CreateServiceLinkedRole")) expect(Resource).toBe(roles);
  }
  const passing = statements.filter(({ Action }) => Action.includes("iam:PassRole"));
  expect(passing.map(({ Condition }) => Condition)).toEqual([
    { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
  ]);
});

test("values of secrets cannot be read", () => {
  expect([...allowed].filter((action) => /Secret.*Value$|^ssm:/.test(action))).toEqual([
    "secretsmanager:PutSecretValue",
  ]);
});

test("fits a role's inline policies, of which IAM counts 10,240 characters without white space", () => {
  expect(JSON.stringify(policy).replace(/\s/g, "").length).toBeLessThanOrEqual(10_240);
});
