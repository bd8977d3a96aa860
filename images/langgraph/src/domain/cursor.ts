import { AgentError } from "@agentorchestrator/shared";
import type { Position } from "../store/workflows.ts";

/** An opaque cursor to what follows `position` in the list. */
export function formatCursor({ createdAt, id }: Position): string {
  return Buffer.from(JSON.stringify([createdAt.getTime(), id])).toString("base64url");
}

/** @throws AgentError 400 InvalidCursor */
export function parseCursor(cursor: string): Position {
  try {
    const [time, id, ...rest]: unknown[] = JSON.parse(Buffer.from(cursor, "base64url").toString());
    const createdAt = new Date(typeof time === "number" ? time : Number.NaN);
    if (typeof id === "string" && rest.length === 0 && !id.includes("\0") && Number.isFinite(createdAt.getTime())) {
      return { createdAt, id };
    }
  } catch {
    // falls through to the refusal
  }
  throw new AgentError("InvalidCursor", "cursor is none that this list gave: leave it out to begin with the newest", {
    status: 400,
  });
}
