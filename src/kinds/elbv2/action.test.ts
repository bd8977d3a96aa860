import { expect, test } from "vitest";
import { fromActions, type ListenerAction, toAction } from "./action.ts";

const arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/agents/0123456789abcdef";
const forward: ListenerAction = { type: "forward", targetGroupArn: arn };

test.each<ListenerAction>([
  forward,
  { type: "redirect", protocol: "HTTPS", port: "443", statusCode: "HTTP_301" },
  { type: "fixed-response", statusCode: "404", contentType: "text/plain", body: "no such page" },
])("what was written is read again: $type", (action) => {
  expect(fromActions([toAction(action)])).toEqual(action);
});

test("AWS's defaults beside what was written change nothing", () => {
  const group = { TargetGroupArn: arn, Weight: 1 };
  const ForwardConfig = { TargetGroups: [group] };
  expect(fromActions([{ Type: "forward", TargetGroupArn: arn, Order: 1, ForwardConfig }])).toEqual(forward);
  const redirect = { Protocol: "HTTPS", Port: "443", Host: "#{host}", Path: "/#{path}", Query: "#{query}" };
  expect(fromActions([{ Type: "redirect", RedirectConfig: { ...redirect, StatusCode: "HTTP_301" } }])).toEqual({
    type: "redirect",
    protocol: "HTTPS",
    port: "443",
    statusCode: "HTTP_301",
  });
});

test("what the operator never writes equals none of its actions", () => {
  const weights = { TargetGroups: [{ TargetGroupArn: arn }, { TargetGroupArn: `${arn}0` }] };
  const elsewhere = { Protocol: "HTTPS", Host: "example.org", StatusCode: "HTTP_301" } as const;
  for (const actions of [
    [{ Type: "forward", ForwardConfig: weights }],
    [
      { Type: "authenticate-oidc", Order: 1 },
      { ...toAction(forward), Order: 2 },
    ],
    [{ Type: "redirect", RedirectConfig: elsewhere }],
    [],
  ] as const) {
    const shown = fromActions(actions);
    expect(["forward", "redirect", "fixed-response"]).not.toContain(shown.type);
  }
});
