import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { stagesOf } from "../../scripts/dockerfile.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const stages = stagesOf(read("Dockerfile"));
const last = stages.at(-1);
const inLast = (name: string): string | undefined => last?.instructions.findLast((one) => one.name === name)?.args;

test("the image is built in one stage and runs in another that holds the bundle alone", () => {
  expect(stages).toHaveLength(2);
  const copies = last?.instructions.filter(({ name }) => name === "COPY").map(({ args }) => args);
  expect(copies).toEqual([`--from=${stages[0]?.name} /src/dist/operator.js /app/`]);
  expect(last?.instructions.some(({ name }) => name === "RUN" || name === "ADD")).toBe(false);
});

test("it runs as the user that the Deployment demands, without a shell", () => {
  const deployment = parse(read("manifests/operator/deployment.yaml"));
  const { runAsUser, runAsGroup } = deployment.spec.template.spec.securityContext;
  expect(inLast("USER")).toBe(`${runAsUser}:${runAsGroup}`);
  expect(runAsUser).toBeGreaterThan(0);
  const [program, ...args] = JSON.parse(inLast("ENTRYPOINT") ?? "");
  expect([program, args.at(-1)]).toEqual(["/nodejs/bin/node", "/app/operator.js"]);
  expect(last?.base).toMatch(/distroless.*:nonroot$/);
});

test("both stages run the major release of Node that the project is developed with", () => {
  const { devDependencies } = JSON.parse(read("package.json"));
  const major = devDependencies.node.split(".")[0];
  expect(stages.map(({ base }) => base)).toEqual([`node:${major}-slim`, expect.stringContaining(`nodejs${major}-`)]);
});

test("what the build copies exists, and .dockerignore lets it through", () => {
  const allowed = read(".dockerignore")
    .split("\n")
    .filter((line) => line.startsWith("!"));
  const copied = (stages[0]?.instructions ?? [])
    .filter(({ name }) => name === "COPY")
    .flatMap(({ args }) => args.split(/\s+/).slice(0, -1));
  expect(copied.length).toBeGreaterThan(0);
  for (const path of copied) {
    expect(existsSync(new URL(path, root)), path).toBe(true);
    expect(allowed, path).toContain(`!${path}`);
  }
});

test("credentials for npm are mounted and leave no layer", () => {
  const install = stages[0]?.instructions.find(({ args }) => args.includes("npm ci"))?.args ?? "";
  expect(install).toMatch(/--mount=type=secret,id=npmrc/);
  expect(read("Dockerfile")).not.toMatch(/\b(ARG|ENV)\b.*(TOKEN|PASSWORD|SECRET)/i);
});
