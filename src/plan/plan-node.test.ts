import { describe, expect, it } from "vitest";
import type { Node } from "../graph/graph.ts";
import type { AnyObserved, Observation } from "./observation.ts";
import { type KindRules, planNode, type Surroundings } from "./plan-node.ts";

const node: Node = {
  id: "database/instance",
  type: "AWS::RDS::DBInstance",
  name: "project-dev-database",
  props: { engine: "postgres", instanceClass: "db.t3.micro" },
  dependsOn: [],
  fact: "DatabaseReady",
};
const rules: KindRules = {
  createOnly: ["engine"],
  timing: { pollSeconds: 15, usually: "5 to 15 minutes" },
  tag: () => {},
  update: () => {},
};
const around: Surroundings = { rules, outputOf: () => undefined, willChange: () => false, tags: { owner: "me" } };

function live(observed: Partial<AnyObserved>): Observation {
  const whole = {
    live: { ...node.props },
    tags: { owner: "me" },
    phase: "ready",
    outputs: {},
    ...observed,
  } as AnyObserved;
  return { state: "live", id: "db-1", observed: whole };
}

describe("planNode", () => {
  it("creates what is not there, with every prop that is set", () => {
    const step = planNode(node, { state: "absent" }, around);
    expect(step).toMatchObject({ action: "create", changes: [{ field: "engine" }, { field: "instanceClass" }] });
  });

  it("does nothing about what is as declared", () => {
    expect(planNode(node, live({}), around)).toMatchObject({ action: "none", changes: [], serves: true });
  });

  it("updates a field that AWS can change, and puts back a tag of ours that is missing", () => {
    const observation = live({ live: { engine: "postgres", instanceClass: "db.t3.small" }, tags: { other: "theirs" } });
    const { action, changes } = planNode(node, observation, around);
    expect(action).toBe("update");
    expect(changes.map(({ field }) => field)).toEqual(["instanceClass", "tags.owner"]);
  });

  it("replaces for a field that AWS cannot change", () => {
    const step = planNode(node, live({ live: { engine: "mysql" } }), around);
    expect(step).toMatchObject({ action: "replace", changes: [{ field: "engine", createOnly: true }] });
  });

  it("refuses to replace data, naming field, both values and the way to allow it", () => {
    const holdsData = { ...around, rules: { ...rules, data: true as const } };
    const step = planNode(node, live({ live: { engine: "mysql" } }), holdsData);
    expect(step).toMatchObject({ action: "refuse", reason: "ReplacementNotAllowed" });
    for (const word of ["engine", "mysql", "postgres", 'allowReplacement: ["database/instance"]'])
      expect(step.message).toContain(word);
    expect(planNode({ ...node, replaceable: true }, live({ live: { engine: "mysql" } }), holdsData).action).toBe(
      "replace",
    );
  });

  it("never takes a failed read for absence", () => {
    const step = planNode(node, { state: "unread", error: new Error("timed out") }, around);
    expect(step).toMatchObject({ action: "wait", reason: "ReadFailed" });
  });

  it("leaves alone what is not ours, and says how to take it over", () => {
    const step = planNode(node, { state: "foreign", id: "db-2", owner: "nobody" }, around);
    expect(step).toMatchObject({ action: "refuse", reason: "NotOurs" });
    expect(step.message).toContain('spec.adopt: [{resource: "database/instance", id: "db-2"}]');
  });

  it("does not create what was to be adopted and is not there", () => {
    const step = planNode({ ...node, adopt: "db-3" }, { state: "absent" }, around);
    expect(step).toMatchObject({ action: "refuse", reason: "AdoptionTargetMissing" });
  });

  it("waits for what AWS is at work on, and for what is being deleted", () => {
    expect(planNode(node, live({ phase: "progressing", message: "creating" }), around)).toMatchObject({
      action: "wait",
      lookAgainMs: 15_000,
    });
    expect(planNode(node, live({ phase: "deleting", message: "going" }), around)).toMatchObject({
      action: "wait",
      reason: "Deleting",
    });
  });

  it("does not send again what AWS gave up on, but sends other changes and other values", () => {
    const refused = { values: { instanceClass: "db.t3.micro" }, because: "no capacity" };
    const before = live({ live: { engine: "postgres", instanceClass: "db.t3.small" } });
    const step = planNode(node, before, { ...around, refused });
    expect(step).toMatchObject({ action: "refuse", reason: "Failed" });
    expect(step.message).toContain("no capacity");
    const corrected = { ...node, props: { ...node.props, instanceClass: "db.t3.medium" } };
    expect(planNode(corrected, before, { ...around, refused }).action).toBe("update");
  });

  it("takes all that AWS gave up on together for one attempt: held as a whole, sent as a whole once a part is changed", () => {
    const refused = { values: { instanceClass: "db.t3.micro", engine: "mysql" }, because: "no capacity" };
    const before = live({ live: { engine: "postgres", instanceClass: "db.t3.small" } });
    const same = { ...node, props: { ...node.props, engine: "mysql" } };
    expect(planNode(same, before, { ...around, refused })).toMatchObject({ action: "refuse", reason: "Failed" });
    const corrected = { ...same, props: { ...same.props, engine: "mariadb" } };
    const fields = planNode(corrected, before, { ...around, refused }).changes.map(({ field }) => field);
    expect(fields).toEqual(["engine", "instanceClass"]);
  });

  it("leaves what exists as it is while what it is made of waits for a person", () => {
    const changed = live({ live: { engine: "postgres", instanceClass: "db.t3.small" } });
    expect(planNode(node, changed, { ...around, heldBy: ["secret"] })).toMatchObject({
      action: "wait",
      serves: true,
      changes: [],
    });
    expect(planNode(node, { state: "absent" }, { ...around, heldBy: ["secret"] }).action).toBe("create");
  });

  it("creates anew what failed for good, unless it holds data", () => {
    const failed = live({ phase: "failed", message: "no route", recreate: true });
    expect(planNode(node, failed, around)).toMatchObject({ action: "replace", message: "no route" });
    expect(planNode(node, failed, { ...around, rules: { ...rules, data: true } })).toMatchObject({
      action: "refuse",
      reason: "Failed",
    });
  });
});
