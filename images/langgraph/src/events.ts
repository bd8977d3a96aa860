import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import type { OutboxEvent } from "./store/outbox.ts";

export const SOURCE = "agentorchestrator.langgraph";

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html: 256 KB a request, with room for the envelope. */
const MOST_BYTES = 250_000;

/**
 * An event as it goes on the bus. `id` is the same however often it is sent, so that consumers drop repeats by it; `sequence`
 * counts a workflow's events from 1 with no gaps.
 */
export function entryOf(event: OutboxEvent, bus: string): PutEventsRequestEntry {
  const { workflowId, sequence, type, at, detail } = event;
  return {
    EventBusName: bus,
    Source: SOURCE,
    DetailType: type,
    Time: at,
    Detail: JSON.stringify({ id: `${workflowId}/${sequence}`, workflowId, sequence, at, ...detail }),
  };
}

/** Where every change of a workflow is told. */
export interface Bus {
  /** @returns for each why it was refused, undefined where it was taken */
  put(events: readonly OutboxEvent[], signal: AbortSignal): Promise<(string | undefined)[]>;
}

/** For a platform without events: takes them all and tells nobody, so that they do not gather. */
export const nobody: Bus = { put: async (events) => events.map(() => undefined) };

/** A bus of EventBridge. */
export class EventBus implements Bus {
  readonly #eventBridge: EventBridgeClient;
  readonly #name: string;

  constructor(eventBridge: EventBridgeClient, name: string) {
    this.#eventBridge = eventBridge;
    this.#name = name;
  }

  /**
   * Sends up to ten events, in as many requests as their size needs.
   *
   * @returns for each why it was refused, undefined where it was taken
   */
  async put(events: readonly OutboxEvent[], signal: AbortSignal): Promise<(string | undefined)[]> {
    const refusals: (string | undefined)[] = [];
    for (const entries of bySize(events.map((event) => entryOf(event, this.#name)))) {
      refusals.push(...(await this.#send(entries, signal)));
    }
    return refusals;
  }

  /** A request that failed has refused every entry; one that was answered says it of each. */
  async #send(entries: PutEventsRequestEntry[], signal: AbortSignal): Promise<(string | undefined)[]> {
    try {
      const { Entries = [] } = await this.#eventBridge.send(new PutEventsCommand({ Entries: entries }), {
        abortSignal: signal,
      });
      return entries.map((_, index) => {
        const { EventId, ErrorCode, ErrorMessage } = Entries[index] ?? {};
        return EventId === undefined
          ? `${ErrorCode ?? "NoAnswer"}: ${ErrorMessage ?? "nothing is said of it"}`
          : undefined;
      });
    } catch (error) {
      const refusal = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return entries.map(() => refusal);
    }
  }
}

function bySize(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const requests: PutEventsRequestEntry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const size = Buffer.byteLength(entry.Detail ?? "") + 200;
    if (bytes + size > MOST_BYTES) {
      requests.push([]);
      bytes = 0;
    }
    requests.at(-1)?.push(entry);
    bytes += size;
  }
  return requests;
}
