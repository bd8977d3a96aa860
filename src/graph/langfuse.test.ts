import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import documented from "../../images/langfuse/variables.json" with { type: "json" };
import { graphOf, referenceSpec, secretFact } from "../../test/support/reference.ts";
import type { SpecInput } from "../api/resource.ts";
import { validate } from "../api/validate.ts";
import type { Container } from "../kinds/ecs/task-definition.ts";
import type { Graph } from "./graph.ts";

type Langfuse = NonNullable<NonNullable<SpecInput["observability"]>["langfuse"]>;
type SelfHosted = NonNullable<Langfuse["selfHosted"]>;

const clickhouse = { url: "https://x.eu-west-1.aws.clickhouse.cloud:8443", secretRef: { name: "clickhouse" } };
const data = { database: {}, cache: { maxMemoryPolicy: "noeviction" as const }, artifacts: {} };
const certificateArn = "arn:aws:acm:us-east-1:111122223333:certificate/0a";
const access = { domain: { name: "api.example.com", certificateArn } };
const reached: Partial<SelfHosted> = {
  web: { ingress: { host: "langfuse.example.com" } },
  adminEmail: "a@example.com",
};
const secrets = new Map([
  ["langfuse", secretFact("publicKey", "secretKey")],
  ["snowflake", secretFact("account", "user", "password")],
  ["clickhouse", secretFact("user", "password")],
  ["database", secretFact("password")],
]);

function hosted(selfHosted: Partial<SelfHosted> = {}, change: Partial<SpecInput> = {}): Graph {
  const langfuse = { mode: "SelfHosted" as const, selfHosted: { clickhouse, ...selfHosted } };
  return graphOf(referenceSpec({ data, observability: { langfuse }, ...change }), { secrets }).graph;
}
const container = (graph: Graph, id: string): Container =>
  graph.get(`${id}/task-definition`)?.props.container as unknown as Container;
const services = [
  ["web", "langfuse"],
  ["worker", "langfuse/worker"],
] as const;
const setIn = ({ environment, secrets }: Container): readonly string[] => [
  ...Object.keys(environment),
  ...Object.keys(secrets),
];
const rulesOf = (graph: Graph, id: string): readonly string[] => {
  const rules = graph.get(`${id}/ingress`)?.props.rules as
    | { fromPort: number; sourceGroupId?: { $ref: { node: string } } }[]
    | undefined;
  return (rules ?? []).map(({ fromPort, sourceGroupId }) => `${fromPort} from ${sourceGroupId?.$ref.node}`);
};
/** All nodes that must be ready before this one. */
function before(graph: Graph, id: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const next of graph.get(id)?.dependsOn ?? []) {
    if (seen.has(next)) continue;
    seen.add(next);
    before(graph, next, seen);
  }
  return seen;
}

describe.each(services)("%s has an environment as Langfuse documents it", (service, id) => {
  const graphs = [hosted(), hosted(reached, { access })];
  const known = documented.variables.filter((variable) => variable.services.includes(service));

  it("with no variable that it does not have", () => {
    const names = new Set(known.map(({ name }) => name));
    for (const graph of graphs)
      expect(setIn(container(graph, id)).filter((variable) => !names.has(variable))).toEqual([]);
  });

  it("with every variable that it needs", () => {
    for (const graph of graphs) {
      const set = new Set(setIn(container(graph, id)));
      const missing = known.filter(({ name, required, instead }) => {
        const given = set.has(name) || instead?.every((other) => set.has(other));
        return required && !given;
      });
      expect(missing.map(({ name }) => name)).toEqual([]);
    }
  });

  it("with no variable both in plain text and as a secret, and no secret in plain text", () => {
    for (const graph of graphs) {
      const { environment, secrets } = container(graph, id);
      expect(Object.keys(environment).filter((variable) => variable in secrets)).toEqual([]);
      const telling = /PASSWORD|SECRET|SALT|ENCRYPTION|_KEY$|PUBLIC_KEY|AUTH$/;
      expect(Object.keys(environment).filter((variable) => telling.test(variable))).toEqual([]);
    }
  });

  it("with prefixes of the bucket that end in a slash and are within what its role may use", () => {
    for (const [variable, value] of Object.entries(container(hosted(), id).environment)) {
      if (variable.startsWith("LANGFUSE_S3_") && variable.endsWith("_PREFIX"))
        expect(value).toMatch(/^langfuse\/[a-z]+\/$/);
    }
  });
});

it("names every page that a variable is from, and no variable twice", () => {
  const names = documented.variables.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(documented.variables.filter(({ page }) => !(page in documented.pages))).toEqual([]);
  const instead = documented.variables.flatMap((variable) => variable.instead ?? []);
  expect(instead.filter((name) => !names.includes(name))).toEqual([]);
});

