import { setTimeout as sleep } from "node:timers/promises";
import type { ReceivedEvent } from "../testing/event-bridge.ts";
import type { Stage } from "../testing/stage.ts";
import type { Fleet } from "./fleet.ts";
import { type Planned, textOf } from "./plan.ts";

/**
 * Those who use the workflows: each repeats a request, at whichever replica serves, until one has answered it. That is safe by
 * what the API promises: creation by key, the same decision and the same report twice.
 */
export class Clients {
  readonly #stage: Stage;
  readonly #fleet: Fleet;
  readonly #random: () => number;
  readonly #topics = new Map<string, Planned>();
  readonly #handled = new Set<string>();
  readonly #work: Promise<void>[] = [];
  #seen: number;

  constructor(stage: Stage, fleet: Fleet, random: () => number) {
    this.#stage = stage;
    this.#fleet = fleet;
    this.#random = random;
    this.#seen = stage.eventBridge.events.length;
  }

  /** Starts a workflow and returns its id. */
  async create(planned: Planned): Promise<string> {
    const body = { topic: planned.topic, ...(planned.fate === "remote" && { remoteSteps: ["analyst"] }) };
    const { id } = await this.#post("/workflows", body, { "idempotency-key": planned.topic });
    this.#topics.set(id, planned);
    return id;
  }

  /** Acts on the events that came since the last call: decides, and does remote steps. */
  react(): void {
    const events = this.#stage.eventBridge.events.slice(this.#seen);
    this.#seen += events.length;
    for (const event of events) {
      if (this.#handled.has(event.detail.id)) continue;
      this.#handled.add(event.detail.id);
      this.#work.push(this.#answer(event));
    }
  }

  /** Throws what went wrong in answering events. */
  async settled(): Promise<void> {
    await Promise.all(this.#work);
  }

  async #answer({ type, detail }: ReceivedEvent): Promise<void> {
    const { workflowId: id } = detail;
    // The event of a creation whose answer was lost comes before its creator knows the id.
    while (!this.#topics.has(id)) await sleep(10);
    const { topic = "", fate } = this.#topics.get(id) ?? {};
    if (type === "ApprovalRequested") {
      const decision = fate === "rejected" ? "reject" : "approve";
      const authorization = await this.#stage.issuer.bearer("ada");
      await this.#post(`/approve/${id}`, { decision, reason: `as planned for ${topic}` }, { authorization });
    } else if (type === "StepRequested") {
      const result = { text: textOf(topic, "analyst"), inputTokens: 10, outputTokens: 20 };
      await this.#post(`/callbacks/${id}`, { step: detail.step, token: detail.callbackToken, result });
    }
  }

  async #post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<{ id: string }> {
    for (;;) {
      const { url } = await this.#fleet.pick(this.#random);
      const response = await fetch(url + path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(5_000),
      }).catch(() => undefined);
      const text = await response?.text().catch(() => undefined);
      if (response?.ok && text !== undefined) return JSON.parse(text);
      if (response && text !== undefined && response.status < 500) {
        throw new Error(`POST ${path}: ${response.status} ${text}`);
      }
      await sleep(50);
    }
  }
}
