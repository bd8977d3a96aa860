import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvHttpProxyAgent, request } from "undici";
import { ImagesError } from "./errors.ts";
import { type Descriptor, digestOf, INDEX_TYPE } from "./layout.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

interface Call {
  readonly method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each attempt. */
  readonly body?: () => Buffer | Readable;
  readonly expected: readonly number[];
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

const MANIFEST_TYPES = [
  INDEX_TYPE,
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const ATTEMPTS = 4;
/** A layer may take this long on a slow line. */
const UPLOAD_MS = 30 * 60_000;

/**
 * A registry that speaks the OCI distribution specification 1.1: Amazon ECR, docker-registry and others. Speaks HTTPS, with
 * loopback plain HTTP, as Docker does. Repeats what a broken connection, 429 or 5xx cut short: everything that it sends is
 * addressed by its content.
 */
export class Registry {
  readonly host: string;
  readonly #base: string;
  readonly #credentials: Credentials | undefined;
  readonly #dispatcher = new EnvHttpProxyAgent();
  readonly #retryMs: number;
  readonly #tokens = new Map<string, string>();

  /**
   * @param host with its port, where it is not 443
   * @param retryMs longest wait before the second attempt; doubled for each later one
   */
  constructor(host: string, credentials?: Credentials, retryMs = 1_000) {
    this.#retryMs = retryMs;
    this.host = host;
    const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/.test(host);
    this.#base = `${loopback ? "http" : "https"}://${host === "docker.io" ? "registry-1.docker.io" : host}`;
    this.#credentials = credentials;
  }

  /** The manifest that a tag or digest stands for; undefined while there is none. */
  async manifest(repository: string, reference: string): Promise<Manifest | undefined> {
    const headers = { accept: MANIFEST_TYPES.join(", ") };
    const path = `/v2/${repository}/manifests/${reference}`;
    const answer = await this.#call(repository, { method: "GET", path, headers, expected: [200, 404] });
    if (answer.status === 404) return undefined;
    const { body } = answer;
    return { digest: digestOf(body), mediaType: String(answer.headers["content-type"]), bytes: body };
  }

  async tags(repository: string): Promise<readonly string[]> {
    const path = `/v2/${repository}/tags/list`;
    const answer = await this.#call(repository, { method: "GET", path, expected: [200, 404] });
    if (answer.status === 404) return [];
    return (JSON.parse(answer.body.toString()).tags ?? []).sort();
  }

  /** Puts a blob there unless it is there. @returns the bytes that were sent: 0 when it was */
  async pushBlob(repository: string, { digest, size }: Descriptor, file: string): Promise<number> {
    const blob = `/v2/${repository}/blobs/${digest}`;
    const head = await this.#call(repository, { method: "HEAD", path: blob, expected: [200, 404] });
    if (head.status === 200) return 0;
    await this.#repeated(async () => {
      const start = `/v2/${repository}/blobs/uploads/`;
      const begun = await this.#once(repository, { method: "POST", path: start, expected: [202] });
      const sent = await this.#once(repository, {
        method: "PATCH",
        path: this.#location(begun),
        headers: { "content-type": "application/octet-stream", "content-length": String(size) },
        body: () => createReadStream(file),
        expected: [201, 202, 204],
      });
      const end = new URL(this.#location(sent), this.#base);
      end.searchParams.set("digest", digest);
      await this.#once(repository, { method: "PUT", path: end.href, expected: [201, 204] });
    });
    return size;
  }

  /** @param reference tag, or the manifest's own digest */
  async pushManifest(repository: string, reference: string, mediaType: string, bytes: Buffer): Promise<void> {
    const path = `/v2/${repository}/manifests/${reference}`;
    const headers = { "content-type": mediaType };
    await this.#call(repository, { method: "PUT", path, headers, body: () => bytes, expected: [201] });
  }

  close(): Promise<void> {
    return this.#dispatcher.close();
  }

  #location({ headers }: Answer): string {
    const { location } = headers;
    if (typeof location !== "string")
      throw new ImagesError("RegistryError", `${this.host} named no place to upload to`);
    return location;
  }

  #call(repository: string, call: Call): Promise<Answer> {
    return this.#repeated(() => this.#once(repository, call));
  }

  async #repeated<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt === ATTEMPTS || !(error instanceof Interrupted)) throw error;
        await sleep(Math.random() * this.#retryMs * 2 ** (attempt - 1));
      }
    }
  }

  async #once(repository: string, call: Call): Promise<Answer> {
    let answer = await this.#send(call, this.#tokens.get(repository));
    if (answer.status === 401) {
      const token = await this.#authenticate(repository, String(answer.headers["www-authenticate"] ?? ""));
      this.#tokens.set(repository, token);
      answer = await this.#send(call, token);
    }
    if (call.expected.includes(answer.status)) return answer;
    throw this.#failure(repository, call, answer);
  }

  async #send({ method, path, headers, body }: Call, authorization: string | undefined): Promise<Answer> {
    try {
      const answer = await request(new URL(path, this.#base), {
        method,
        headers: { ...headers, ...(authorization && { authorization }) },
        ...(body && { body: body() }),
        dispatcher: this.#dispatcher,
        headersTimeout: method === "PATCH" ? UPLOAD_MS : 60_000,
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      return { status: answer.statusCode, headers: answer.headers, body: bytes };
    } catch (error) {
      const { message, code = "" } = error as NodeJS.ErrnoException;
      const text = `the registry ${this.host} cannot be reached: ${message || code}`;
      throw new Interrupted("RegistryUnreachable", text, { cause: error });
    }
  }

  /** Docker registry specification, "Token Authentication"; ECR takes Basic. */
  async #authenticate(repository: string, challenge: string): Promise<string> {
    const { username, password } = this.#credentials ?? {};
    const basic = username && `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    if (!/^bearer /i.test(challenge)) {
      if (basic) return basic;
      throw new ImagesError(
        "NoCredentials",
        `the registry ${this.host} asks for credentials: docker login ${this.host}`,
      );
    }
    const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    const url = new URL(fields.get("realm") ?? "");
    url.searchParams.set("service", fields.get("service") ?? "");
    url.searchParams.set("scope", fields.get("scope") ?? `repository:${repository}:pull`);
    const answer = await this.#send({ method: "GET", path: url.href, expected: [200] }, basic);
    if (answer.status !== 200)
      throw this.#failure(repository, { method: "GET", path: url.pathname, expected: [] }, answer);
    const { token, access_token } = JSON.parse(answer.body.toString());
    return `Bearer ${token ?? access_token}`;
  }

  #failure(repository: string, { method }: Call, { status, body }: Answer): ImagesError {
    const where = `${this.host}/${repository}`;
    const said = body.toString().slice(0, 500) || "no reason";
    if (status === 401 || status === 403)
      return new ImagesError("AccessDenied", `${where} refuses ${method} (${status}): ${said}`);
    if (status === 404) return new ImagesError("RepositoryMissing", `${where} does not exist: ${said}`);
    const text = `${where} answered ${status} to ${method}: ${said}`;
    return status === 429 || status >= 500
      ? new Interrupted("RegistryError", text)
      : new ImagesError("RegistryError", text);
  }
}

/** Worth another attempt. */
class Interrupted extends ImagesError {}
