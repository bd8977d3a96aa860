import { expect, test } from "vitest";
import { graphOf, referenceSpec } from "../../test/support/reference.ts";
import type { SpecInput } from "../api/resource.ts";
import type { Graph, Node } from "./graph.ts";

const withNetwork = (network: SpecInput["network"], change: Partial<SpecInput> = {}) =>
  graphOf(referenceSpec({ network, ...change })).graph;
const of = (graph: Graph, type: Node["type"]) => graph.nodes.filter((node) => node.type === type);
const blocks = (graph: Graph) =>
  Object.fromEntries(of(graph, "AWS::EC2::Subnet").map(({ id, props }) => [id, props.cidr]));

const existing = {
  vpc: "vpc-1",
  publicSubnets: ["subnet-a", "subnet-b"],
  privateSubnets: ["subnet-c", "subnet-d", "subnet-e"],
};
const network = {
  vpc: { id: "vpc-1", cidrs: ["10.9.0.0/16"], dnsSupport: true, dnsHostnames: true },
  subnets: new Map(
    [
      ["subnet-a", "us-east-1a"],
      ["subnet-b", "us-east-1b"],
      ["subnet-c", "us-east-1a"],
      ["subnet-d", "us-east-1b"],
      ["subnet-e", "us-east-1b"],
    ].map(([id = "", zone = ""]) => [id, { id, zone, vpcId: "vpc-1", cidr: "10.9.0.0/24" }]),
  ),
};

test("subnets are eighths of the VPC's block, with room left", () => {
  expect(blocks(withNetwork({ cidr: "10.0.0.0/16" }))).toEqual({
    "subnet/public-a": "10.0.0.0/19",
    "subnet/public-b": "10.0.32.0/19",
    "subnet/private-a": "10.0.128.0/19",
    "subnet/private-b": "10.0.160.0/19",
  });
});

test("a third zone moves no subnet", () => {
  const two = blocks(withNetwork({ cidr: "10.1.2.0/24" }));
  const three = blocks(withNetwork({ cidr: "10.1.2.0/24", zones: { count: 3 } }));
  expect(three).toMatchObject(two);
  expect(three["subnet/private-c"]).toBe("10.1.2.192/27");
});

test("a single NAT gateway serves every zone", () => {
  const graph = withNetwork({ natGateways: "Single" });
  expect(of(graph, "AWS::EC2::NatGateway").map(({ id }) => id)).toEqual(["nat-gateway/a"]);
  for (const id of ["route/private-a", "route/private-b"]) {
    expect(graph.get(id)?.props.natGatewayId).toEqual({ $ref: { node: "nat-gateway/a", output: "natGatewayId" } });
  }
});

test("without NAT gateways AWS is reached by VPC endpoints, and agents wait for them", () => {
  const graph = withNetwork({ natGateways: "None" }, { observability: {}, agents: withoutLangfuse() });
  expect(of(graph, "AWS::EC2::NatGateway")).toEqual([]);
  expect(of(graph, "AWS::EC2::EIP")).toEqual([]);
  const endpoints = of(graph, "AWS::EC2::VPCEndpoint").map(({ props }) => props.service);
  expect(endpoints).toEqual(
    ["s3", "bedrock-agent-runtime", "bedrock-runtime", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "sts"].map(
      (service) => `com.amazonaws.us-east-1.${service}`,
    ),
  );
  expect(graph.get("agent/langgraph/service")?.dependsOn).toContain("endpoint/ecr.api");
  expect(graph.get("endpoint/security-group/ingress")?.props.rules).toHaveLength(3);
});

test("endpoints that the spec names stand beside NAT gateways", () => {
  const graph = withNetwork({ endpoints: ["bedrock-runtime"] });
  expect(of(graph, "AWS::EC2::VPCEndpoint").map(({ id }) => id)).toEqual(["endpoint/s3", "endpoint/bedrock-runtime"]);
});

test("an existing network is used and nothing of it is made", () => {
  const { graph } = graphOf(referenceSpec({ network: { existing } }), { network });
  const made = graph.nodes.filter(({ type }) => /^AWS::EC2::(?!SecurityGroup)/.test(type));
  expect(made).toEqual([]);
  expect(graph.get("alb")?.props.subnetIds).toEqual(["subnet-a", "subnet-b"]);
  expect(graph.get("agent/langgraph/service")?.props.subnetIds).toEqual(existing.privateSubnets);
  expect(graph.get("discovery")?.props).toEqual({ vpcId: "vpc-1", domain: "multi-agent-orchestrator-dev.local" });
});

test("files have one mount target in each zone of an existing network", () => {
  const database = { deployment: "Container" as const, passwordSecretRef: { name: "database" } };
  const { graph } = graphOf(referenceSpec({ network: { existing }, data: { database } }), { network });
  expect(of(graph, "AWS::EFS::MountTarget").map(({ props }) => props.subnetId)).toEqual(["subnet-c", "subnet-d"]);
});

function withoutLangfuse(): SpecInput["agents"] {
  return referenceSpec().agents.map((agent) => ({
    ...agent,
    uses: agent.uses?.filter((use) => use.component !== "langfuse") ?? [],
  }));
}
