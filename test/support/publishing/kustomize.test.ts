import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { writeComponent } from "../../../scripts/images/kustomize.ts";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
let folder: string;
const read = (file: string): string => readFileSync(join(folder, file), "utf8");
const data = (): unknown => parse(read("digests.yaml")).data;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "component-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the kustomize component", () => {
  it("keeps agents that a later run does not name", () => {
    writeComponent(folder, [
      { agent: "langgraph", digest: digest("a"), repository: undefined },
      { agent: "aws-agent-core", digest: digest("b"), repository: "registry.example.com/core" },
    ]);
    writeComponent(folder, [{ agent: "langgraph", digest: digest("c"), repository: undefined }]);
    expect(data()).toEqual({
      "aws-agent-core.digest": digest("b"),
      "aws-agent-core.repository": "registry.example.com/core",
      "langgraph.digest": digest("c"),
    });
    expect(parse(read("kustomization.yaml")).replacements).toHaveLength(3);
  });

  it("forgets a repository elsewhere when the image is in the agent's own again", () => {
    writeComponent(folder, [{ agent: "langgraph", digest: digest("a"), repository: "registry.example.com/x" }]);
    writeComponent(folder, [{ agent: "langgraph", digest: digest("a"), repository: undefined }]);
    expect(data()).toEqual({ "langgraph.digest": digest("a") });
  });

  it("is the same file for the same images", () => {
    const pins = ["b", "a"].map((agent) => ({ agent, digest: digest("a"), repository: undefined }));
    writeComponent(folder, pins);
    const before = read("digests.yaml") + read("kustomization.yaml");
    writeComponent(folder, pins.toReversed());
    expect(read("digests.yaml") + read("kustomization.yaml")).toBe(before);
  });

  it("is not written over a file that is not its own", () => {
    writeFileSync(join(folder, "digests.yaml"), "kind: Deployment\n");
    const write = () => writeComponent(folder, [{ agent: "a", digest: digest("a"), repository: undefined }]);
    expect(write).toThrow(expect.objectContaining({ code: "BadComponent" }));
    expect(read("digests.yaml")).toBe("kind: Deployment\n");
  });

  it("is not written with what the API server would refuse", () => {
    const write = () => writeComponent(folder, [{ agent: "a", digest: "latest", repository: undefined }]);
    expect(write).toThrow(expect.objectContaining({ code: "InvalidImage" }));
  });
});
