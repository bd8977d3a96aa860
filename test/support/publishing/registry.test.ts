import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { keptCredentials } from "../../../scripts/images/credentials.ts";
import { digestOf } from "../../../scripts/images/layout.ts";
import { type Credentials, Registry } from "../../../scripts/images/registry.ts";

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const canary = "canary-7f3a";
const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A server that answers as the test says; the real registry is used by the tests with containers. */
async function registryThat(
  answer: (request: IncomingMessage, body: Buffer, base: string) => Answer,
  credentials?: Credentials,
): Promise<Registry> {
  const server: Server = createServer(async (request, response) => {
    const body = await buffer(request);
    const { status, headers = {}, body: text = "" } = answer(request, body, base());
    response.writeHead(status, headers).end(request.method === "HEAD" ? undefined : text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const registry = new Registry(base().replace("http://", ""), credentials, 1);
  closers.push(() => registry.close());
  return registry;
}

describe("a registry", () => {
  it("that hands out tokens is asked for one with the credentials, and each later request carries it", async () => {
    const asked: string[] = [];
    const basic = `Basic ${Buffer.from(`user:${canary}`).toString("base64")}`;
    const registry = await registryThat(
      ({ url = "", headers: { authorization } }, _, base) => {
        asked.push(url);
        if (url.startsWith("/token")) return { status: authorization === basic ? 200 : 401, body: '{"token":"t1"}' };
        if (authorization === "Bearer t1") return { status: 200, headers: { "content-type": "x" }, body: "manifest" };
        const challenge = `Bearer realm="${base}/token",service="here",scope="repository:a/b:pull"`;
        return { status: 401, headers: { "www-authenticate": challenge } };
      },
      { username: "user", password: canary },
    );
    expect((await registry.manifest("a/b", "v1"))?.digest).toBe(digestOf("manifest"));
    await registry.manifest("a/b", "v2");
    expect(asked).toEqual([
      "/v2/a/b/manifests/v1",
      "/token?service=here&scope=repository%3Aa%2Fb%3Apull",
      "/v2/a/b/manifests/v1",
      "/v2/a/b/manifests/v2",
    ]);
  });

  it("that refuses is told of without the credentials", async () => {
    const credentials = { username: "user", password: canary };
    const registry = await registryThat(() => ({ status: 403, body: "denied" }), credentials);
    const error = await registry.manifest("a", "v1").catch((one: Error) => one);
    expect(error).toMatchObject({
      code: "AccessDenied",
      message: expect.stringContaining("refuses GET (403): denied"),
    });
    expect(`${error} ${JSON.stringify(error)}`).not.toContain(canary);
  });

  it("that asks for credentials where there are none says how to give them", async () => {
    const registry = await registryThat(() => ({ status: 401, headers: { "www-authenticate": 'Basic realm="x"' } }));
    await expect(registry.manifest("a", "v1")).rejects.toMatchObject({
      code: "NoCredentials",
      message: expect.stringMatching(/docker login 127\.0\.0\.1/),
    });
  });

  it("that is not there is told of, after some attempts", async () => {
    const registry = new Registry("127.0.0.1:1", undefined, 1);
    closers.push(() => registry.close());
    await expect(registry.manifest("a", "v1")).rejects.toMatchObject({ code: "RegistryUnreachable" });
  });

  it("that breaks off in the middle of a blob gets it from the start, whole", async () => {
    const folder = mkdtempSync(join(tmpdir(), "blob-"));
    closers.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "blob");
    const content = Buffer.alloc(100_000, "x");
    writeFileSync(file, content);
    let uploads = 0;
    const put: string[] = [];
    const registry = await registryThat(({ method, url = "" }, body) => {
      if (method === "HEAD") return { status: 404 };
      if (method === "POST") return { status: 202, headers: { location: `/v2/a/blobs/uploads/${++uploads}?_state=s` } };
      if (method === "PATCH" && uploads === 1) return { status: 503, body: "busy" };
      if (method === "PATCH") {
        expect(body.equals(content)).toBe(true);
        return { status: 202, headers: { location: url } };
      }
      put.push(url);
      return { status: 201 };
    });
    const digest = digestOf(content);
    expect(await registry.pushBlob("a", { mediaType: "x", digest, size: content.length }, file)).toBe(content.length);
    expect(put).toEqual([`/v2/a/blobs/uploads/2?_state=s&digest=${encodeURIComponent(digest)}`]);
  });

  it("that has a blob is not sent it", async () => {
    const methods: string[] = [];
    const registry = await registryThat(({ method = "" }) => {
      methods.push(method);
      return { status: 200 };
    });
    const blob = { mediaType: "x", digest: digestOf("x"), size: 1 };
    expect(await registry.pushBlob("a", blob, "/does/not/exist")).toBe(0);
    expect(methods).toEqual(["HEAD"]);
  });
});

describe("credentials that docker login kept", () => {
  it("are found for their registry alone", () => {
    const folder = mkdtempSync(join(tmpdir(), "docker-"));
    closers.push(() => rmSync(folder, { recursive: true }));
    const auth = Buffer.from("user:pass:word").toString("base64");
    writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { "registry.example.com": { auth } } }));
    const env = { DOCKER_CONFIG: folder };
    expect(keptCredentials("registry.example.com", env)).toEqual({ username: "user", password: "pass:word" });
    expect(keptCredentials("other.example.com", env)).toBeUndefined();
  });
});
