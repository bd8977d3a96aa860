import { describe, expect, it } from "vitest";
import type { Shape } from "../codec/shape.ts";
import { services } from "../services/index.ts";
import { extractConstraints } from "./botocore.ts";
import { type Constraints, constraintsOf } from "./constraints.ts";
import { installedBotocore } from "./installed-botocore.ts";

const remedy = 'run "npm run simulator:constraints"';
const botocore = installedBotocore();

describe.each(services().map((service) => [service.model.signingName, service] as const))("%s", (name, service) => {
  const constraints = constraintsOf(name);

  it(`has constraints for every operation of the simulator (else ${remedy})`, () => {
    expect(Object.keys(constraints.operations)).toEqual(Object.keys(service.operations).sort());
  });

  it("has a rule only for operations that the SDK knows", () => {
    expect(Object.keys(service.operations).filter((operation) => !service.model.operations.has(operation))).toEqual([]);
  });

  it("constrains only members that the SDK's schema has as well", () => {
    const unknown: string[] = [];
    for (const [operation, shape] of Object.entries(constraints.operations)) {
      const input = service.model.operations.get(operation)?.input;
      if (shape && input) compare(constraints, shape, input, operation, unknown, new Set());
    }
    expect(unknown).toEqual([]);
  });

  it.runIf(botocore?.version === constraints.botocore)(`is what botocore says (else ${remedy})`, () => {
    const fresh = extractConstraints(
      (botocore ?? raise()).model(name),
      constraints.botocore,
      Object.keys(service.operations),
    );
    expect(constraints).toEqual(fresh);
  });
});

function raise(): never {
  throw new Error("no botocore");
}

function compare(all: Constraints, name: string, shape: Shape, path: string, unknown: string[], seen: Set<string>) {
  const constraint = all.shapes[name];
  if (!constraint || seen.has(name)) return;
  seen.add(name);
  if (constraint.type === "structure") {
    for (const member of [...(constraint.required ?? []), ...Object.keys(constraint.members ?? {})]) {
      const known = shape.kind === "structure" ? shape.members.find((one) => one.name === member) : undefined;
      if (!known) unknown.push(`${path}.${member}`);
      const target = constraint.members?.[member];
      if (known && target) compare(all, target, known.shape, `${path}.${member}`, unknown, seen);
    }
  } else if (constraint.type === "list" && constraint.item && shape.kind === "list") {
    compare(all, constraint.item, shape.item, `${path}[]`, unknown, seen);
  } else if (constraint.type === "map" && constraint.value && shape.kind === "map") {
    compare(all, constraint.value, shape.value, `${path}{}`, unknown, seen);
  }
}
