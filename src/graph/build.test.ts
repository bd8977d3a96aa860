import { expect, test } from "vitest";
import { stringify } from "yaml";
import { graphOf, referenceSpec, secretFact } from "../../test/support/reference.ts";
import { kinds } from "../kinds/registry.ts";
import type { Graph, Node } from "./graph.ts";
import { phaseOf } from "./phase.ts";
import { dataTypes } from "./policy.ts";
import { isRef, isTemplate, Sensitive } from "./ref.ts";

const ids = (graph: Graph, type: Node["type"]) => graph.nodes.filter((n) => n.type === type).map(({ id }) => id);

/** All nodes that must be ready before this one. */
function before(graph: Graph, id: string, seen = new Set<string>()): ReadonlySet<string> {
  for (const next of graph.get(id)?.dependsOn ?? []) {
    if (seen.has(next)) continue;
    seen.add(next);
    before(graph, next, seen);
  }
  return seen;
}

test("the reference case is this graph", async () => {
  const { graph } = graphOf();
  expect(graph.size).toBe(62);
  const nodes = graph.nodes.map(({ id, props, ...rest }) => [id, { ...rest, props: readable(props) }]);
  const text = stringify(Object.fromEntries(nodes), { lineWidth: 120, aliasDuplicateObjects: false });
  await expect(text).toMatchFileSnapshot("reference.graph.yaml");
});

/** References as `${node.output}`. */
function readable(value: unknown): unknown {
  if (isRef(value)) return `\${${value.$ref.node}.${value.$ref.output}}`;
  if (isTemplate(value))
    return value.$template.map((part) => (typeof part === "string" ? part : readable(part))).join("");
  if (value instanceof Sensitive) return String(value);
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)]));
}

test("the same spec and facts give the same graph", () => {
  expect(JSON.stringify(graphOf().graph.nodes)).toBe(JSON.stringify(graphOf().graph.nodes));
});

test("types with data are those whose kind says so", () => {
  const withData = Object.values(kinds).flatMap((kind) => ("data" in kind && kind.data ? [kind.type] : []));
  expect([...dataTypes].sort()).toEqual([...withData].sort());
});

test("agents in private subnets start after there is a way out, and go before it does", () => {
  const { graph } = graphOf();
  const needed = before(graph, "agent/langgraph/service");
  for (const node of ["nat-gateway/a", "route/private-a", "route/public", "association/private-b"]) {
    expect(needed).toContain(node);
  }
});

test("a service is attached to its target group only behind a listener", () => {
  const { graph } = graphOf();
  const rules = graph.nodes.filter(({ type }) => type === "AWS::ElasticLoadBalancingV2::ListenerRule");
  expect(rules).toHaveLength(1);
  for (const { id } of rules) expect(graph.get("agent/aws-agent-core/service")?.dependsOn).toContain(id);
});

test("addresses, NAT gateways and the load balancer wait for the internet gateway", () => {
  const { graph } = graphOf();
  for (const id of ["elastic-ip/a", "nat-gateway/b", "alb"]) {
    expect(before(graph, id)).toContain("internet-gateway/attachment");
  }
});

test("only an agent that uses the database waits for it", () => {
  const { graph } = graphOf();
  expect(before(graph, "agent/langgraph/service")).toContain("database/instance");
  expect(before(graph, "agent/aws-agent-core/service")).not.toContain("database/instance");
  expect(before(graph, "agent/snowflake-cortex/service")).not.toContain("database/instance");
});

test("a missing Secret blocks what needs it and nothing else", () => {
  const { graph } = graphOf(referenceSpec(), {
    secrets: new Map([["langfuse", secretFact("publicKey", "secretKey")]]),
  });
  const blocked = graph.nodes.filter((node) => node.blocked);
  expect(blocked.map(({ id, blocked }) => [id, blocked])).toEqual([
    [
      "agent/snowflake-cortex/secret/snowflake",
      {
        reason: "SecretNotFound",
        message: "Secret snowflake does not exist in namespace agents: create it, and this goes on by itself",
      },
    ],
  ]);
  const waits = graph.nodes.filter(({ id }) => before(graph, id).has("agent/snowflake-cortex/secret/snowflake"));
  expect(waits.map(({ id }) => id)).toEqual([
    "agent/snowflake-cortex/task-definition",
    "agent/snowflake-cortex/service",
  ]);
});

