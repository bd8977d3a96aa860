import { describe, expect, it } from "vitest";
import type { Statement } from "./document.ts";
import { evaluate, like, type Request } from "./evaluate.ts";

const request = (more: Partial<Request> = {}): Request => ({
  action: "ecs:UpdateService",
  resource: "arn:aws:ecs:us-east-1:111111111111:service/main/web",
  context: {},
  ...more,
});
const allow = (more: Partial<Statement> = {}): Statement => ({
  Effect: "Allow",
  Action: "ecs:*",
  Resource: "*",
  ...more,
});
const decide = (statement: Partial<Statement>, more: Partial<Request> = {}) =>
  evaluate([allow(statement)], request(more));

describe("evaluate", () => {
  it("denies what nothing allows, and what anything denies", () => {
    expect(evaluate([], request())).toBe("implicitDeny");
    expect(evaluate([allow()], request())).toBe("allow");
    expect(evaluate([allow(), allow({ Effect: "Deny", Action: "*" })], request())).toBe("explicitDeny");
  });

  it("compares actions without regard to case, resources with it, and both with wildcards", () => {
    expect(decide({ Action: ["ECS:update*"] })).toBe("allow");
    expect(decide({ Action: "ecs:Describe*" })).toBe("implicitDeny");
    expect(decide({ Resource: "arn:aws:ecs:*:*:service/main/???" })).toBe("allow");
    expect(decide({ Resource: "arn:aws:ecs:*:*:service/MAIN/*" })).toBe("implicitDeny");
    expect(like("a.c", "abc")).toBe(false);
  });

  it("takes NotAction and NotResource for all but those", () => {
    const notAction = { Effect: "Allow" as const, NotAction: "iam:*", Resource: "*" };
    expect(evaluate([notAction], request())).toBe("allow");
    expect(evaluate([notAction], request({ action: "iam:GetRole" }))).toBe("implicitDeny");
    const notResource = { Effect: "Allow" as const, Action: "*", NotResource: "arn:aws:ecs:*:*:service/main/*" };
    expect(evaluate([notResource], request())).toBe("implicitDeny");
  });

  it("wants every condition to hold, and any of a condition's values", () => {
    const Condition = {
      StringEquals: { "aws:ResourceTag/team": ["a", "b"] },
      StringLike: { "aws:PrincipalArn": "*role/op*" },
    };
    const context = { "aws:ResourceTag/team": "b", "aws:PrincipalArn": "arn:aws:iam::1:role/operator" };
    expect(decide({ Condition }, { context })).toBe("allow");
    expect(decide({ Condition }, { context: { ...context, "aws:ResourceTag/team": "c" } })).toBe("implicitDeny");
    expect(decide({ Condition }, { context: {} })).toBe("implicitDeny");
  });

  it("knows whether a key is there", () => {
    const tagged = { Condition: { Null: { "aws:RequestTag/owner": "false" } } };
    expect(decide(tagged, { context: { "aws:RequestTag/owner": "" } })).toBe("allow");
    expect(decide(tagged)).toBe("implicitDeny");
    const optional = { Condition: { StringEqualsIfExists: { "aws:RequestTag/owner": "a" } } };
    expect(decide(optional)).toBe("allow");
    expect(decide(optional, { context: { "aws:RequestTag/owner": "b" } })).toBe("implicitDeny");
  });

  it("compares sets of keys with ForAllValues and ForAnyValue", () => {
    const context = { "aws:TagKeys": ["a", "b"] };
    const keys = (operator: string, value: string | string[]) => ({
      Condition: { [operator]: { "aws:TagKeys": value } },
    });
    expect(decide(keys("ForAllValues:StringEquals", ["a", "b", "c"]), { context })).toBe("allow");
    expect(decide(keys("ForAllValues:StringEquals", "a"), { context })).toBe("implicitDeny");
    expect(decide(keys("ForAnyValue:StringEquals", "a"), { context })).toBe("allow");
  });

  it("fills policy variables in", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable, which IAM fills in
    const Condition = { StringEquals: { "aws:ResourceAccount": "${aws:PrincipalAccount}" } };
    const context = { "aws:ResourceAccount": "1", "aws:PrincipalAccount": "1" };
    expect(decide({ Condition }, { context })).toBe("allow");
    expect(decide({ Condition }, { context: { ...context, "aws:ResourceAccount": "2" } })).toBe("implicitDeny");
  });
});
