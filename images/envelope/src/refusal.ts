/** Why a message is refused. Programs may depend on these. */
export type RefusalCode =
  | "MessageMalformed"
  | "MessageTooLarge"
  | "UnknownKey"
  | "WrongSender"
  | "SignatureInvalid"
  | "WrongReceiver"
  | "MessageStale"
  | "MessageFromFuture"
  | "MessageReplayed"
  | "ReplayStoreFull";

/** A message that must not be acted on. The message of the error quotes none of its content. */
export class MessageRefused extends Error {
  override readonly name = "MessageRefused";
  readonly code: RefusalCode;
  /** Only ReplayStoreFull passes with time. */
  readonly retryable: boolean;

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = code === "ReplayStoreFull";
  }
}
