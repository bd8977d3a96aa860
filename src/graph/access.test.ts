import { expect, test } from "vitest";
import { graphOf, referenceSpec } from "../../test/support/reference.ts";
import type { SpecInput } from "../api/resource.ts";
import { bedrockStatements } from "./bedrock.ts";
import type { Graph } from "./graph.ts";
import { endpointOf } from "./ingress.ts";
import { priorities, ruleKey } from "./ingress-priority.ts";

interface Rule {
  readonly fromPort: number;
  readonly cidr?: string;
  readonly sourceGroupId?: { $ref: { node: string } };
}

const rulesOf = (graph: Graph, id: string) =>
  ((graph.get(`${id}/ingress`)?.props.rules ?? []) as Rule[]).map(
    ({ fromPort, cidr, sourceGroupId }) => `${fromPort} from ${cidr ?? sourceGroupId?.$ref.node}`,
  );
const statementsOf = (graph: Graph, role: string) => {
  const policies = graph.get(role)?.props.policies as {
    document: { Statement: { Sid: string; Resource: unknown[] }[] };
  }[];
  return policies.flatMap(({ document }) => document.Statement);
};
const place = { partition: "aws", region: "us-east-1", account: "111122223333" };
const agentsWith = (change: (agent: SpecInput["agents"][number]) => Partial<SpecInput["agents"][number]>) =>
  referenceSpec().agents.map((agent) => ({ ...agent, ...change(agent) }));

test("each group lets in exactly what uses it", () => {
  const { graph } = graphOf();
  expect(rulesOf(graph, "alb/security-group")).toEqual(["80 from 0.0.0.0/0"]);
  expect(rulesOf(graph, "agent/aws-agent-core/security-group")).toEqual([
    "8000 from alb/security-group",
    "8000 from agent/langgraph/security-group",
  ]);
  expect(rulesOf(graph, "agent/snowflake-cortex/security-group")).toEqual([
    "8002 from agent/aws-agent-core/security-group",
  ]);
  expect(rulesOf(graph, "database/security-group")).toEqual(["5432 from agent/langgraph/security-group"]);
});

test("every task in the subnets reaches the endpoints that it starts through", () => {
  const database = { deployment: "Container" as const, passwordSecretRef: { name: "database" } };
  const network = { natGateways: "Single" as const, endpoints: ["secretsmanager" as const] };
  const { graph } = graphOf(referenceSpec({ network, data: { database } }));
  expect(rulesOf(graph, "endpoint/security-group")).toEqual([
    ...referenceSpec().agents.map(({ name }) => `443 from agent/${name}/security-group`),
    "443 from database/security-group",
  ]);
});

test("HTTPS opens its port, redirects HTTP, and names the endpoint", () => {
  const certificateArn = "arn:aws:acm:us-east-1:111122223333:certificate/0a";
  const { graph, spec } = graphOf(
    referenceSpec({ access: { domain: { name: "api.example.com", certificateArn }, allowedCidrs: ["10.0.0.0/8"] } }),
  );
  expect(rulesOf(graph, "alb/security-group")).toEqual(["80 from 10.0.0.0/8", "443 from 10.0.0.0/8"]);
  expect(graph.get("alb/http")?.props.defaultAction).toMatchObject({ type: "redirect", port: "443" });
  expect(graph.get("alb/https")?.props).toMatchObject({ protocol: "HTTPS", certificateArn });
  expect(endpointOf({ spec })).toBe("https://api.example.com");
});

test("without an agent that wants requests there is no load balancer and no endpoint", () => {
  const agents = referenceSpec().agents.map(({ ingress: _, ...agent }) => agent);
  const { graph, spec } = graphOf(referenceSpec({ agents }));
  expect(graph.nodes.filter(({ id }) => id.startsWith("alb"))).toEqual([]);
  expect(endpointOf({ spec })).toBeUndefined();
});

test("an internal load balancer stands in private subnets", () => {
  const { graph } = graphOf(referenceSpec({ access: { scheme: "internal" } }));
  expect(graph.get("alb")?.props.subnetIds).toEqual([
    { $ref: { node: "subnet/private-a", output: "subnetId" } },
    { $ref: { node: "subnet/private-b", output: "subnetId" } },
  ]);
});

test("no statement of a role names every resource", () => {
  const { graph } = graphOf(referenceSpec({ data: { database: {}, artifacts: {} } }));
  for (const { id, type } of graph.nodes) {
    if (type !== "AWS::IAM::Role") continue;
    for (const { Resource } of statementsOf(graph, id)) expect(Resource).not.toContain("*");
  }
});

