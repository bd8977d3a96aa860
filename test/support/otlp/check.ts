import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { installed } from "../emulators/install.ts";

/** A span as OpenTelemetry's own definition reads it. */
export interface CheckedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  /** Whether it has a start, and an end that is not before it. */
  readonly ordered: boolean;
  readonly failed: boolean;
}

/** https://pypi.org/project/opentelemetry-proto/ */
const program = {
  name: "opentelemetry-proto",
  version: "1.45.2",
  requirements: new URL("requirements.txt", import.meta.url),
  program: "python",
};

/**
 * The spans of an OTLP/HTTP JSON request, read by the protobuf definition that the OpenTelemetry project publishes.
 *
 * @throws Error with what Python said when the request is not of that definition
 */
export async function checkOtlp(body: string): Promise<readonly CheckedSpan[]> {
  const python = await installed(program);
  const child = spawn(python, [fileURLToPath(new URL("check.py", import.meta.url))]);
  child.stdin.end(body);
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (code !== 0) throw new Error(`no OTLP: ${errors}`);
  return JSON.parse(output) as CheckedSpan[];
}
