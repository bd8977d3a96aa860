import { setTimeout as sleep } from "node:timers/promises";
import { askByHost } from "../../support/containers/by-host.ts";

export interface WorkflowView {
  readonly id: string;
  readonly status: string;
  readonly steps: readonly { readonly step: string; readonly status: string; readonly attempts: number }[];
}

/** Looks ten times a second until `probe` gives something. @throws with `what` after `ms` */
export async function until<T>(what: string, probe: () => Promise<T | undefined>, ms = 60_000): Promise<T> {
  for (const deadline = performance.now() + ms; ; await sleep(100)) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`not within ${ms / 1000} s: ${what}`);
  }
}

/** Whoever knows the load balancer's name. */
export class PlatformClient {
  readonly #emulator: string;
  readonly #front: string;

  /** @param emulator its address: it is the load balancer, and S3, for those who ask for their names */
  constructor(emulator: string, front: string) {
    this.#emulator = emulator;
    this.#front = front;
  }

  /** A target that has died or does not listen yet is tried again, as it was never asked. @throws what is no success */
  async ask<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const url = new URL(path, this.#front);
    const sent = body === undefined ? "" : JSON.stringify(body);
    const all = { ...(sent !== "" && { "content-type": "application/json" }), ...headers };
    const { status, text } = await until(`a target for ${url.pathname}`, async () => {
      const answer = await askByHost(this.#emulator, url, method, all, sent);
      return answer.status === 502 && answer.text.includes("connect error") ? undefined : answer;
    });
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
    return JSON.parse(text);
  }

  /** Through the front door. @returns the workflow's id */
  async startWorkflow(input: string, sessionId: string): Promise<string> {
    const request = { input, sessionId, route: { workflow: true } };
    return (await this.ask<{ workflow: WorkflowView }>("POST", "/invoke", request)).workflow.id;
  }

  reached(id: string, status: string): Promise<WorkflowView> {
    return until(`workflow ${id} is ${status}`, async () => {
      const view = await this.ask<WorkflowView>("GET", `/workflows/${id}`);
      return view.status === status ? view : undefined;
    });
  }

  async approve(id: string, authorization: string): Promise<void> {
    await this.ask("POST", `/approve/${id}`, { decision: "approve" }, { authorization });
  }

  /** The report's text, by the address that the workflow service signs: its host is one that only containers know. */
  async report(id: string): Promise<string> {
    const { url } = await this.ask<{ url: string }>("GET", `/workflows/${id}/report`);
    return (await askByHost(this.#emulator, new URL(url), "GET")).text;
  }
}