test("a missing key is named", () => {
  const secrets = new Map([
    ["langfuse", secretFact("publicKey")],
    ["snowflake", secretFact("user")],
  ]);
  const { graph } = graphOf(referenceSpec(), { secrets });
  expect(graph.get("langfuse/secret")?.blocked).toEqual({
    reason: "SecretKeyNotFound",
    message: "Secret langfuse in namespace agents has no key secretKey: add it, and this goes on by itself",
  });
});

test("a database in a container has durable files, its password and a task that never runs twice", () => {
  const database = { deployment: "Container" as const, passwordSecretRef: { name: "database" } };
  const { graph } = graphOf(referenceSpec({ data: { database } }));
  expect(ids(graph, "AWS::RDS::DBInstance")).toEqual([]);
  expect(ids(graph, "AWS::EFS::MountTarget")).toEqual(["database/mount-target/a", "database/mount-target/b"]);
  expect(graph.get("database/service")?.props).toMatchObject({
    desiredCount: 1,
    minimumHealthyPercent: 0,
    maximumPercent: 100,
  });
  expect(before(graph, "database/service")).toContain("database/mount-target/b");
  expect(before(graph, "agent/langgraph/service")).toContain("database/service");
});

test("an image elsewhere has no repository, and a digest wins over a tag", () => {
  const [core, langgraph, cortex] = referenceSpec().agents;
  if (!core || !langgraph || !cortex) throw new Error("the reference case has three agents");
  const digest = `sha256:${"a".repeat(64)}`;
  const agents = [
    { ...core, image: { repository: "docker.io/library/nginx", tag: "1" } },
    langgraph,
    { ...cortex, image: { digest } },
  ];
  const images = new Map([["langgraph", `sha256:${"b".repeat(64)}`]]);
  const { graph } = graphOf(referenceSpec({ agents }), { images });
  expect(ids(graph, "AWS::ECR::Repository")).toEqual([
    "agent/langgraph/repository",
    "agent/snowflake-cortex/repository",
  ]);
  const image = (agent: string) => {
    const container = graph.get(`agent/${agent}/task-definition`)?.props.container;
    return (container as { image: unknown } | undefined)?.image;
  };
  expect(image("aws-agent-core")).toBe("docker.io/library/nginx:1");
  expect(JSON.stringify(image("langgraph"))).toContain(`@sha256:${"b".repeat(64)}`);
  expect(JSON.stringify(image("snowflake-cortex"))).toContain(`@${digest}`);
});

test("adoption, permission to replace and what becomes of data stand at their nodes", () => {
  const { graph } = graphOf(
    referenceSpec({
      profile: "Production",
      adopt: [{ resource: "vpc", id: "vpc-0a1b" }],
      allowReplacement: ["database/instance"],
      data: { database: {}, artifacts: {} },
    }),
  );
  expect(graph.get("vpc")).toMatchObject({ adopt: "vpc-0a1b" });
  expect(graph.get("database/instance")).toMatchObject({ replaceable: true, deletionPolicy: "Snapshot" });
  expect(graph.get("artifacts/bucket")).toMatchObject({ deletionPolicy: "Retain" });
  expect(graph.get("cluster")).not.toHaveProperty("deletionPolicy");
});

test("every resource belongs to one of the provisioning phases", () => {
  const { graph } = graphOf(referenceSpec({ data: { database: {}, artifacts: {} } }));
  const phases = new Set(graph.nodes.map(phaseOf));
  expect([...phases].sort()).toEqual([
    "AI",
    "Compute",
    "Database",
    "Foundation",
    "Monitoring",
    "Networking",
    "StorageAndRegistry",
  ]);
});

test("node ids can be values of tags", () => {
  const [core, ...rest] = referenceSpec().agents;
  if (!core) throw new Error("the reference case has agents");
  const agents = [{ ...core, ingress: { paths: ["/*", "/a?b$~'&"] } }, ...rest];
  for (const { id } of graphOf(referenceSpec({ agents })).graph.nodes)
    expect(id).toMatch(/^[A-Za-z0-9 _.:/=+@-]{1,256}$/);
});