it("leads agents to it, with keys that are made here and stand nowhere as text", () => {
  const graph = hosted();
  const { environment, secrets } = container(graph, "agent/langgraph");
  expect(environment.LANGFUSE_BASE_URL).toBe("http://langfuse.multi-agent-orchestrator.local:3000");
  expect(environment.LANGFUSE_HOST).toBe(environment.LANGFUSE_BASE_URL);
  expect(secrets.LANGFUSE_SECRET_KEY).toEqual({
    $template: [
      { $ref: { node: "langfuse/keys", output: "secretArn" } },
      ":",
      "secretKey",
      "::",
      { $ref: { node: "langfuse/keys", output: "currentVersion" } },
    ],
  });
  expect(container(graph, "langfuse").secrets.LANGFUSE_INIT_PROJECT_SECRET_KEY).toEqual(secrets.LANGFUSE_SECRET_KEY);
  expect(graph.get("langfuse/secret")).toBeUndefined();
  expect(JSON.stringify(graph.nodes)).not.toContain("value of");
});

it("lets in agents that use it, and is let in where its data is; nothing reaches the worker", () => {
  const graph = hosted();
  const users = ["aws-agent-core", "langgraph", "snowflake-cortex"];
  expect(rulesOf(graph, "langfuse/security-group")).toEqual(
    users.map((agent) => `3000 from agent/${agent}/security-group`),
  );
  expect(graph.get("langfuse/worker/security-group/ingress")).toBeUndefined();
  const own = ["langfuse/security-group", "langfuse/worker/security-group"];
  expect(rulesOf(graph, "database/security-group")).toEqual([
    "5432 from agent/langgraph/security-group",
    ...own.map((group) => `5432 from ${group}`),
  ]);
  expect(rulesOf(graph, "cache/security-group")).toEqual(own.map((group) => `6379 from ${group}`));
});

it("reaches AWS through the endpoints of the VPC where there are any", () => {
  const graph = hosted({}, { network: { natGateways: "Single", endpoints: ["secretsmanager"] } });
  expect(rulesOf(graph, "endpoint/security-group")).toContain("443 from langfuse/worker/security-group");
});

it("starts after its stores, the worker after web, and no agent waits for it", () => {
  const graph = hosted();
  for (const store of ["database/instance", "cache/replication-group", "artifacts/bucket", "langfuse/server"])
    expect(before(graph, "langfuse/service")).toContain(store);
  expect(before(graph, "langfuse/worker/service")).toContain("langfuse/service");
  expect(before(graph, "agent/langgraph/service")).toContain("langfuse/keys");
  expect(before(graph, "agent/langgraph/service")).not.toContain("langfuse/service");
});

it("may use its part of the bucket and nothing else; who starts it reads its secrets, who starts agents the keys alone", () => {
  const graph = hosted();
  const statements = (id: string): readonly { Sid: string; Resource: unknown[] }[] => {
    const policies = (graph.get(id)?.props.policies ?? []) as {
      document: { Statement: { Sid: string; Resource: unknown[] }[] };
    }[];
    return policies.flatMap(({ document }) => document.Statement);
  };
  expect(JSON.stringify(statements("langfuse/task-role").map(({ Resource }) => Resource))).toBe(
    '[[{"$template":[{"$ref":{"node":"artifacts/bucket","output":"arn"}},"/","langfuse/","*"]}],[{"$ref":{"node":"artifacts/bucket","output":"arn"}}]]',
  );
  const read = (id: string) => JSON.stringify(statements(id).find(({ Sid }) => Sid === "Secrets")?.Resource);
  for (const part of ["langfuse-server", "langfuse-keys", "langfuse-clickhouse", '"node":"database/instance"'])
    expect(read("langfuse/execution-role")).toContain(part);
  expect(read("execution-role")).toContain("langfuse-keys");
  expect(read("execution-role")).not.toMatch(/langfuse-server|langfuse-clickhouse|database/);
});

it("is reached by people under its own host name only, before every path of an agent, and tells that address", () => {
  const graph = hosted(reached, { access });
  expect(graph.get("langfuse/rule")?.props).toMatchObject({
    priority: 1,
    paths: ["/*"],
    hosts: ["langfuse.example.com"],
  });
  expect(graph.get("langfuse/service")?.dependsOn).toContain("langfuse/rule");
  expect(graph.get("langfuse/service")?.props.healthCheckGraceSeconds).toBeGreaterThanOrEqual(600);
  expect(rulesOf(graph, "langfuse/security-group")).toContain("3000 from alb/security-group");
  const { environment, secrets } = container(graph, "langfuse");
  expect(environment).toMatchObject({ NEXTAUTH_URL: "https://langfuse.example.com", AUTH_DISABLE_SIGNUP: "true" });
  expect(environment.LANGFUSE_INIT_USER_EMAIL).toBe("a@example.com");
  expect(secrets.LANGFUSE_INIT_USER_PASSWORD).toBeDefined();
  const inside = hosted();
  expect(inside.get("langfuse/rule")).toBeUndefined();
  expect(container(inside, "langfuse").environment.NEXTAUTH_URL).toBe(
    "http://langfuse.multi-agent-orchestrator.local:3000",
  );
});

