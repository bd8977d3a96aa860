import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Descriptor } from "../../../scripts/images/layout.ts";
import type { Published } from "../../../scripts/images/publish.ts";
import type { BuiltRecord } from "../../../scripts/images/report.ts";
import { run } from "../../../scripts/run.ts";
import { runContainer } from "../../support/containers/container.ts";
import { ContainerEngine } from "../../support/containers/engine.ts";
import { startRegistry, type TestRegistry } from "../../support/containers/registry.ts";
import { cleanEnv } from "../../support/processes.ts";
import { agentEnvironments } from "./agent-environments.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const environments = agentEnvironments();
const agents = Object.keys(environments);
const repository = (agent: string) => `platform-dev-${agent}`;

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}
/** OCI image specification 1.1, "OCI Image Configuration". */
interface ImageConfig {
  readonly architecture: string;
  readonly created: string;
  readonly config: { readonly User: string; readonly Labels: Readonly<Record<string, string>> };
}

/** Base images come from no registry here: what is built on stand-ins of them is for trying out, as docs/publishing.md says. */
async function images(command: "build" | "publish" | "list", args: readonly string[]): Promise<unknown> {
  const all = ["scripts/images/main.ts", command, "--engine", "buildah", "--stand-ins", ...args, "--json", "-"];
  const progress = (seconds: number, last: string) => console.log(`images ${command}: ${seconds} s: ${last}`);
  return JSON.parse(await run(process.execPath, all, { cwd: root, env: cleanEnv(), progress })).images;
}

