import type { EffectiveCache } from "../api/effective.ts";
import type { NetworkParts } from "./network.ts";
import { type Ref, text, type Wired } from "./ref.ts";
import type { Scope } from "./scope.ts";
import { cachePort, type SecurityParts } from "./security.ts";

/** How agents reach the cache. */
export interface CacheParts {
  /** "rediss://host:6379": TLS, as clients of Redis write it. */
  readonly url: Wired<string>;
  readonly host: Wired<string>;
  readonly port: number;
  /** Nodes without which nothing answers there. */
  readonly ready: readonly string[];
}

const fact = "CacheReady";

/** The cache that the spec asks for: encrypted at rest and in transit, and reached by the agents that use it alone. */
export function addCache(scope: Scope, network: NetworkParts, security: SecurityParts): CacheParts | undefined {
  const { cache } = scope.spec.data;
  if (!cache || !security.cache) return undefined;
  const { names } = scope;
  const subnets = scope.add(
    "AWS::ElastiCache::SubnetGroup",
    "cache/subnet-group",
    { description: `Private subnets of ${names.prefix}`, subnetIds: network.private.map(({ id }) => id) },
    { name: names.part("cache"), fact },
  );
  const group = scope.add(
    "AWS::ElastiCache::ReplicationGroup",
    "cache/replication-group",
    {
      description: `Cache of ${names.prefix}`,
      engine: cache.engine.toLowerCase(),
      engineVersion: cache.version,
      nodeType: cache.nodeType,
      replicas: cache.replicas,
      multiAZ: cache.replicas > 0,
      parameterGroup: addParameters(scope, cache),
      subnetGroup: subnets.name,
      securityGroupIds: [security.cache],
      port: cachePort,
      atRestEncryption: true,
      transitEncryption: "required",
      snapshotRetentionDays: cache.snapshotRetentionDays,
      autoMinorUpgrade: true,
    },
    { name: names.replicationGroup("cache"), fact },
  );
  return {
    url: text`rediss://${group.endpoint}:${String(cachePort)}`,
    host: group.endpoint,
    port: cachePort,
    ready: [group.$node],
  };
}

/** AWS's own group of the family, or one of ours where the spec asks for more than AWS's defaults. */
function addParameters(scope: Scope, { engine, version, maxMemoryPolicy }: EffectiveCache): string | Ref<string> {
  const family = `${engine.toLowerCase()}${version.split(".")[0]}`;
  if (maxMemoryPolicy === undefined) return `default.${family}`;
  return scope.add(
    "AWS::ElastiCache::ParameterGroup",
    "cache/parameter-group",
    { family, parameters: { "maxmemory-policy": maxMemoryPolicy } },
    // The family cannot change: a new major version comes with a group of another name, beside the old one.
    { name: scope.names.part("cache", family), fact },
  ).name;
}
