import { expect, test } from "vitest";
import { Graph } from "../graph/graph.ts";
import { renderGraph } from "./render-graph.ts";

function network(): Graph {
  const graph = new Graph();
  const options = (name: string) => ({ name, fact: "NetworkReady" as const });
  const vpc = graph.add(
    "AWS::EC2::VPC",
    "vpc",
    { cidr: "10.0.0.0/16", dnsSupport: true, dnsHostnames: true },
    options("v"),
  );
  const subnet = graph.add(
    "AWS::EC2::Subnet",
    "subnet/a",
    { vpcId: vpc.vpcId, cidr: "10.0.0.0/24", zone: "us-east-1a", mapPublicIp: false },
    options("s"),
  );
  const table = graph.add("AWS::EC2::RouteTable", "table", { vpcId: vpc.vpcId }, options("t"));
  graph.add(
    "AWS::EC2::SubnetRouteTableAssociation",
    "link",
    { subnetId: subnet.subnetId, routeTableId: table.routeTableId },
    { ...options("l"), after: [vpc] },
  );
  return graph;
}

test("text groups what may be made at the same time, and names only what others do not imply", () => {
  expect(renderGraph(network(), "text", "agents/dev")).toBe(
    `agents/dev: 4 resources, 3 stages

stage 1
  vpc       EC2 VPC

stage 2
  subnet/a  EC2 Subnet  needs vpc
  table     EC2 RouteTable  needs vpc

stage 3
  link      EC2 SubnetRouteTableAssociation  needs subnet/a, table`,
  );
});

test("dot and mermaid draw the same four edges", () => {
  const dot = renderGraph(network(), "dot", "agents/dev");
  expect(dot.match(/->/g)).toHaveLength(4);
  expect(dot).toContain('"link" -> "table";');
  expect(dot).toMatch(/^digraph "agents\/dev" \{[\s\S]*\}$/);
  const mermaid = renderGraph(network(), "mermaid", "agents/dev");
  expect(mermaid.match(/-->/g)).toHaveLength(4);
  expect(mermaid).toContain('n1["subnet/a<br/>EC2 Subnet"]');
});