describe.skipIf(!process.env.AGENTORCH_CONTAINERS)("the agents' images", () => {
  let registry: TestRegistry;
  let engine: ContainerEngine;
  let folder: string;
  let first: readonly Published[];
  const publish = async (...args: string[]): Promise<readonly Published[]> => {
    const where = ["--project", "platform", "--environment", "dev", "--registry", registry.host];
    return (await images("publish", [...where, ...args])) as readonly Published[];
  };
  const blob = (agent: string, kind: "blobs" | "manifests", digest: string) =>
    fetch(`http://${registry.host}/v2/${repository(agent)}/${kind}/${digest}`, {
      headers: { accept: "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json" },
    });
  const json = async <T>(agent: string, kind: "blobs" | "manifests", digest: string): Promise<T> => {
    const answer = await blob(agent, kind, digest);
    expect(answer.status, digest).toBe(200);
    return (await answer.json()) as T;
  };
  /** Manifest and configuration of the image for an architecture, as the registry has them. */
  const imageFor = async (published: Published, architecture: string) => {
    const { manifests } = await json<{ manifests: Descriptor[] }>(published.agent, "manifests", published.digest);
    const part = manifests.find(({ platform }) => platform?.architecture === architecture);
    const manifest = await json<Manifest>(published.agent, "manifests", part?.digest ?? "");
    return { manifest, config: await json<ImageConfig>(published.agent, "blobs", manifest.config.digest) };
  };
  /** Runs tar over a layer, which the registry hands out. */
  const tar = async (agent: string, layer: string, ...args: string[]): Promise<string> => {
    const file = join(folder, layer.replace("sha256:", ""));
    if (!existsSync(file)) await writeFile(file, Buffer.from(await (await blob(agent, "blobs", layer)).arrayBuffer()));
    return run("tar", ["--gzip", "--file", file, ...args]);
  };

  beforeAll(async () => {
    registry = await startRegistry();
    engine = await ContainerEngine.start();
    folder = await mkdtemp(join(tmpdir(), "images-"));
    first = await publish("--tag", "v1");
  });
  afterAll(async () => {
    await engine?.stop();
    await registry?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("are pushed for both architectures, under a tag that names their content and the one that was asked for", async () => {
    expect(first.map(({ agent }) => agent)).toEqual(agents.toSorted());
    for (const one of first) {
      expect(one.tags, one.agent).toEqual([expect.stringMatching(/^src-[0-9a-f]{12}$/), "v1"]);
      expect(one.platforms.map(({ platform }) => platform)).toEqual(["linux/amd64", "linux/arm64"]);
      const pulled = await blob(one.agent, "manifests", "v1");
      expect(pulled.headers.get("docker-content-digest")).toBe(one.digest);
    }
  });

  it("are not built and not pushed a second time", async () => {
    registry.requests();
    const again = await publish("--tag", "v1");
    expect(again.map(({ digest }) => digest)).toEqual(first.map(({ digest }) => digest));
    expect(again.map(({ built, pushedBytes }) => ({ built, pushedBytes }))).toEqual(
      agents.map(() => ({ built: false, pushedBytes: 0 })),
    );
    const requests = registry.requests();
    expect(requests.length).toBeGreaterThan(0);
    expect(requests.filter((request) => !/^(GET|HEAD) /.test(request))).toEqual([]);
  });

  it("have the same digest when every step is repeated without a cache", async () => {
    const second = (await images("build", ["--no-cache"])) as readonly BuiltRecord[];
    expect(second.map(({ agent, tag, digest }) => ({ agent, tag, digest }))).toEqual(
      first.map(({ agent, tags, digest }) => ({ agent, tag: tags[0], digest })),
    );
    // Six times everything: four minutes on two cores that have nothing else to do.
  }, 1_800_000);

  it.each(agents)("%s runs without root, on a read-only root file system, and answers /health", async (agent) => {
    const published = first.find((one) => one.agent === agent);
    const { port, env } = environments[agent] ?? { port: 0, env: {} };
    const image = `${registry.host}/${repository(agent)}@${published?.digest}`;
    await engine.podman(["pull", "--quiet", image]);
    const container = await runContainer(engine, { image, env, port, health: "/health" });
    const answer = await fetch(`${container.url}/health`);
    expect(await answer.json()).toEqual({ status: "ok" });
    const pid = (await engine.podman(["inspect", "--format", "{{.State.Pid}}", container.id])).trim();
    expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(/^Uid:\t65532\t65532\t65532\t65532$/m);
    expect(readFileSync(`/proc/${pid}/mountinfo`, "utf8")).toMatch(/ \/ \/ ro[, ]/);
    const inside = (path: string) => join(`/proc/${pid}/root`, path);
    for (const program of ["bin/sh", "bin/bash", "usr/bin/dash", "usr/bin/apt", "usr/bin/dpkg", "nodejs/bin/npm"])
      expect(existsSync(inside(program)), program).toBe(false);
    const sbom = JSON.parse(readFileSync(inside("app/sbom.cdx.json"), "utf8"));
    expect(sbom.components.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(["fastify", "pino"]),
    );
    expect(await container.stop(), await container.logs()).toBe(0);
    const [amd64, arm64] = published?.platforms ?? [];
    const figures = { agent, startMilliseconds: container.startMilliseconds, amd64: amd64?.bytes, arm64: arm64?.bytes };
    console.log(JSON.stringify(figures));
    console.log(
      `${agent}: /health after ${figures.startMilliseconds} ms; amd64 ${megabytes(amd64)}, arm64 ${megabytes(arm64)} to download`,
    );
  });

  it.each(agents)("%s for arm64 says so, and its Node is a program for aarch64", async (agent) => {
    const published = first.find((one) => one.agent === agent) as Published;
    const { manifest, config } = await imageFor(published, "arm64");
    expect(config.architecture).toBe("arm64");
    await tar(
      agent,
      manifest.layers[0]?.digest ?? "",
      "--extract",
      "--directory",
      folder,
      "--no-anchored",
      "nodejs/bin/node",
    );
    const elf = readFileSync(join(folder, "nodejs/bin/node")).subarray(0, 20);
    // ELF, 64 bit, little endian; e_machine 183 is EM_AARCH64 (ELF for the Arm 64-bit Architecture).
    expect(elf.subarray(0, 6)).toEqual(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]));
    expect(elf.readUInt16LE(18)).toBe(183);
  });

  it.each(agents)("%s adds nothing to its base but the agent, and tells where it comes from", async (agent) => {
    const published = first.find((one) => one.agent === agent) as Published;
    const { manifest, config } = await imageFor(published, "amd64");
    const added = (await tar(agent, manifest.layers.at(-1)?.digest ?? "", "--list")).trim().split("\n");
    expect(added.filter((path) => !path.endsWith("/")).toSorted()).toEqual([
      "app/agent.js",
      "app/licenses.txt",
      "app/sbom.cdx.json",
    ]);
    expect(config.config.User).toBe("65532:65532");
    // The base may have labels of its own.
    const own = Object.entries(config.config.Labels).filter(([name]) => name.startsWith("org.opencontainers.image."));
    const { "org.opencontainers.image.created": created = "", ...labels } = Object.fromEntries(own);
    expect(labels).toEqual({
      "org.opencontainers.image.title": agent,
      "org.opencontainers.image.version": "0.1.0",
      "org.opencontainers.image.revision": published.revision,
      "org.opencontainers.image.source": "unknown",
      "org.opencontainers.image.licenses": "Apache-2.0",
    });
    expect(Date.parse(config.created)).toBe(Date.parse(created));
  });

  it("are refused under a tag that stands for something else", async () => {
    const other = await fetch(`http://${registry.host}/v2/${repository("langgraph")}/manifests/taken`, {
      method: "PUT",
      headers: { "content-type": "application/vnd.oci.image.index.v1+json" },
      body: JSON.stringify({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.index.v1+json",
        manifests: [],
      }),
    });
    expect(other.status).toBe(201);
    registry.requests();
    await expect(publish("--agents", "langgraph", "--tag", "taken")).rejects.toThrow(
      /TagTaken: .*:taken stands for sha256:.* tags never move, choose another/,
    );
    expect(registry.requests().filter((request) => !/^(GET|HEAD) /.test(request))).toEqual([]);
  });
});

const megabytes = (part: { readonly bytes: number } | undefined): string =>
  `${((part?.bytes ?? 0) / 1_000_000).toFixed(1)} MB`;
