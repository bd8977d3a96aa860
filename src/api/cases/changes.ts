import { type Case, container, existing, minimal, refused, withDatabase, withNetwork } from "./case.ts";

/** Changes, refused and accepted. */
export const changes: readonly Case[] = [
  {
    name: "another project",
    old: minimal(),
    spec: { ...minimal(), project: "store" },
    ...refused("spec", "project is part of every AWS name"),
  },
  {
    name: "another environment",
    old: minimal(),
    spec: { ...minimal(), environment: "prod" },
    ...refused("spec", "environment is part of"),
  },
  {
    name: "another region",
    old: minimal(),
    spec: { ...minimal(), aws: { region: "eu-west-1" } },
    ...refused("spec", "aws.region cannot change"),
  },
  {
    name: "an account at last",
    old: minimal(),
    spec: { ...minimal(), aws: { region: "us-east-1", account: "111122223333" } },
  },
  {
    name: "an account removed",
    old: { ...minimal(), aws: { region: "us-east-1", account: "111122223333" } },
    spec: minimal(),
    ...refused("spec", "aws.account cannot change"),
  },
  {
    name: "another block",
    old: withNetwork({ cidr: "10.1.0.0/16" }),
    spec: withNetwork({ cidr: "10.2.0.0/16" }),
    ...refused("spec", "network.cidr cannot change"),
  },
  {
    name: "a block removed",
    old: withNetwork({ cidr: "10.1.0.0/16" }),
    spec: withNetwork({}),
    ...refused("spec", "network.cidr cannot change"),
  },
  {
    name: "the network removed",
    old: withNetwork({ cidr: "10.1.0.0/16" }),
    spec: minimal(),
    ...refused("spec", "network.cidr cannot change"),
  },
  { name: "the default block in writing", old: minimal(), spec: withNetwork({ cidr: "10.0.0.0/16" }) },
  {
    name: "another VPC",
    old: withNetwork({ existing }),
    spec: withNetwork({ existing: { ...existing, vpc: "vpc-1" } }),
    ...refused("spec", "network.existing.vpc cannot change"),
  },
  {
    name: "an existing VPC later",
    old: minimal(),
    spec: withNetwork({ existing }),
    ...refused("spec", "network.existing.vpc cannot change"),
  },
  {
    name: "other subnets of the VPC",
    old: withNetwork({ existing }),
    spec: withNetwork({ existing: { ...existing, publicSubnets: ["subnet-a", "subnet-e"] } }),
  },
  { name: "a third zone", old: minimal(), spec: withNetwork({ zones: { count: 3 } }) },
  {
    name: "a zone less",
    old: withNetwork({ zones: { count: 3 } }),
    spec: minimal(),
    ...refused("spec", "network.zones can only grow"),
  },
  {
    name: "named zones turned round",
    old: withNetwork({ zones: { names: ["us-east-1a", "us-east-1b"] } }),
    spec: withNetwork({ zones: { names: ["us-east-1b", "us-east-1a"] } }),
    ...refused("spec", "added to at the end"),
  },
  {
    name: "a named zone more",
    old: withNetwork({ zones: { names: ["us-east-1a", "us-east-1b"] } }),
    spec: withNetwork({ zones: { names: ["us-east-1a", "us-east-1b", "us-east-1c"] } }),
  },
  {
    name: "another deployment of the database",
    old: withDatabase({}),
    spec: withDatabase(container),
    ...refused("spec", "deployment cannot change"),
  },
  {
    name: "an older version",
    old: withDatabase({ version: "16" }),
    spec: withDatabase({ version: "15" }),
    ...refused("spec", "can only go up"),
  },
  { name: "a newer version", old: withDatabase({ version: "15" }), spec: withDatabase({ version: "16" }) },
  {
    name: "less storage",
    old: withDatabase({ storageGiB: 100 }),
    spec: withDatabase({ storageGiB: 50 }),
    ...refused("spec", "can only grow"),
  },
  {
    name: "storage removed",
    old: withDatabase({ storageGiB: 100 }),
    spec: withDatabase({}),
    ...refused("spec", "can only grow"),
  },
  { name: "more storage", old: withDatabase({}), spec: withDatabase({ storageGiB: 50 }) },
  { name: "no database any more", old: withDatabase({ storageGiB: 100 }), spec: minimal() },
];
