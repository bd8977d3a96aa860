import { describe, expect, test } from "vitest";
import { kindOf } from "../../src/kinds/registry.ts";
import { fixturesOf, kindNames } from "./subjects.ts";

for (const name of kindNames)
  describe(name, () => {
    const kind = kindOf(name);
    const fixtures = fixturesOf(name);
    const cases = fixtures.flatMap(({ props }) => Object.entries(props));

    test("has a fixture, and so is held to the suite", () => {
      expect(fixtures.length).toBeGreaterThan(0);
      expect(kind.type).toBe(name);
    });

    test("has a changed value for every prop that AWS changes in place, and none for the others", () => {
      for (const [prop, how] of cases) {
        if (kind.createOnly.includes(prop)) expect(how, `${prop} is create-only`).not.toHaveProperty("to");
        else expect(how, `${prop} is not create-only`).not.toHaveProperty("replaces");
      }
      const tried = new Set(cases.filter(([, how]) => !("fixed" in how)).map(([prop]) => prop));
      expect(cases.map(([prop]) => prop).filter((prop) => !tried.has(prop))).toEqual([]);
    });

    test("can update, unless nothing of it changes in place", () => {
      const mutable = cases.some(([, how]) => "to" in how);
      expect(kind.update !== undefined).toBe(mutable);
    });

    test("says what blocks its deletion only where the suite has seen it do so", () => {
      if (kind.blockers) expect(fixtures.some(({ obstruct }) => obstruct)).toBe(true);
    });
  });
