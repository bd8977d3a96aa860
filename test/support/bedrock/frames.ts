import { EventStreamCodec, type MessageHeaders } from "@smithy/core/event-streams";

/**
 * Frames of `application/vnd.amazon.eventstream`, made by AWS's own codec.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html describes the same framing.
 */
const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString("utf8"),
  (text) => Buffer.from(text, "utf8"),
);

const frame = (headers: Readonly<Record<string, string>>, payload: unknown): Uint8Array => {
  const all: MessageHeaders = { ":content-type": { type: "string", value: "application/json" } };
  for (const [name, value] of Object.entries(headers)) all[name] = { type: "string", value };
  return codec.encode({ headers: all, body: Buffer.from(JSON.stringify(payload)) });
};

/** An event, as `contentBlockDelta`. */
export const eventFrame = (type: string, payload: unknown): Uint8Array =>
  frame({ ":message-type": "event", ":event-type": type }, payload);

/** A modelled exception in mid-stream, as `throttlingException`. */
export const exceptionFrame = (type: string, message: string): Uint8Array =>
  frame({ ":message-type": "exception", ":exception-type": type }, { message });
