import { z } from "zod";
import { type Rule, ruled, type Transition } from "./rule.ts";

/**
 * Minor versions that ElastiCache takes at creation; it appends the patch itself. ElastiCache user guide, "Engine versions
 * and upgrading in ElastiCache" (AmazonElastiCache/latest/dg/engine-versions.html).
 */
export const cacheVersions = {
  Valkey: ["7.2", "8.0", "8.1", "8.2", "9.0", "9.1"],
  Redis: ["7.0", "7.1"],
} as const;

/** Version when none is set. */
export const defaultCacheVersion = { Valkey: "8.2", Redis: "7.1" } as const;

/** What Redis and Valkey can do when memory is full. https://valkey.io/topics/lru-cache/ */
const maxMemoryPolicies = [
  "volatile-lru",
  "allkeys-lru",
  "volatile-lfu",
  "allkeys-lfu",
  "volatile-random",
  "allkeys-random",
  "volatile-ttl",
  "noeviction",
] as const;

const fields = z.strictObject({
  engine: z
    .enum(["Valkey", "Redis"])
    .default("Valkey")
    .describe("Valkey, or Redis OSS, which costs a quarter more. Redis can become Valkey, not the other way."),
  version: z
    .enum([...cacheVersions.Redis, ...cacheVersions.Valkey])
    .optional()
    .describe(
      `Version of the engine. It can go up; AWS may raise it within the major version. Default: ${defaultCacheVersion.Valkey} of Valkey, ${defaultCacheVersion.Redis} of Redis.`,
    ),
  nodeType: z
    .string()
    .max(40)
    .regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/)
    .optional()
    .describe("Size of a node. Default: cache.t4g.micro in Development, cache.t4g.small in Production."),
  replicas: z
    .int32()
    .min(0)
    .max(5)
    .optional()
    .describe(
      "Copies of the primary node, in other zones; with one or more, AWS fails over by itself. Default: 0 in Development, 1 in Production.",
    ),
  snapshotRetentionDays: z
    .int32()
    .min(0)
    .max(35)
    .optional()
    .describe("Days that daily snapshots are kept; 0 makes none. Default: 1 in Development, 7 in Production."),
  maxMemoryPolicy: z
    .enum(maxMemoryPolicies)
    .optional()
    .describe(
      "What goes when memory is full, as maxmemory-policy names it; queues and self-hosted Langfuse need noeviction. Default: AWS's own, volatile-lru.",
    ),
});

type Fields = z.output<typeof fields>;

const listOf = (versions: readonly string[]): string => `[${versions.map((version) => `'${version}'`).join(", ")}]`;

const rules: readonly Rule<Fields>[] = [
  {
    cel: `!has(self.version) || self.version in (self.engine == 'Valkey' ? ${listOf(cacheVersions.Valkey)} : ${listOf(cacheVersions.Redis)})`,
    message: `this engine has no such version: Valkey has ${cacheVersions.Valkey.join(", ")}, Redis ${cacheVersions.Redis.join(", ")}. Set one of them, or remove version`,
    holds: ({ engine, version }) =>
      version === undefined || (cacheVersions[engine] as readonly string[]).includes(version),
  },
];

export const cache = ruled(fields, ...rules);
export type Cache = z.output<typeof cache>;

/** The version that a cache shall have. */
export function cacheVersionOf({ engine, version }: Pick<Cache, "engine" | "version">): string {
  return version ?? defaultCacheVersion[engine];
}

type WithCache = { readonly data: { readonly cache?: Cache | undefined } };

const versionCel = (self: string): string =>
  `(has(${self}.data.cache.version) ? double(${self}.data.cache.version) : (${self}.data.cache.engine == 'Valkey' ? ${defaultCacheVersion.Valkey} : ${defaultCacheVersion.Redis}))`;

export const cacheTransitions: readonly Transition<WithCache>[] = [
  {
    cel: "!has(self.data.cache) || !has(oldSelf.data.cache) || self.data.cache.engine == 'Valkey' || oldSelf.data.cache.engine == 'Redis'",
    message:
      "data.cache.engine cannot go from Valkey to Redis, AWS has no way back: set it to Valkey, or remove data.cache and add it again",
    keeps: (now, old) =>
      !now.data.cache || !old.data.cache || now.data.cache.engine === "Valkey" || old.data.cache.engine === "Redis",
  },
  {
    cel: `!has(self.data.cache) || !has(oldSelf.data.cache) || self.data.cache.engine != oldSelf.data.cache.engine || ${versionCel("self")} >= ${versionCel("oldSelf")}`,
    message: `data.cache.version can only go up (unset, it is ${defaultCacheVersion.Valkey} of Valkey and ${defaultCacheVersion.Redis} of Redis): AWS has no way back. Set at least what it had`,
    keeps: (now, old) =>
      !now.data.cache ||
      !old.data.cache ||
      now.data.cache.engine !== old.data.cache.engine ||
      Number(cacheVersionOf(now.data.cache)) >= Number(cacheVersionOf(old.data.cache)),
  },
];
