import { describe, expect, it } from "vitest";
import { decodePolicy, type PolicyDocument, type PolicyStatement, samePolicy } from "./policy-document.ts";

const policy = (...Statement: PolicyStatement[]): PolicyDocument => ({ Version: "2012-10-17", Statement });
const read: PolicyStatement = {
  Effect: "Allow",
  Action: ["s3:GetObject", "s3:ListBucket"],
  Resource: "arn:aws:s3:::b",
};

describe("samePolicy", () => {
  it("takes statements, actions and keys in any order", () => {
    const write: PolicyStatement = { Effect: "Allow", Action: "s3:PutObject", Resource: "*" };
    const other = { Resource: ["arn:aws:s3:::b"], Action: ["s3:ListBucket", "s3:GetObject"], Effect: "Allow" } as const;
    expect(samePolicy(policy(read, write), policy(write, other))).toBe(true);
  });

  it("takes a single value for a list of one, also in conditions and for a single statement", () => {
    const conditioned = (value: string | string[]): PolicyStatement => ({
      ...read,
      Condition: { StringEquals: { "aws:SourceAccount": value } },
    });
    const bare = { Version: "2012-10-17", Statement: conditioned(["1"]) } as unknown as PolicyDocument;
    expect(samePolicy(policy(conditioned("1")), bare)).toBe(true);
  });

  it("takes an account for its root user, and everyone for the principal *", () => {
    const trust = (Principal: PolicyStatement["Principal"] & {}): PolicyDocument =>
      policy({ Effect: "Allow", Action: "sts:AssumeRole", Principal });
    expect(samePolicy(trust({ AWS: "111122223333" }), trust({ AWS: ["arn:aws:iam::111122223333:root"] }))).toBe(true);
    expect(samePolicy(trust("*"), trust({ AWS: "*" }))).toBe(true);
    expect(samePolicy(trust({ Service: "ecs-tasks.amazonaws.com" }), trust({ AWS: "111122223333" }))).toBe(false);
  });

  it.each<[string, PolicyStatement]>([
    ["an action more", { ...read, Action: ["s3:GetObject", "s3:ListBucket", "s3:DeleteObject"] }],
    ["a wider resource", { ...read, Resource: "*" }],
    ["the opposite effect", { ...read, Effect: "Deny" }],
    ["a condition less", { ...read, Condition: { Bool: { "aws:SecureTransport": "true" } } }],
  ])("tells %s", (_what, statement) => {
    expect(samePolicy(policy(read), policy(statement))).toBe(false);
  });

  it("tells a statement more", () => {
    expect(samePolicy(policy(read), policy(read, { ...read, Resource: "*" }))).toBe(false);
  });
});

it("reads what IAM sends percent-encoded", () => {
  expect(decodePolicy(encodeURIComponent(JSON.stringify(policy(read))))).toEqual(policy(read));
});
