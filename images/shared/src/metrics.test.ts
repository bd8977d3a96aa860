import { describe, expect, it } from "vitest";
import { z } from "zod";
import { withIds } from "./ids.ts";
import { Metrics, type Work } from "./metrics.ts";

/** The JSON schema that CloudWatch publishes with the specification of its embedded metric format. */
const unit = z.enum(["None", "Count", "Milliseconds", "Seconds", "Bytes", "Percent"]);
const emf = z.looseObject({
  _aws: z.strictObject({
    Timestamp: z.int().min(0),
    CloudWatchMetrics: z
      .array(
        z.strictObject({
          Namespace: z.string().min(1).max(1_024),
          Dimensions: z.array(z.array(z.string().min(1).max(250)).min(1).max(30)).min(1),
          Metrics: z
            .array(z.strictObject({ Name: z.string().min(1).max(1_024), Unit: unit }))
            .min(1)
            .max(100),
        }),
      )
      .min(1),
  }),
});

function recorded(work: Work, agent = "langgraph") {
  const lines: string[] = [];
  new Metrics({ agent, write: (line) => lines.push(line) }).record(work);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^\{[^\n]*\}\n$/);
  const line = emf.parse(JSON.parse(lines[0] ?? ""));
  const directive = line._aws.CloudWatchMetrics[0];
  // Target members: what a directive names has to stand in the root.
  for (const { Name } of directive?.Metrics ?? []) expect(line[Name], Name).toEqual(expect.any(Number));
  for (const name of directive?.Dimensions.flat() ?? []) {
    expect(line[name], name).toEqual(expect.any(String));
    expect(line[name]).not.toBe("");
    expect(String(line[name]).length).toBeLessThanOrEqual(1_024);
  }
  return { line, dimensions: directive?.Dimensions, names: directive?.Metrics.map(({ Name }) => Name) };
}

describe("metrics", () => {
  it("of a model's call have the dimensions agent and model, and count tokens", () => {
    const work = { operation: "Converse", model: "m-1", milliseconds: 12.5, status: "completed" } as const;
    const { line, dimensions, names } = recorded({ ...work, inputTokens: 100, outputTokens: 20 });
    expect(dimensions).toEqual([["Agent", "Model"]]);
    expect(names).toEqual(["ExecutionTime", "ErrorRate", "CompletionStatus", "TokensConsumed"]);
    expect(line).toMatchObject({
      ...{ Agent: "langgraph", Model: "m-1", ExecutionTime: 12.5, TokensConsumed: 120 },
      ...{ ErrorRate: 0, CompletionStatus: 1, status: "completed", inputTokens: 100, outputTokens: 20 },
    });
  });

  it("of a request have the dimension agent alone, and no tokens where none are known", () => {
    const { line, dimensions } = recorded({ operation: "POST /invoke", milliseconds: 1, status: "failed", error: "X" });
    expect(dimensions).toEqual([["Agent"]]);
    expect(line).toMatchObject({ ErrorRate: 1, CompletionStatus: 0, error: "X" });
    expect(line).not.toHaveProperty("TokensConsumed");
  });

  it("count only failures as errors: neither what the caller cancelled nor what was refused to him", () => {
    for (const status of ["cancelled", "refused"] as const) {
      expect(recorded({ operation: "x", milliseconds: 1, status }).line).toMatchObject({
        ErrorRate: 0,
        CompletionStatus: 0,
      });
    }
  });

  it("have session, workflow and trace as properties, never as dimensions: each would be a metric to pay for", () => {
    const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", sessionId: "s-1", workflowId: "w-1" };
    const { line, dimensions } = withIds(ids, () => recorded({ operation: "x", milliseconds: 1, status: "completed" }));
    expect(line).toMatchObject({ trace_id: ids.traceId, session_id: "s-1", workflow_id: "w-1" });
    expect(dimensions?.flat()).toEqual(["Agent"]);
  });

  it("are valid whatever the model is called", () => {
    for (const model of ["", " ", "x".repeat(5_000), 'a"\n\u0000b']) {
      recorded({ operation: "x", model, milliseconds: 0, status: "completed", inputTokens: 0 });
    }
  });
});
