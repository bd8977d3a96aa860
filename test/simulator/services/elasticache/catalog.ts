/** Versions of ElastiCache by engine, patch included (ElastiCache User Guide, "Engine versions and upgrading", 2026). */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  redis: ["6.2.6", "7.0.7", "7.1.0"],
  valkey: ["7.2.6", "8.0.1", "8.1.0", "8.2.0", "9.0.0", "9.1.0"],
};

export interface EngineVersion {
  readonly engine: string;
  /** With its patch: "8.0.1". */
  readonly version: string;
  /** Family of its parameter groups: "valkey8", "redis6.x". */
  readonly family: string;
}

/** Oldest first within each engine. */
export const engineVersions: readonly EngineVersion[] = Object.entries(VERSIONS).flatMap(([engine, versions]) =>
  versions.map((version) => ({ engine, version, family: familyOf(engine, version) })),
);

function familyOf(engine: string, version: string): string {
  const [major = ""] = version.split(".");
  return major === "6" ? `${engine}6.x` : `${engine}${major}`;
}

export const families: ReadonlySet<string> = new Set(engineVersions.map(({ family }) => family));

/**
 * The version that "8.0" stands for, or the newest of Redis. From Redis 6 and Valkey on, the patch is AWS's: a request
 * with one is refused. Valkey wants a version said.
 */
export function resolveVersion(engine: string, name: string | undefined): EngineVersion | undefined {
  const all = engineVersions.filter((one) => one.engine === engine);
  if (name === undefined) return engine === "redis" ? all.at(-1) : undefined;
  return all.find(({ version }) => version.split(".").slice(0, 2).join(".") === name);
}

/** Whether a version is another engine's (Redis becomes Valkey) or a newer one. API_ModifyReplicationGroup, EngineVersion. */
export function isUpgrade(from: EngineVersion, to: EngineVersion): boolean {
  if (from.engine !== to.engine) return from.engine === "redis" && to.engine === "valkey";
  const order = engineVersions.filter(({ engine }) => engine === from.engine).map(({ version }) => version);
  return order.indexOf(to.version) >= order.indexOf(from.version);
}

const [SMALL, LARGE] = [
  ["micro", "small", "medium"],
  ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"],
];

/** API_CreateReplicationGroup, CacheNodeType: current generations and their sizes. */
const NODE_FAMILIES: Readonly<Record<string, readonly string[]>> = {
  t2: SMALL,
  t3: SMALL,
  t4g: SMALL,
  m5: ["large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge"],
  m6g: LARGE,
  m7g: LARGE,
  r5: ["large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge"],
  r6g: LARGE,
  r7g: LARGE,
};

/** "cache.t4g.micro" */
export function isNodeType(name: string): boolean {
  const [cache, family = "", size = "", ...rest] = name.split(".");
  return cache === "cache" && rest.length === 0 && (NODE_FAMILIES[family]?.includes(size) ?? false);
}
