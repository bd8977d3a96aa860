import { describe, expect, it } from "vitest";
import type { LeavingResult, NodeResult } from "../apply/result.ts";
import type { Fact, Node } from "../graph/graph.ts";
import { claimsOf } from "./claims.ts";

const usually = (): string => "5 minutes";
function result(
  id: string,
  more: Partial<NodeResult> = {},
  fact: Fact = "NetworkReady",
  node: Partial<Node> = {},
): NodeResult {
  const whole: Node = { id, type: "AWS::EC2::VPC", name: id, props: {}, dependsOn: [], fact, ...node };
  return { node: whole, state: "ready", ...more };
}
const leaving = (more: Partial<LeavingResult>): LeavingResult => ({
  entry: { node: "vpc", type: "AWS::EC2::VPC", id: "vpc-1", after: [] },
  state: "deleting",
  ...more,
});
function claims(nodes: readonly NodeResult[], gone: readonly LeavingResult[] = [], deleting = false) {
  const all = claimsOf({ nodes, leaving: gone }, deleting, usually);
  return Object.fromEntries(all.map((claim) => [claim.type, claim]));
}

describe("conditions of a pass", () => {
  it("are only Ready and the facts, all true, when everything is as declared", () => {
    const all = claims([result("vpc"), result("db", {}, "DatabaseReady")]);
    expect(Object.keys(all).sort()).toEqual(["DatabaseReady", "NetworkReady", "Ready"]);
    expect(all.Ready).toMatchObject({ status: "True", reason: "Succeeded" });
  });

  it("say what is waited for and how long that usually takes", () => {
    const all = claims([
      result("vpc"),
      result("db", { state: "progressing", message: "RDS creates it" }, "DatabaseReady"),
    ]);
    expect(all.Ready).toMatchObject({ status: "False", reason: "Progressing" });
    expect(all.Ready?.message).toBe("db: RDS creates it; AWS::EC2::VPC usually takes 5 minutes");
    expect(all.Reconciling?.status).toBe("True");
    expect(all.Stalled).toBeUndefined();
    expect(all.NetworkReady?.status).toBe("True");
    expect(all.DatabaseReady?.status).toBe("False");
  });

  it("tell first what only a person can resolve, and are Stalled; still Reconciling only while something moves", () => {
    const refused = result(
      "role",
      { state: "refused", reason: "AccessDenied", message: "iam:CreateRole" },
      "IdentityReady",
    );
    const moving = claims([refused, result("db", { state: "progressing", message: "creating" })]);
    expect(moving.Ready).toMatchObject({ reason: "AccessDenied", message: "iam:CreateRole" });
    expect(moving.Stalled).toMatchObject({ reason: "AccessDenied" });
    expect(moving.Reconciling?.message).toContain("creating");
    const standing = claims([refused, result("service", { state: "waiting", message: "waits for role" })]);
    expect(standing.Reconciling).toBeUndefined();
  });

  it("name a Secret that is missing before what merely takes its time", () => {
    const blocked = { reason: "SecretNotFound", message: "create Secret x" } as const;
    const needy = result("secret", { state: "waiting", ...blocked }, "SecretsReady", { blocked });
    expect(claims([result("db", { state: "progressing" }), needy]).Ready).toMatchObject(blocked);
  });

  it("say Deleting while things go, and by id what holds a deletion up", () => {
    expect(claims([], [leaving({})], true).Ready).toMatchObject({ status: "False", reason: "Deleting" });
    const blocked = leaving({
      state: "blocked",
      blockers: ["network interface eni-1"],
      message: "used by network interface eni-1",
    });
    const all = claims([], [leaving({}), blocked], true);
    expect(all.Ready).toMatchObject({ reason: "DeletionBlocked" });
    expect(all.Ready?.message).toContain("eni-1");
  });
});
