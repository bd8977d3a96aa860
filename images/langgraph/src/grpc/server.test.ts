import { once } from "node:events";
import { createServer } from "node:http";
import { connect as connectHttp2, constants } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { compressionGzip, createGrpcTransport } from "@connectrpc/connect-node";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { workflowsWithoutDatabase } from "../testing/absent-database.ts";
import { type Doors, type DoorsOptions, type Issuer, newIssuer, openDoors } from "../testing/doors.ts";
import { Decision, Step, WorkflowService } from "./gen/agentorchestrator/langgraph/v1/workflows_pb.ts";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./gen/google/rpc/error_details_pb.ts";
import { HealthCheckResponse_ServingStatus as Serving } from "./gen/grpc/health/v1/health_pb.ts";

const GET_WORKFLOW = "/agentorchestrator.langgraph.v1.WorkflowService/GetWorkflow";

let issuer: Issuer;
beforeAll(async () => {
  issuer = await newIssuer();
});

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

async function doors(kind: "down" | "silent", options: Partial<DoorsOptions> = {}): Promise<Doors> {
  const workflows = await workflowsWithoutDatabase(kind);
  const doors = await openDoors({ workflows, issuer, ...options });
  open.push(workflows, doors);
  return doors;
}

const failure = (call: Promise<unknown>): Promise<ConnectError> =>
  call.then(
    () => expect.unreachable("the call succeeded"),
    (error) => ConnectError.from(error),
  );

const reasonOf = (error: ConnectError) => error.findDetails(ErrorInfoSchema)[0]?.reason;

describe("an error over gRPC", () => {
  it("carries the code, whether and when to try again, and the request's id", async () => {
    const { client } = await doors("down");
    const error = await failure(client.getWorkflow({ id: "w1" }, { headers: { "x-request-id": "r-42" } }));
    expect(error.code).toBe(Code.Unavailable);
    expect(error.findDetails(ErrorInfoSchema)[0]).toMatchObject({
      reason: "DatabaseUnavailable",
      domain: "langgraph.agentorchestrator.io",
      metadata: { requestId: "r-42", retryable: "true" },
    });
    expect(error.findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds).toBe(5n);
  });

  it("names every field that is wrong", async () => {
    const { client } = await doors("down");
    const error = await failure(
      client.createWorkflow({ input: { topic: "" }, remoteSteps: [Step.APPROVAL], idempotencyKey: "k" }),
    );
    expect(error.code).toBe(Code.InvalidArgument);
    expect(reasonOf(error)).toBe("InvalidRequest");
    const fields = error.findDetails(BadRequestSchema)[0]?.fieldViolations.map(({ field }) => field);
    expect(fields).toEqual(["topic", "remoteSteps.0"]);
  });

  it.each([
    [
      "an enum's unknown number",
      { step: 17 as Step, token: "t", outcome: { case: "result" as const, value: { text: "x" } } },
    ],
    ["neither result nor error", { step: Step.ANALYST, token: "t" }],
    ["no token", { step: Step.ANALYST, outcome: { case: "result" as const, value: { text: "x" } } }],
  ])("refuses %s in a report", async (_case, report) => {
    const { client } = await doors("down");
    const error = await failure(client.reportStep({ id: "w1", ...report }));
    expect([error.code, reasonOf(error)]).toEqual([Code.InvalidArgument, "InvalidRequest"]);
  });

  it("says no token or no claim before anything else, and repeats no secret", async () => {
    const { client, output } = await doors("down");
    const unauthenticated = await failure(client.decideWorkflow({ id: "w1" }));
    expect([unauthenticated.code, reasonOf(unauthenticated)]).toEqual([Code.Unauthenticated, "Unauthenticated"]);
    const authorization = await issuer.bearer("eve", ["reader"]);
    const forbidden = await failure(client.decideWorkflow({ id: "w1" }, { headers: { authorization } }));
    expect([forbidden.code, reasonOf(forbidden)]).toEqual([Code.PermissionDenied, "Forbidden"]);
    expect(forbidden.message).toContain('"workflow-approver" in the claim "roles"');
    await failure(
      client.reportStep({
        id: "w1",
        step: Step.WRITER,
        token: "canary-9f2c",
        outcome: { case: "result", value: { text: "x" } },
      }),
    );
    expect(output.join("")).toContain("gRPC ReportStep");
    expect(output.join("")).not.toContain("canary-9f2c");
    expect(output.join("")).not.toContain(authorization.slice(7));
  });

  it("says that nobody is configured who may decide, and not to try again, as HTTP does", async () => {
    const { client, http } = await doors("down", { issuer: undefined });
    const error = await failure(client.decideWorkflow({ id: "w1" }));
    expect([error.code, reasonOf(error)]).toEqual([Code.FailedPrecondition, "ApprovalsNotConfigured"]);
    const answer = await fetch(`${http}/approve/w1`, { method: "POST" });
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ error: { code: "ApprovalsNotConfigured", retryable: false } });
  });

  it("is about a message that is larger than it may be", async () => {
    const { client } = await doors("down");
    const error = await failure(client.createWorkflow({ input: { topic: "x".repeat(70_000) } }));
    expect(error.code).toBe(Code.ResourceExhausted);
  });
});

