import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { apiObject } from "./cases/case.ts";
import { customResourceDefinition } from "./crd.ts";
import { cases } from "./validate.cases.ts";
import { validate } from "./validate.ts";

test.each(cases)("$name is judged as the table says", ({ spec, old, metadata, refused }) => {
  const result = validate(apiObject(spec, metadata), old === undefined ? undefined : apiObject(old, metadata));
  if (!refused) return expect(result).toMatchObject({ ok: true });
  const problems = result.ok ? [] : result.problems;
  expect(problems).toEqual([
    { field: refused.field || expect.any(String), message: expect.stringContaining(refused.message) },
  ]);
});

test("every rule has a case that it refuses", () => {
  const messages = messagesOf(customResourceDefinition());
  const untested = messages.filter(
    (message) => !cases.some(({ refused }) => refused?.message && message.includes(refused.message)),
  );
  expect(messages.length).toBeGreaterThan(40);
  expect(untested).toEqual([]);
});

function messagesOf(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = (schema as { "x-kubernetes-validations"?: { message: string }[] })["x-kubernetes-validations"] ?? [];
  return [...own.map(({ message }) => message), ...Object.values(schema).flatMap(messagesOf)];
}

test.each(["dev", "prod"])("examples/%s.yaml is valid", (name) => {
  const example = parse(readFileSync(new URL(`../../examples/${name}.yaml`, import.meta.url), "utf8"));
  expect(validate(example)).toMatchObject({ ok: true });
});

test("an unknown field is named", () => {
  const spec = {
    project: "shop",
    environment: "dev",
    aws: { region: "us-east-1" },
    agents: [{ name: "a", port: 80, cpus: 2 }],
  };
  expect(validate(apiObject(spec))).toEqual({
    ok: false,
    problems: [{ field: "spec.agents[0].cpus", message: expect.stringContaining("no such field") }],
  });
});

test("another kind of object is refused", () => {
  expect(validate({ apiVersion: "v1", kind: "Secret", metadata: { name: "x" } })).toMatchObject({ ok: false });
  expect(validate(undefined)).toMatchObject({ ok: false });
});
