import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publicBases } from "../../../scripts/images/bases.ts";

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const index = {
  schemaVersion: 2,
  manifests: [
    { digest: digest("a"), platform: { os: "linux", architecture: "amd64" } },
    { digest: digest("b"), platform: { os: "linux", architecture: "arm64" } },
    { digest: digest("c"), platform: { os: "linux", architecture: "s390x" } },
  ],
};
let server: Server;
let host: string;
let root: string;
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = createServer(({ url = "" }, response) => {
    asked.push(url);
    const known = /^\/v2\/base\/node\/manifests\/(nonroot|sha256:d+)$/.test(url);
    response.writeHead(known ? 200 : 404, { "content-type": "application/vnd.oci.image.index.v1+json" });
    response.end(known ? JSON.stringify(index) : "{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  root = mkdtempSync(join(tmpdir(), "bases-"));
  mkdirSync(join(root, "images"));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

const dockerfile = (runtime: string): void => {
  const text = `ARG RUNTIME_IMAGE=${host}/${runtime}\nFROM node:24-slim AS build\nFROM \${RUNTIME_IMAGE}\n`;
  writeFileSync(join(root, "images/Dockerfile"), text);
};

describe("base images", () => {
  it("are pinned to what their tag stands for now, by platform", async () => {
    dockerfile("base/node:nonroot");
    const bases = await publicBases(root, ["linux/amd64", "linux/arm64"]);
    expect(bases.builder).toBe("docker.io/library/node:24-slim");
    expect([...bases.runtime]).toEqual([
      ["linux/amd64", { name: `${host}/base/node@${digest("a")}`, digest: digest("a") }],
      ["linux/arm64", { name: `${host}/base/node@${digest("b")}`, digest: digest("b") }],
    ]);
  });

  it("that the Dockerfile pins itself are taken as they are", async () => {
    dockerfile(`base/node:nonroot@${digest("d")}`);
    await publicBases(root, ["linux/arm64"]);
    expect(asked).toEqual([`/v2/base/node/manifests/${digest("d")}`]);
  });

  it.each([
    ["base/absent:nonroot", "does not exist"],
    ["base/node:absent", "does not exist"],
  ])("that are missing, as %s, are told of, with the way round", async (image, message) => {
    dockerfile(image);
    await expect(publicBases(root, ["linux/amd64"])).rejects.toMatchObject({
      code: "BaseImageUnavailable",
      message: expect.stringMatching(new RegExp(`${message}; .*--stand-ins`)),
    });
  });
});