describe("what is logged of a call", () => {
  it.each([
    [
      "a call",
      (client: Doors["client"], headers: Record<string, string>) => client.cancelWorkflow({ id: "w1" }, { headers }),
    ],
    [
      "a stream",
      async (client: Doors["client"], headers: Record<string, string>) => {
        for await (const _ of client.watchWorkflow({ id: "w1" }, { headers }));
      },
    ],
  ])("of %s has the ids that the client sent, and its trace", async (_kind, call) => {
    const { client, output } = await doors("down");
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    await failure(call(client, { traceparent, "x-request-id": "r-7", "x-session-id": "s-7" }));
    const lines = output.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "call ended");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      trace_id: traceId,
      request_id: "r-7",
      session_id: "s-7",
      grpcStatus: "Unavailable",
    });
  });
});

describe("a message", () => {
  it("is measured unpacked", async () => {
    const { grpc } = await doors("down");
    const transport = createGrpcTransport({ baseUrl: `http://${grpc.address}`, sendCompression: compressionGzip });
    const client = createClient(WorkflowService, transport);
    const error = await failure(client.createWorkflow({ input: { topic: "x".repeat(10_000_000) } }));
    expect(error.code).toBe(Code.ResourceExhausted);
  });

  it("of nonsense is refused, as is a method that there is not", async () => {
    const { grpc, transport } = await doors("down");
    const session = connectHttp2(`http://${grpc.address}`);
    const stream = session.request({ ":method": "POST", ":path": GET_WORKFLOW, "content-type": "application/grpc" });
    stream.resume().end(Buffer.from([0, 0, 0, 0, 3, 0xff, 0xff, 0xff]));
    const [trailers] = await once(stream, "trailers");
    // https://github.com/grpc/grpc/blob/master/doc/statuscodes.md: what cannot be parsed is INTERNAL
    expect(Number(trailers["grpc-status"])).toBe(Code.Internal);
    session.close();
    const method = { ...WorkflowService.method.getWorkflow, name: "DropAllWorkflows" };
    const { input } = WorkflowService.method.getWorkflow;
    const unknown = failure(transport.unary(method, undefined, undefined, undefined, create(input)));
    expect((await unknown).code).toBe(Code.Unimplemented);
  });
});

