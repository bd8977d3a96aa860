import { AgentError, keepSecret } from "@agentorchestrator/shared";
import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { codeOf, grpcError } from "./errors.ts";

describe("the gRPC status of an error", () => {
  it.each([
    [400, false, Code.InvalidArgument],
    [401, false, Code.Unauthenticated],
    [403, false, Code.PermissionDenied],
    [404, false, Code.NotFound],
    [408, true, Code.DeadlineExceeded],
    [409, false, Code.FailedPrecondition],
    [409, true, Code.Aborted],
    [410, false, Code.NotFound],
    [413, false, Code.ResourceExhausted],
    [415, false, Code.InvalidArgument],
    [422, false, Code.InvalidArgument],
    [429, true, Code.ResourceExhausted],
    [499, false, Code.Canceled],
    [500, false, Code.Internal],
    [501, false, Code.Unimplemented],
    [502, true, Code.Unavailable],
    [503, true, Code.Unavailable],
    [503, false, Code.FailedPrecondition],
    [504, true, Code.DeadlineExceeded],
    [507, false, Code.Internal],
  ])("for %i, retryable %s, is %i", (status, retryable, code) => {
    expect(codeOf(new AgentError("Code", "message", { status, retryable }))).toBe(code);
  });

  it("says no secret, in its message as in its details", () => {
    keepSecret("canary-71c2e0");
    const error = new AgentError("Code", "it was canary-71c2e0", {
      status: 409,
      details: { password: "p", reason: "canary-71c2e0" },
      cause: new Error("canary-71c2e0"),
    });
    const status = grpcError(error, "r1");
    const details = JSON.stringify(status.details.map((detail) => "value" in detail && detail.value));
    expect(details).toContain("langgraph.agentorchestrator.io");
    for (const told of [status.message, details, String([...status.metadata])]) expect(told).not.toMatch(/canary|"p"/);
  });

  it("waits whole seconds, and at least as long as was asked for", () => {
    const error = new AgentError("Code", "message", { status: 503, retryAfterSeconds: 0.2 });
    expect(grpcError(error, "r1").details.at(-1)).toMatchObject({ value: { retryDelay: { seconds: 1n } } });
  });
});
