import type { Readable } from "node:stream";
import { AgentError } from "./errors.ts";

export interface StreamedEvent {
  readonly event: string;
  /** Parsed as JSON, or the text where it is none. */
  readonly data: unknown;
}

/** Longest event; more is no event of an agent. */
const LONGEST_EVENT = 4 * 1_048_576;

/** Reads server-sent events (WHATWG HTML, section 9.2.6). @throws AgentError 502 PeerFailed on an event without end */
export async function* readEvents(body: Readable): AsyncGenerator<StreamedEvent> {
  const decoder = new TextDecoder();
  let rest = "";
  let event = "";
  let data: string[] = [];
  for await (const piece of body) {
    rest += decoder.decode(piece as Buffer, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") {
        if (data.length > 0) yield { event: event || "message", data: parsed(data.join("\n")) };
        event = "";
        data = [];
        continue;
      }
      const [, name, value = ""] = /^([^:]*)(?::[ ]?([\s\S]*))?$/.exec(line) ?? [];
      if (name === "event") event = value;
      if (name === "data") data.push(value);
    }
    if (rest.length > LONGEST_EVENT || data.reduce((sum, line) => sum + line.length, 0) > LONGEST_EVENT) {
      throw new AgentError("PeerFailed", `an event is longer than ${LONGEST_EVENT} characters`, {
        status: 502,
        retryable: false,
      });
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
