import {
  anyCpu,
  type Case,
  container,
  existing,
  minimal,
  one,
  secretArn,
  withAgents,
  withDatabase,
  withNetwork,
} from "./case.ts";

/** Specs that are accepted. */
export const accepted: readonly Case[] = [
  { name: "the smallest spec", spec: minimal() },
  { name: "a CPU in thousandths with the least memory", spec: anyCpu("250m", "512Mi") },
  { name: "half a vCPU as ECS counts", spec: anyCpu("512m", "1Gi") },
  { name: "the largest task", spec: anyCpu("16", "120Gi") },
  { name: "8 vCPU in steps of 4 GiB", spec: anyCpu("8", "20Gi") },
  { name: "memory in MiB that is whole GiB", spec: anyCpu("1", "3072Mi") },
  {
    name: "agents that use each other in a circle",
    spec: withAgents(
      { name: "one", port: 8000, uses: [{ agent: "two" }] },
      { name: "two", port: 8001, uses: [{ agent: "one" }] },
    ),
  },
  { name: "an existing network", spec: withNetwork({ existing }) },
  { name: "three named zones", spec: withNetwork({ zones: { names: ["us-east-1a", "us-east-1b", "us-east-1d"] } }) },
  { name: "the smallest network", spec: withNetwork({ cidr: "10.1.2.0/24" }) },
  { name: "a database in a container", spec: withDatabase(container) },
  {
    name: "one path for two hosts",
    spec: withAgents(
      { name: "one", port: 8000, ingress: { hosts: ["a.example.com"] } },
      { name: "two", port: 8001, ingress: { hosts: ["b.example.com"] } },
    ),
  },
  { name: "a secret by ARN", spec: one({ secrets: [{ name: "snowflake", from: { arn: secretArn } }] }) },
  {
    name: "a model by inference profile",
    spec: one({ bedrock: { models: ["us.anthropic.claude-sonnet-4-20250514-v1:0"] } }),
  },
  { name: "an interval of 5 minutes", spec: { ...minimal(), interval: "5m" } },
];
