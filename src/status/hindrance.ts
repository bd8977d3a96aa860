import { describe, TerminalError } from "../aws/errors.ts";

/** What hinders a pass as a whole, before any node was looked at: credentials, a bad reference, a missing Secret. */
export interface Hindrance {
  readonly reason: string;
  readonly message: string;
  /** Only a person can help. */
  readonly stalled: boolean;
}

/** What an error that ended a pass before it began means for a person. */
export function hindranceOf(error: unknown): Hindrance {
  const { class: meaning, message, code } = describe(error);
  if (error instanceof TerminalError) return { reason: error.reason, message, stalled: true };
  if (meaning === "credentials") return { reason: "CredentialsInvalid", message, stalled: true };
  if (meaning === "denied") return { reason: "AccessDenied", message, stalled: true };
  return { reason: meaning === "terminal" ? code : "AWSUnavailable", message, stalled: meaning === "terminal" };
}
