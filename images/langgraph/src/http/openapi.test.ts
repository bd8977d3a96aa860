import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WorkflowService } from "../grpc/gen/agentorchestrator/langgraph/v1/workflows_pb.ts";
import { workflowsWithoutDatabase } from "../testing/absent-database.ts";
import { type Doors, newIssuer, openDoors } from "../testing/doors.ts";

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: { readonly $ref?: string } }> };
  readonly responses: Record<string, { readonly description: string; readonly content?: Record<string, unknown> }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    readonly schemas: Record<string, { readonly examples?: readonly unknown[] }>;
    readonly securitySchemes?: Record<string, unknown>;
  };
}

let workflows: Awaited<ReturnType<typeof workflowsWithoutDatabase>>;
let doors: Doors;
let document: Document;
beforeAll(async () => {
  workflows = await workflowsWithoutDatabase("down");
  doors = await openDoors({ workflows, issuer: await newIssuer() });
  document = (await (await fetch(`${doors.http}/openapi.json`)).json()) as Document;
});
afterAll(async () => {
  await doors[Symbol.asyncDispose]();
  await workflows[Symbol.asyncDispose]();
});

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
const ours = () => operations().filter(({ path }) => !["/health", "/ready"].includes(path));

describe("the OpenAPI document", () => {
  it("is 3.1, and its components are what it refers to", () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const referred = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    const names = new Set(referred.map(([, name = ""]) => name));
    expect(names).toContain("Workflow");
    expect(Object.keys(document.components.schemas).sort()).toEqual([...names].sort());
  });

  it("has the operations of the gRPC service, and no others", () => {
    const named = ours().map(({ operation }) => operation.operationId);
    expect(named.sort()).toEqual(WorkflowService.methods.map(({ localName }) => localName).sort());
  });

  it("says of each operation what it is for and what it answers, errors included", () => {
    for (const { path, operation } of ours()) {
      expect(operation.summary, path).toBeTruthy();
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        expect(description, `${path} ${status}`).not.toMatch(/^(Default Response)?$/);
        if (status !== "302") expect(Object.keys(content ?? {}), `${path} ${status}`).not.toEqual([]);
      }
      expect(Object.keys(operation.responses), path).toEqual(expect.arrayContaining(["400", "500", "503"]));
    }
  });

  it("has an example of every body that is sent", () => {
    for (const { path, operation } of ours()) {
      for (const { schema } of Object.values(operation.requestBody?.content ?? {})) {
        const name = schema.$ref?.split("/").at(-1) ?? "";
        expect(document.components.schemas[name]?.examples, path).toHaveLength(1);
      }
    }
  });

  it("says that deciding needs a token", () => {
    const decide = document.paths["/approve/{id}"]?.post;
    expect(decide?.security).toEqual([{ bearer: [] }]);
    expect(document.components.securitySchemes).toHaveProperty("bearer");
  });
});

/** One request for each status that needs no database to be answered; the live tests answer the others. */
describe("an answer", () => {
  const json = { "content-type": "application/json" };
  const cases: readonly [status: number, code: string, method: string, path: string, init: RequestInit][] = [
    [503, "DatabaseUnavailable", "POST", "/workflows", { headers: json, body: '{"topic":"x"}' }],
    [503, "DatabaseUnavailable", "GET", "/workflows", {}],
    [503, "DatabaseUnavailable", "GET", "/workflows/w1", {}],
    [503, "DatabaseUnavailable", "GET", "/workflows/w1/events", {}],
    [503, "DatabaseUnavailable", "GET", "/workflows/w1/report", {}],
    [503, "DatabaseUnavailable", "POST", "/workflows/w1/cancel", {}],
    [400, "InvalidJson", "POST", "/workflows", { headers: json, body: '{"topic":' }],
    [400, "InvalidRequest", "POST", "/workflows", { headers: json, body: '{"topic":"x","color":"red"}' }],
    [400, "InvalidRequest", "POST", "/workflows", { headers: json, body: '{"topic":"a\\u0000b"}' }],
    [400, "InvalidRequest", "POST", "/workflows", { headers: json, body: '{"topic":" "}' }],
    [400, "InvalidRequest", "POST", "/workflows", { headers: json, body: "[]" }],
    [
      400,
      "InvalidRequest",
      "POST",
      "/workflows",
      { headers: { ...json, "idempotency-key": "a b" }, body: '{"topic":"x"}' },
    ],
    [400, "InvalidRequest", "GET", "/workflows?limit=0", {}],
    [400, "InvalidRequest", "GET", "/workflows?status=lost", {}],
    [400, "InvalidRequest", "GET", "/workflows?createdAfter=yesterday", {}],
    [400, "InvalidRequest", "GET", "/workflows?colour=red", {}],
    [400, "InvalidRequest", "GET", "/workflows/a%00b", {}],
    [400, "InvalidRequest", "GET", "/workflows/w1/report?redirect=maybe", {}],
    [400, "InvalidRequest", "POST", "/callbacks/w1", { headers: json, body: '{"step":"approval","token":"t"}' }],
    [400, "InvalidRequest", "POST", "/callbacks/w1", { headers: json, body: '{"step":"writer","token":"t"}' }],
    [413, "BodyTooLarge", "POST", "/workflows", { headers: json, body: `{"topic":"${"x".repeat(70_000)}"}` }],
    [415, "UnsupportedMediaType", "POST", "/workflows", { headers: { "content-type": "text/xml" }, body: "<a/>" }],
    [401, "Unauthenticated", "POST", "/approve/w1", { headers: json, body: '{"decision":"approve"}' }],
    [401, "Unauthenticated", "POST", "/approve/w1", { headers: json, body: "nonsense" }],
    [401, "Unauthenticated", "POST", "/workflows/w1/cancel", { headers: { authorization: "Bearer x" } }],
    [404, "RouteNotFound", "DELETE", "/workflows/w1", {}],
  ];

  it.each(cases)("%i %s to %s %s is one that the document names", async (status, code, method, path, init) => {
    const response = await fetch(doors.http + path, { method, ...init });
    const { error } = (await response.json()) as { error: { code: string; requestId: string } };
    expect([response.status, error.code]).toEqual([status, code]);
    expect(error.requestId).toBe(response.headers.get("x-request-id"));
    const template = path.replace(/\?.*/, "").replace(/(w1|a%00b)/, "{id}");
    const documented = document.paths[template]?.[method.toLowerCase()]?.responses;
    if (code !== "RouteNotFound") expect(Object.keys(documented ?? {})).toContain(String(status));
  });
});
