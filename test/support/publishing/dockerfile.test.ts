import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fullName, renderStage, stagesOf } from "../../../scripts/dockerfile.ts";
import { allAgents } from "../../../scripts/images/agents.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const stages = stagesOf(read("images/Dockerfile"));
const last = stages.at(-1);
const inLast = (name: string): string | undefined => last?.instructions.findLast((one) => one.name === name)?.args;
const copied = stages
  .slice(0, -1)
  .flatMap(({ instructions }) => instructions)
  .filter(({ name }) => name === "COPY")
  .flatMap(({ args }) => args.split(/\s+/).slice(0, -1));

describe("the agents' Dockerfile", () => {
  it("ends in a stage that holds what was bundled alone, without root and without a shell", () => {
    const run = last?.instructions.filter(({ name }) => /^(COPY|ADD|RUN)$/.test(name));
    expect(run).toEqual([{ name: "COPY", args: "--from=build /app/ /app/" }]);
    expect(inLast("USER")).toBe("65532:65532");
    expect(JSON.parse(inLast("ENTRYPOINT") ?? "")).toEqual(["/nodejs/bin/node", "/app/agent.js"]);
  });

  it("stands on the same images as the operator's", () => {
    const operator = stagesOf(read("Dockerfile")).map(({ base }) => base);
    expect([stages[0]?.base, last?.base]).toEqual(operator);
  });

  it("takes base images that are given to it", () => {
    const given = stagesOf(read("images/Dockerfile"), { RUNTIME_IMAGE: "registry.example.com/node@sha256:0" });
    expect(given.at(-1)?.base).toBe("registry.example.com/node@sha256:0");
  });

  it("copies every workspace's package.json, for npm ci wants all of them, and only what exists", () => {
    const { workspaces } = JSON.parse(read("package.json"));
    expect(copied).toEqual(expect.arrayContaining(workspaces.map((path: string) => `${path}/package.json`)));
    for (const path of copied.filter((one) => !one.includes("$")))
      expect(existsSync(new URL(path, root)), path).toBe(true);
  });

  it("mounts credentials for npm while npm runs, and keeps them nowhere", () => {
    const install = stages[0]?.instructions.find(({ args }) => args.includes("npm ci"))?.args ?? "";
    expect(install).toMatch(/--mount=type=secret,id=npmrc/);
    expect(install).toMatch(/--ignore-scripts/);
    expect(read("images/Dockerfile")).not.toMatch(/\b(ARG|ENV)\b.*(TOKEN|PASSWORD|SECRET)/i);
  });
});

it("a stage alone stands on the base that it is given and copies from images instead of stages", () => {
  const [, second] = stagesOf("FROM a AS build\nRUN x\nFROM b\nCOPY --from=build /x /y\nCOPY --from=c /z /\nUSER 1\n");
  expect(second && renderStage(second, "base@sha256:0", { build: "localhost/built:1" })).toBe(
    "FROM base@sha256:0\nCOPY --from=localhost/built:1 /x /y\nCOPY --from=c /z /\nUSER 1\n",
  );
});

describe("docker-bake.hcl", () => {
  const bake = read("docker-bake.hcl");
  const defaultOf = (name: string) => new RegExp(`variable "${name}" {\\s*default\\s*= "([^"]*)"`).exec(bake)?.[1];

  it("builds every agent of images/", () => {
    const agents = /matrix\s*= { agent = (\[.*\]) }/.exec(bake)?.[1] ?? "[]";
    expect(JSON.parse(agents)).toEqual(allAgents(new URL(".", root).pathname));
  });

  it("stands on the Dockerfile's images", () => {
    expect([defaultOf("NODE_IMAGE"), defaultOf("RUNTIME_IMAGE")]).toEqual([stages[0]?.base, last?.base]);
  });

  it("gives the Dockerfile arguments that it knows", () => {
    const known = new Set([...read("images/Dockerfile").matchAll(/^ARG (\w+)/gm)].map(([, name]) => name));
    const given = [...(/args = {([^}]*)}/.exec(bake)?.[1] ?? "").matchAll(/^\s*(\w+)\s*=/gm)].map(([, name]) => name);
    expect(given.length).toBeGreaterThan(0);
    expect(given.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe("an image's whole name", () => {
  it.each([
    ["node:24-slim", "docker.io/library/node:24-slim"],
    ["grafana/grafana", "docker.io/grafana/grafana"],
    ["gcr.io/distroless/nodejs24-debian12:nonroot", "gcr.io/distroless/nodejs24-debian12:nonroot"],
    ["localhost:5000/x", "localhost:5000/x"],
    ["localhost/x", "localhost/x"],
  ])("of %s is %s", (short, whole) => {
    expect(fullName(short)).toBe(whole);
  });
});

it("what tests and tools bring along stays outside of the build", () => {
  const ignored = read("images/Dockerfile.dockerignore").split("\n");
  for (const pattern of ["images/**/node_modules", "images/**/*.test.ts", "images/*/src/testing", "images/*/test"])
    expect(ignored).toContain(pattern);
  expect(globSync("images/*/src/main.ts", { cwd: new URL(".", root).pathname }).length).toBeGreaterThan(2);
});