test("the largest spec keeps within the 10,240 characters of a role's policies", () => {
  const agents = Array.from({ length: 30 }, (_, index) => ({
    name: `${"a".repeat(30)}${index + 10}`,
    port: 8000 + index,
    secrets: (index < 10 ? [0, 1, 2, 3, 4] : []).map((i) => ({
      name: `${"s".repeat(31)}${i}`,
      from: { secretRef: { name: "snowflake", key: "user" } },
    })),
  }));
  const { graph } = graphOf(referenceSpec({ project: "p".repeat(30), environment: "e".repeat(12), agents }));
  for (const { type, props } of graph.nodes) {
    if (type === "AWS::IAM::Role") expect(JSON.stringify(props.policies).length).toBeLessThan(10_240);
  }
});

test("an agent reads its own secrets only", () => {
  const { graph } = graphOf();
  const secrets = (agent: string) =>
    statementsOf(graph, `agent/${agent}/task-role`).filter(({ Sid }) => Sid === "Secrets");
  expect(secrets("aws-agent-core")).toEqual([]);
  expect(secrets("snowflake-cortex").map(({ Resource }) => Resource)).toEqual([
    [
      "arn:aws:secretsmanager:us-east-1:111122223333:secret:multi-agent-orchestrator-dev-snowflake-cortex-snowflake-??????",
    ],
  ]);
  expect(secrets("langgraph").map(({ Resource }) => Resource)).toEqual([
    [{ $ref: { node: "database/instance", output: "secretArn" } }],
  ]);
});

test("an agent invokes the models that it names, and Bedrock's agents only when it says so", () => {
  const { graph } = graphOf();
  expect(statementsOf(graph, "agent/aws-agent-core/task-role").map(({ Sid, Resource }) => [Sid, Resource])).toEqual([
    ["Models", ["arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0"]],
    ["Agents", ["arn:aws:bedrock:us-east-1:111122223333:agent-alias/*"]],
  ]);
  expect(graph.get("agent/langgraph/task-role")?.props.policies).toHaveLength(1);
});

test("a model behind an inference profile is allowed through the profile only", () => {
  const profile = "us.anthropic.claude-sonnet-4-20250514-v1:0";
  const statements = bedrockStatements(place, { bedrock: { models: [profile], invokeAgents: false } });
  const arn = `arn:aws:bedrock:us-east-1:111122223333:inference-profile/${profile}`;
  expect(statements).toMatchObject([
    { Resource: [arn] },
    {
      Resource: ["arn:aws:bedrock:*::foundation-model/anthropic.claude-sonnet-4-20250514-v1:0"],
      Condition: { StringEquals: { "bedrock:InferenceProfileArn": [arn] } },
    },
  ]);
});

test("the more exact path has the lower priority, and an agent more moves no rule", () => {
  const agent = (name: string, ...paths: string[]) =>
    ({ ...graphOf().spec.agents[0], name, ingress: { paths } }) as never;
  const few = priorities([agent("one", "/*", "/api/*"), agent("two", "/api/v1")]);
  const at = (name: string, path: string) => few.get(ruleKey(name, path)) ?? 0;
  expect(at("two", "/api/v1")).toBeLessThan(at("one", "/api/*"));
  expect(at("one", "/api/*")).toBeLessThan(at("one", "/*"));
  const more = priorities([agent("one", "/*", "/api/*"), agent("two", "/api/v1"), agent("zero", "/zero/*")]);
  for (const [key, priority] of few) expect(more.get(key)).toBe(priority);
});

test("priorities are unique and within what AWS takes", () => {
  const agents = Array.from({ length: 30 }, (_, index) => ({
    ...graphOf().spec.agents[0],
    name: `agent-${index}`,
    ingress: { paths: [1, 2, 3, 4, 5].map((path) => `/${index.toString(36)}${path}`) },
  })) as never;
  const all = [...priorities(agents).values()];
  expect(new Set(all).size).toBe(150);
  expect(Math.min(...all)).toBeGreaterThanOrEqual(1);
  expect(Math.max(...all)).toBeLessThanOrEqual(50_000);
});

test("Spot takes its share, and the first task of a mixture is never on Spot", () => {
  const { graph } = graphOf(referenceSpec({ agents: agentsWith(() => ({ capacity: { spotPercent: 70 } })) }));
  expect(graph.get("agent/langgraph/service")?.props.capacityProviderStrategy).toEqual([
    { provider: "FARGATE", weight: 30, base: 1 },
    { provider: "FARGATE_SPOT", weight: 70, base: 0 },
  ]);
});