it("has a load balancer of its own when no agent wants requests", () => {
  const agents = referenceSpec().agents.map(({ ingress: _, ...agent }) => agent);
  const graph = hosted(reached, { access, agents });
  expect(
    graph.nodes.filter(({ type }) => type === "AWS::ElasticLoadBalancingV2::ListenerRule").map(({ id }) => id),
  ).toEqual(["langfuse/rule"]);
  expect(hosted({}, { agents }).get("alb")).toBeUndefined();
});

it("runs images by digest where there is one, else by the documented tag", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  const pinned = hosted({
    web: { image: { digest } },
    worker: { image: { repository: "mirror.example.com/worker", digest } },
  });
  expect(container(pinned, "langfuse").image).toBe(`docker.io/langfuse/langfuse@${digest}`);
  expect(container(pinned, "langfuse/worker").image).toBe(`mirror.example.com/worker@${digest}`);
  expect(container(hosted(), "langfuse").image).toBe(`docker.io/langfuse/langfuse:${documented.langfuse}`);
});

it("finds ClickHouse's native protocol by its HTTP address, unless it is told", () => {
  const of = (change: Partial<SelfHosted["clickhouse"]>) =>
    container(hosted({ clickhouse: { ...clickhouse, ...change } }), "langfuse").environment;
  expect(of({})).toMatchObject({
    CLICKHOUSE_MIGRATION_URL: "clickhouse://x.eu-west-1.aws.clickhouse.cloud:9440",
    CLICKHOUSE_MIGRATION_SSL: "true",
  });
  expect(of({ url: "http://clickhouse.internal:8123" })).toMatchObject({
    CLICKHOUSE_MIGRATION_URL: "clickhouse://clickhouse.internal:9000",
    CLICKHOUSE_MIGRATION_SSL: "false",
  });
  expect(of({ migrationUrl: "clickhouse://other:9001" }).CLICKHOUSE_MIGRATION_URL).toBe("clickhouse://other:9001");
});

it("waits for the Secret of ClickHouse, and nothing else does", () => {
  const langfuse = { mode: "SelfHosted" as const, selfHosted: { clickhouse } };
  const { graph } = graphOf(referenceSpec({ data, observability: { langfuse } }));
  const blocked = graph.nodes.filter((node) => node.blocked);
  expect(blocked.map((node) => [node.id, node.blocked?.reason])).toEqual([["langfuse/clickhouse", "SecretNotFound"]]);
  const waiting = graph.nodes.filter(({ id }) => before(graph, id).has("langfuse/clickhouse")).map(({ id }) => id);
  expect(waiting.every((id) => id.startsWith("langfuse/"))).toBe(true);
});

it.each(services)("asks %s whether it is well in words that Node.js understands", async (_service, id) => {
  const { healthCheck, port } = container(hosted(), id);
  const [kind, program, flag, code = ""] = healthCheck?.command ?? [];
  expect([kind, program, flag]).toEqual(["CMD", "node", "-e"]);
  const path = id === "langfuse" ? "/api/public/health" : "/api/health";
  let status = 200;
  const server = createServer(({ url }, answer) => answer.writeHead(url === path ? status : 404).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const here = String((server.address() as AddressInfo).port);
  const exitCode = () =>
    promisify(execFile)(process.execPath, ["-e", code.replace(String(port), here)]).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
  expect(await exitCode()).toBe(0);
  status = 503;
  expect(await exitCode()).toBe(1);
  await new Promise((resolve) => server.close(resolve));
  expect(await exitCode()).toBe(1);
});

it("is documented by specs that are accepted", () => {
  const page = readFileSync(new URL("../../docs/agents/langfuse.md", import.meta.url), "utf8");
  const [whole = "", ingress = ""] = [...page.matchAll(/```yaml\n([^`]+)```/g)].map(([, block]) => block);
  const spec = { ...referenceSpec(), ...parse(whole).spec };
  const reached = parse(ingress.replace("certificateArn: …", `certificateArn: "${certificateArn}"`));
  const added = reached.observability.langfuse.selfHosted;
  const { langfuse } = spec.observability;
  const both = {
    ...spec,
    access: reached.access,
    observability: { langfuse: { ...langfuse, selfHosted: { ...langfuse.selfHosted, ...added } } },
  };
  for (const one of [spec, both]) {
    const object = {
      apiVersion: "agentorchestrator.io/v1alpha1",
      kind: "AgentOrchestrator",
      metadata: { name: "dev" },
    };
    expect(validate({ ...object, spec: one })).toMatchObject({ ok: true });
  }
});
