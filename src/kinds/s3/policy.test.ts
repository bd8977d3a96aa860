import { expect, test } from "vitest";
import type { Aws } from "../../aws/aws.ts";
import { policyOf, settingsOf } from "./policy.ts";

const aws = { account: "111122223333", region: "eu-west-1", partition: "aws" } as unknown as Aws;
const accessLogDelivery = { sourceAccount: "111122223333", prefixes: ["alb", "other"] };
const read = (policy: string | undefined) => settingsOf(aws, "logs", policy);

test("a policy that was written says what was asked for", () => {
  for (const tlsOnly of [true, false]) {
    expect(read(policyOf(aws, "logs", { tlsOnly }))).toEqual({ tlsOnly, accessLogDelivery: undefined });
    expect(read(policyOf(aws, "logs", { tlsOnly, accessLogDelivery }))).toEqual({ tlsOnly, accessLogDelivery });
  }
});

test("a bucket that needs no policy has none", () => {
  expect(policyOf(aws, "logs", { tlsOnly: false })).toBeUndefined();
});

test("load balancers of other accounts may not write", () => {
  const policy = JSON.parse(policyOf(aws, "logs", { tlsOnly: true, accessLogDelivery }) ?? "");
  const allows = policy.Statement.filter(({ Effect }: { Effect: string }) => Effect === "Allow");
  expect(allows).toEqual([
    {
      Sid: "LoadBalancerAccessLogs",
      Effect: "Allow",
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: ["arn:aws:s3:::logs/alb/AWSLogs/111122223333/*", "arn:aws:s3:::logs/other/AWSLogs/111122223333/*"],
      Condition: { ArnLike: { "aws:SourceArn": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/*" } },
    },
  ]);
});

test("keys in another order and a list of one written as a value are the same policy", () => {
  const { Statement, Version } = JSON.parse(
    policyOf(aws, "logs", { tlsOnly: false, accessLogDelivery: { ...accessLogDelivery, prefixes: ["alb"] } }) ?? "",
  );
  const [{ Resource, ...rest }] = Statement;
  const rewritten = JSON.stringify({ Statement: { Resource: Resource[0], ...rest }, Version });
  expect(read(rewritten).tlsOnly).toBe(false);
});

test("a statement that somebody added, or ours reworded, is a policy that nobody asked for", () => {
  const policy = JSON.parse(policyOf(aws, "logs", { tlsOnly: true }) ?? "");
  const added = { ...policy, Statement: [...policy.Statement, { Effect: "Allow", Principal: "*", Action: "s3:*" }] };
  const weakened = { ...policy, Statement: [{ ...policy.Statement[0], Action: "s3:PutObject" }] };
  expect(read(JSON.stringify(added)).tlsOnly).toBeUndefined();
  expect(read(JSON.stringify(weakened)).tlsOnly).toBeUndefined();
});
