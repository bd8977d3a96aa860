import { randomBytes } from "node:crypto";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { propagateAttributes, startActiveObservation } from "@langfuse/tracing";
import {
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  trace,
} from "@opentelemetry/api";
import { setGlobalErrorHandler, W3CTraceContextPropagator } from "@opentelemetry/core";
import { AlwaysOffSampler, AlwaysOnSampler, RandomIdGenerator } from "@opentelemetry/sdk-trace-base";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { currentIds } from "./ids.ts";
import type { Logger } from "./log.ts";
import { redactFields, redactText } from "./redact.ts";
import { within } from "./time.ts";

/** A flush against no collector rejects after 4.7 s; one that hangs would never end. */
const LONGEST_FLUSH_MS = 3_000;
/** An export that fails is told once in this time: without a collector every batch does. */
const COMPLAIN_EVERY_MS = 60_000;
/** Langfuse drops longer attributes of a trace. */
const LONGEST_ATTRIBUTE = 200;

export interface TracingConfig {
  readonly agent: string;
  readonly baseUrl?: string | undefined;
  readonly publicKey?: string | undefined;
  readonly secretKey?: string | undefined;
}

export interface Tracing {
  /** Sends what is held, for at most 3 s; never rejects. */
  shutdown(): Promise<void>;
}

const w3c = new W3CTraceContextPropagator();
let exporting = false;

/**
 * Starts tracing to Langfuse (OpenTelemetry, OTLP over HTTP to `<baseUrl>/api/public/otel/v1/traces`). With an address
 * or a key missing nothing is sent, and everything else works, trace ids included. Spans wait in memory (at most 2048,
 * newer ones are then dropped) and are sent in batches: a collector that is away or hangs delays no request.
 */
export function startTracing(config: TracingConfig, log: Logger): Tracing {
  const { agent, baseUrl, publicKey, secretKey } = config;
  const complain = complaints(log);
  setGlobalErrorHandler(complain);
  const processors =
    baseUrl !== undefined && publicKey !== undefined && secretKey !== undefined
      ? [new LangfuseSpanProcessor({ baseUrl, publicKey, secretKey, release: agent, mediaUploadEnabled: false, mask })]
      : [];
  exporting = processors.length > 0;
  const random = new RandomIdGenerator();
  const provider = new NodeTracerProvider({
    sampler: exporting ? new AlwaysOnSampler() : new AlwaysOffSampler(),
    spanProcessors: processors,
    // A request has its trace id before its first span, which is thereby the trace's root.
    idGenerator: {
      generateTraceId: () => currentIds().traceId ?? random.generateTraceId(),
      generateSpanId: () => random.generateSpanId(),
    },
  });
  provider.register({ propagator: w3c });
  return {
    async shutdown() {
      await within(LONGEST_FLUSH_MS, provider.shutdown(), "the collector did not answer").catch(complain);
      exporting = false;
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}

export interface TracedSpan {
  /** Adds to the span; the last value of a field counts. */
  update(fields: {
    output?: unknown;
    usage?: { input?: number | undefined; output?: number | undefined };
    metadata?: Record<string, unknown>;
  }): void;
}

/** Attributes as each of Langfuse's observations takes them. */
interface Observation {
  update(attributes: {
    input?: unknown;
    output?: unknown;
    model?: string;
    metadata?: Record<string, unknown>;
    usageDetails?: Record<string, number>;
    level?: "ERROR";
    statusMessage?: string;
  }): unknown;
}

/**
 * A span around `work`, within the active one. Session id and workflow id of currentIds() become those of the trace;
 * an error is recorded and rethrown. `input` and `output` go to Langfuse without fields whose names say secret.
 */
export function traced<T>(
  name: string,
  options: { type?: "agent" | "generation" | "span" | "tool"; input?: unknown; model?: string },
  work: (span: TracedSpan) => Promise<T>,
): Promise<T> {
  const run = (observation: Observation) => observed(observation, options, work);
  const ids = currentIds();
  const attributes = {
    ...(ids.sessionId !== undefined && { sessionId: ids.sessionId.slice(0, LONGEST_ATTRIBUTE) }),
    metadata: {
      ...(ids.workflowId !== undefined && { workflow_id: ids.workflowId.slice(0, LONGEST_ATTRIBUTE) }),
      ...(ids.requestId !== undefined && { request_id: ids.requestId.slice(0, LONGEST_ATTRIBUTE) }),
    },
  };
  return propagateAttributes(attributes, () => {
    switch (options.type) {
      case "agent":
        return startActiveObservation(name, run, { asType: "agent" });
      case "generation":
        return startActiveObservation(name, run, { asType: "generation" });
      case "tool":
        return startActiveObservation(name, run, { asType: "tool" });
      default:
        return startActiveObservation(name, run);
    }
  });
}

async function observed<T>(
  observation: Observation,
  { input, model }: { input?: unknown; model?: string },
  work: (span: TracedSpan) => Promise<T>,
): Promise<T> {
  if (exporting) {
    observation.update({
      ...(input !== undefined && { input: redactFields(input) }),
      ...(model !== undefined && { model }),
    });
  }
  const span: TracedSpan = {
    update({ output, usage, metadata }) {
      if (!exporting) return;
      const counts = Object.entries(usage ?? {}).filter((entry): entry is [string, number] => entry[1] !== undefined);
      observation.update({
        ...(output !== undefined && { output: redactFields(output) }),
        ...(counts.length > 0 && { usageDetails: Object.fromEntries(counts) }),
        ...(metadata !== undefined && { metadata: redactFields(metadata) as Record<string, unknown> }),
      });
    },
  };
  try {
    return await work(span);
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    observation.update({ level: "ERROR", statusMessage: redactText(message) });
    throw error;
  }
}

/** Headers that make a callee's spans part of this trace: `traceparent` (W3C), or none outside of any work. */
export function traceHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  w3c.inject(context.active(), headers, defaultTextMapSetter);
  const { traceId } = currentIds();
  if (headers.traceparent === undefined && traceId !== undefined) {
    headers.traceparent = `00-${traceId}-${randomBytes(8).toString("hex")}-01`;
  }
  return headers;
}

/** The trace that a request belongs to, by its headers; a new trace id where they name none. */
export function traceOf(headers: Record<string, string | string[] | undefined>): {
  context: Context;
  traceId: string;
} {
  const incoming = w3c.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  const traceId = trace.getSpanContext(incoming)?.traceId ?? randomBytes(16).toString("hex");
  return { context: incoming, traceId };
}

function mask({ data }: { data: unknown }): unknown {
  return typeof data === "string" ? redactText(data) : data;
}

function complaints(log: Logger): (error: unknown) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (performance.now() - last < COMPLAIN_EVERY_MS) return;
    last = performance.now();
    log.warn({ err: error }, "traces cannot be sent to Langfuse; the work goes on without");
  };
}