describe("a call that takes long", () => {
  it("ends with the client's deadline", async () => {
    const { client } = await doors("silent");
    const began = performance.now();
    const error = await failure(client.getWorkflow({ id: "w1" }, { timeoutMs: 100 }));
    expect(error.code).toBe(Code.DeadlineExceeded);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it("ends with the server's time where the client has more", async () => {
    const { client } = await doors("silent", { env: { REQUEST_TIMEOUT_SECONDS: 0.2 } });
    const error = await failure(client.getWorkflow({ id: "w1" }));
    expect([error.code, reasonOf(error)]).toEqual([Code.DeadlineExceeded, "RequestTimeout"]);
  });

  it("keeps others out above the limit, and health in", async () => {
    const { client, health } = await doors("silent", { env: { MAX_CONCURRENT_REQUESTS: 1 } });
    const first = failure(client.getWorkflow({ id: "w1" }, { timeoutMs: 300 }));
    await sleep(50);
    const second = await failure(client.getWorkflow({ id: "w2" }));
    expect([second.code, reasonOf(second)]).toEqual([Code.Unavailable, "Overloaded"]);
    expect((await health.check({})).status).toBe(Serving.SERVING);
    expect((await first).code).toBe(Code.DeadlineExceeded);
    expect((await failure(client.getWorkflow({ id: "w3" }, { timeoutMs: 50 }))).code).toBe(Code.DeadlineExceeded);
  });
});

describe("health", () => {
  it("is that of the readiness check, and of no other service", async () => {
    let down = false;
    const check = async () => {
      if (down) throw new Error("the database is away");
    };
    const { health } = await doors("down", { check });
    const service = "agentorchestrator.langgraph.v1.WorkflowService";
    expect((await health.check({})).status).toBe(Serving.SERVING);
    expect((await health.check({ service })).status).toBe(Serving.SERVING);
    down = true;
    expect((await health.check({ service })).status).toBe(Serving.NOT_SERVING);
    expect((await failure(health.check({ service: "other" }))).code).toBe(Code.NotFound);
  });

  it("is told as it changes, until the server stops", async () => {
    let down = false;
    const check = async () => {
      if (down) throw new Error("the database is away");
    };
    const { health, startDraining } = await doors("down", { check });
    const told: Serving[] = [];
    for await (const { status } of health.watch({})) {
      told.push(status);
      if (told.length === 1) down = true;
      if (told.length === 2) down = false;
      if (told.length === 3) startDraining();
    }
    expect(told).toEqual([Serving.SERVING, Serving.NOT_SERVING, Serving.SERVING, Serving.NOT_SERVING]);
  });

  it("of an unknown service is told once, and watched on", async () => {
    const { health } = await doors("down");
    const stop = new AbortController();
    const told: Serving[] = [];
    setTimeout(() => stop.abort(), 200);
    await expect(
      (async () => {
        for await (const { status } of health.watch({ service: "other" }, { signal: stop.signal })) told.push(status);
      })(),
    ).rejects.toMatchObject({ code: Code.Canceled });
    expect(told).toEqual([Serving.SERVICE_UNKNOWN]);
  });
});

describe("closing", () => {
  it("lets the call in flight finish, and takes no other", async () => {
    const asked = Promise.withResolvers<void>();
    const keys = createServer((_request, response) => {
      asked.resolve();
      setTimeout(() => response.end('{"keys":[]}'), 300);
    }).listen(0, "127.0.0.1");
    await once(keys, "listening");
    open.push({ [Symbol.asyncDispose]: async () => void keys.close() });
    const jwksUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/`;
    const { client, grpc } = await doors("down", { issuer: { jwksUrl } });
    const authorization = await issuer.bearer("ada");
    const inFlight = failure(
      client.decideWorkflow({ id: "w1", decision: Decision.APPROVED }, { headers: { authorization } }),
    );
    await asked.promise;
    const closed = grpc.close();
    expect([(await inFlight).code, reasonOf(await inFlight)]).toEqual([Code.Unauthenticated, "Unauthenticated"]);
    await closed;
    expect((await failure(client.getWorkflow({ id: "w1" }))).code).toBe(Code.Unavailable);
  });

  it("cuts what is still open when the time to drain is over", async () => {
    const { client, grpc } = await doors("silent", { env: { DRAIN_SECONDS: 0.3 } });
    const inFlight = failure(client.getWorkflow({ id: "w1" }));
    await sleep(50);
    const began = performance.now();
    await grpc.close();
    expect(performance.now() - began).toBeLessThan(2_000);
    expect((await inFlight).code).not.toBe(Code.DeadlineExceeded);
  });
});

describe("what is not gRPC", () => {
  it("does not end the server: bytes, HTTP/1.1, an authority that is none, a path that is none", async () => {
    const { grpc, health } = await doors("down");
    const [host = "", port = ""] = grpc.address.split(":");
    for (const bytes of ["\0\x01\x02garbage\r\n\r\n", "GET / HTTP/1.1\r\nhost: x\r\n\r\n"]) {
      const socket = connect(Number(port), host, () => socket.end(bytes)).resume();
      await once(socket, "close");
    }
    const session = connectHttp2(`http://${grpc.address}`);
    for (const [status, headers] of [
      [400, { ":authority": "x:99999", ":path": GET_WORKFLOW }],
      [400, { ":authority": "%zz", ":path": GET_WORKFLOW }],
      [404, { ":path": "/nothing" }],
      [200, { ":path": `${GET_WORKFLOW}?//[` }],
    ] as const) {
      const stream = session.request({ ":method": "POST", "content-type": "application/grpc", ...headers });
      const [answer] = await once(stream.end(), "response");
      stream.resume();
      expect(answer[constants.HTTP2_HEADER_STATUS]).toBe(status);
    }
    session.close();
    expect((await health.check({})).status).toBe(Serving.SERVING);
  });

  it("is cut when it begins a message and never ends it", async () => {
    const { grpc } = await doors("down", { env: { REQUEST_TIMEOUT_SECONDS: 0.2 } });
    const session = connectHttp2(`http://${grpc.address}`);
    const stream = session.request({ ":method": "POST", ":path": GET_WORKFLOW, "content-type": "application/grpc" });
    stream.on("error", () => {}).write(Buffer.from([0, 0, 0, 0, 9, 1]));
    await once(stream, "close");
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
    session.close();
  });
});
