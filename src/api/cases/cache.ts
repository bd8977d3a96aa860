import type { SpecInput } from "../resource.ts";
import { type Case, minimal, one, refused, withAgents } from "./case.ts";

const withCache = (cache: NonNullable<SpecInput["data"]>["cache"]): SpecInput => ({ ...minimal(), data: { cache } });

/** The cache, and what agents use beside other agents and data. */
export const cache: readonly Case[] = [
  { name: "a cache", spec: withCache({}) },
  {
    name: "a cache with every setting",
    spec: withCache({
      engine: "Redis",
      version: "7.0",
      nodeType: "cache.r7g.2xlarge",
      replicas: 5,
      snapshotRetentionDays: 35,
      maxMemoryPolicy: "noeviction",
    }),
  },
  {
    name: "a version of the other engine",
    spec: withCache({ engine: "Redis", version: "8.0" }),
    ...refused("spec.data.cache", "this engine has no such version"),
  },
  {
    name: "a cache that is used and not there",
    spec: one({ uses: [{ component: "cache" }] }),
    ...refused("spec", "uses names the component cache, and there is none"),
  },
  { name: "events, which need nothing", spec: one({ uses: [{ component: "events" }] }) },
  { name: "Redis becomes Valkey", old: withCache({ engine: "Redis" }), spec: withCache({}) },
  {
    name: "Valkey becomes Redis",
    old: withCache({}),
    spec: withCache({ engine: "Redis" }),
    ...refused("spec", "cannot go from Valkey to Redis"),
  },
  { name: "a newer version", old: withCache({ version: "8.0" }), spec: withCache({ version: "9.0" }) },
  {
    name: "an older version",
    old: withCache({ version: "9.0" }),
    spec: withCache({ version: "8.2" }),
    ...refused("spec", "data.cache.version can only go up"),
  },
  {
    name: "no version where there was a newer one",
    old: withCache({ version: "9.0" }),
    spec: withCache({}),
    ...refused("spec", "data.cache.version can only go up"),
  },
  { name: "the cache removed", old: withCache({ version: "9.0" }), spec: minimal() },
  { name: "a port for gRPC", spec: one({ grpcPort: 50051 }) },
  {
    name: "one port for HTTP and gRPC",
    spec: one({ grpcPort: 8000 }),
    ...refused("spec.agents[0]", "grpcPort must be another port"),
  },
  {
    name: "gRPC on a reserved port",
    spec: one({ grpcPort: 6379 }),
    ...refused("spec.agents[0]", "grpcPort must be another port"),
  },
  {
    name: "a port for gRPC that another agent has for HTTP",
    spec: withAgents({ name: "one", port: 8000, grpcPort: 8001 }, { name: "two", port: 8001 }),
    ...refused("spec", "grpcPort of an agent is a port of another one"),
  },
  {
    name: "a port for gRPC that another agent has for gRPC",
    spec: withAgents({ name: "one", port: 8000, grpcPort: 9000 }, { name: "two", port: 8001, grpcPort: 9000 }),
    ...refused("spec", "grpcPort of an agent is a port of another one"),
  },
  {
    name: "two agents whose addresses would be one variable",
    spec: withAgents({ name: "one", port: 8000, grpcPort: 9000 }, { name: "one-grpc", port: 8001 }),
    ...refused("spec", "both addresses would be one variable"),
  },
  {
    name: "env that sets the port for gRPC",
    spec: one({ grpcPort: 50051, env: { GRPC_PORT: "1" } }),
    ...refused("spec.agents[0]", "the platform sets GRPC_PORT itself"),
  },
  { name: "env that sets GRPC_PORT of an agent without one", spec: one({ env: { GRPC_PORT: "1" } }) },
];
