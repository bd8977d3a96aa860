import type { RequestOptions } from "node:https";
import type { ConnectionOptions } from "node:tls";
import { HttpMethod, KubeConfig, RequestContext } from "@kubernetes/client-node";
import { Agent, type Dispatcher, fetch, type Response } from "undici";
import { ConflictError, KubeError } from "./errors.ts";

export interface RequestInput {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Media type of the body, `application/json` unless told: it selects the kind of patch. */
  readonly contentType?: string;
  readonly accept?: string;
  /** Milliseconds the whole call may take, 15,000 unless told. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * The API server's HTTP interface with the credentials of a kubeconfig or of the pod. Connections are kept and reused.
 * They speak HTTP/1.1: where requests share one HTTP/2 connection, one that went silent takes all of them with it.
 */
export class KubeHttp {
  readonly #config: KubeConfig;
  #dispatcher: { readonly key: string; readonly value: Dispatcher } | undefined;

  constructor(config: KubeConfig) {
    this.#config = config;
  }

  /** Reads the file once; tokens and certificates that it names are read again as they expire. */
  static fromKubeconfig(path: string): KubeHttp {
    const config = new KubeConfig();
    config.loadFromFile(path);
    return new KubeHttp(config);
  }

  /** $KUBECONFIG, ~/.kube/config, or the pod's service account, in this order. */
  static fromDefault(): KubeHttp {
    const config = new KubeConfig();
    config.loadFromDefault();
    return new KubeHttp(config);
  }

  /** The parsed JSON answer. Rejects with KubeError for any status other than 2xx, for no answer, and when time is up. */
  async request(
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    input: RequestInput = {},
  ): Promise<unknown> {
    const limit = new Limit(input.timeoutMs ?? 15_000, input.signal);
    try {
      const response = await this.#send(method, path, input, limit.signal);
      if (!response.ok) throw await errorOf(response);
      return await response.json();
    } catch (error) {
      throw limit.explain(`${method} ${path}`, error);
    } finally {
      limit.end();
    }
  }

  /**
   * Calls `onItem` with each JSON document of an endless answer. Resolves when the server ends it, rejects with KubeError when
   * the server refuses, the connection breaks, `signal` aborts or nothing at all arrived for `silenceMs` milliseconds.
   */
  async stream(
    path: string,
    onItem: (item: unknown) => void,
    silenceMs: number,
    input: RequestInput = {},
  ): Promise<void> {
    const limit = new Limit(silenceMs, input.signal);
    try {
      const response = await this.#send("GET", path, input, limit.signal);
      if (!response.ok) throw await errorOf(response);
      limit.renew();
      const decoder = new TextDecoder();
      let rest = "";
      for await (const chunk of response.body ?? []) {
        limit.renew();
        const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line !== "") onItem(JSON.parse(line));
      }
    } catch (error) {
      throw limit.explain(`GET ${path}`, error);
    } finally {
      limit.end();
    }
  }

  async #send(method: string, path: string, input: RequestInput, signal: AbortSignal): Promise<Response> {
    const cluster = this.#config.getCurrentCluster();
    if (cluster === null) throw new KubeError(0, "NoCluster", "The kubeconfig has no current context with a cluster");
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const headers: Record<string, string> = {
      accept: input.accept ?? "application/json",
      "user-agent": "agentorchestrator",
    };
    for (const [name, value] of Object.entries(options.headers ?? {})) headers[name] = String(value);
    if (options.auth) headers.authorization = `Basic ${Buffer.from(options.auth).toString("base64")}`;
    if (input.body !== undefined) headers["content-type"] = input.contentType ?? "application/json";
    const url = new URL(cluster.server.replace(/\/$/, "") + path);
    for (const [name, value] of Object.entries(input.query ?? {})) url.searchParams.set(name, value);
    return fetch(url, {
      method,
      headers,
      signal,
      body: input.body === undefined ? null : JSON.stringify(input.body),
      dispatcher: await this.#connections(options as ConnectionOptions),
    });
  }

  /** client-node makes a dispatcher, and so a TLS handshake, for every request; this one lives as long as its credentials. */
  async #connections(tls: ConnectionOptions): Promise<Dispatcher> {
    const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = tls;
    const picked = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
    const identity = JSON.stringify(picked);
    if (this.#dispatcher?.key === identity) return this.#dispatcher.value;
    const given = Object.fromEntries(Object.entries(picked).filter(([, value]) => value !== undefined));
    const plan = this.#config.createDispatcherOptions(this.#config.getCurrentCluster(), given);
    const value =
      plan.type === "agent"
        ? new Agent({ allowH2: false, connect: { ...(plan.connect as object), timeout: 5_000 } })
        : await this.#throughProxy();
    this.#dispatcher = { key: identity, value };
    return value;
  }

  async #throughProxy(): Promise<Dispatcher> {
    const context = new RequestContext("https://unused", HttpMethod.GET);
    await this.#config.applySecurityAuthentication(context);
    return (context.getDispatcher() as Dispatcher | undefined) ?? new Agent({ allowH2: false });
  }
}

/** Aborts when time is up or the caller's signal aborts, and leaves no listener on that signal afterwards. */
class Limit {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;
  #expired = false;
  readonly #abort = () => this.#controller.abort();

  constructor(ms: number, outer: AbortSignal | undefined) {
    this.#ms = ms;
    this.#outer = outer;
    if (outer?.aborted) this.#abort();
    outer?.addEventListener("abort", this.#abort, { once: true });
    this.renew();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#abort();
    }, this.#ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#abort);
  }

  explain(what: string, error: unknown): KubeError {
    if (error instanceof KubeError) return error;
    if (this.#expired) return new KubeError(0, "Timeout", `${what}: the API server was silent for ${this.#ms} ms`);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return new KubeError(0, "NoAnswer", `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause: error,
    });
  }
}

/** A Status: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
async function errorOf(response: Response): Promise<KubeError> {
  const text = await response.text();
  let status: { reason?: string; message?: string } = {};
  try {
    status = JSON.parse(text);
  } catch {
    status = { message: text.slice(0, 1_000) };
  }
  const message = status.message ?? `HTTP ${response.status}`;
  if (response.status === 409 && status.reason !== "AlreadyExists") return new ConflictError(message);
  return new KubeError(response.status, status.reason ?? response.statusText, message);
}
