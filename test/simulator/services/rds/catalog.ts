/** PostgreSQL versions that RDS offers (RDS for PostgreSQL Release Notes, "release calendar", 2026). */
const POSTGRES: Readonly<Record<string, readonly number[]>> = {
  "13": [20, 21, 22, 23],
  "14": [17, 18, 19, 20],
  "15": [12, 13, 14, 15],
  "16": [8, 9, 10, 11],
  "17": [4, 5, 6, 7],
};

export interface EngineVersion {
  readonly version: string;
  readonly major: string;
  readonly family: string;
}

/** Oldest first. */
export const postgresVersions: readonly EngineVersion[] = Object.entries(POSTGRES).flatMap(([major, minors]) =>
  minors.map((minor) => ({ version: `${major}.${minor}`, major, family: `postgres${major}` })),
);

/** The version that a name stands for: itself, or the newest minor of a major ("15"). Undefined: RDS has none such. */
export function resolveVersion(name: string | undefined): EngineVersion | undefined {
  if (name === undefined) return postgresVersions.filter(({ major }) => major === "17").at(-1);
  return (
    postgresVersions.find(({ version }) => version === name) ??
    postgresVersions.filter(({ major }) => major === name).at(-1)
  );
}

const [SMALL, LARGE] = [
  ["micro", "small", "medium", "large", "xlarge", "2xlarge"],
  ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"],
];

/** RDS User Guide, "Supported DB engines for DB instance classes": families, their sizes and the oldest PostgreSQL. */
const FAMILIES: Readonly<Record<string, { readonly sizes: readonly string[]; readonly since: number }>> = {
  t3: { sizes: SMALL, since: 13 },
  t4g: { sizes: SMALL, since: 13 },
  m5: { sizes: [...LARGE, "24xlarge"], since: 13 },
  m6g: { sizes: LARGE, since: 13 },
  m6i: { sizes: [...LARGE, "24xlarge", "32xlarge"], since: 13 },
  m7g: { sizes: LARGE, since: 13 },
  m7i: { sizes: [...LARGE, "24xlarge", "48xlarge"], since: 13 },
  m8g: { sizes: [...LARGE, "24xlarge", "48xlarge"], since: 15 },
  r5: { sizes: [...LARGE, "24xlarge"], since: 13 },
  r6g: { sizes: LARGE, since: 13 },
  r6i: { sizes: [...LARGE, "24xlarge", "32xlarge"], since: 13 },
  r7g: { sizes: LARGE, since: 13 },
  r7i: { sizes: [...LARGE, "24xlarge", "48xlarge"], since: 13 },
  r8g: { sizes: [...LARGE, "24xlarge", "48xlarge"], since: 15 },
};

const split = (name: string): readonly string[] => name.split(".");

/** "db.t4g.micro": known at all, by any engine. */
export function isInstanceClass(name: string): boolean {
  const [db, family = "", size = "", ...rest] = split(name);
  return db === "db" && rest.length === 0 && (FAMILIES[family]?.sizes.includes(size) ?? false);
}

export function isOrderable(instanceClass: string, version: EngineVersion): boolean {
  const family = FAMILIES[split(instanceClass)[1] ?? ""];
  return isInstanceClass(instanceClass) && family !== undefined && Number(version.major) >= family.since;
}

export const instanceClasses: readonly string[] = Object.entries(FAMILIES).flatMap(([family, { sizes }]) =>
  sizes.map((size) => `db.${family}.${size}`),
);

/** Performance Insights is not for the two smallest classes of PostgreSQL (RDS User Guide, "Performance Insights"). */
export const hasPerformanceInsights = (instanceClass: string): boolean =>
  !/^db\.t[34]g?\.(micro|small)$/.test(instanceClass);

/** API_CreateDBInstance, AllocatedStorage: GiB by storage type, for PostgreSQL. */
export const STORAGE: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  gp2: { min: 20, max: 65_536 },
  gp3: { min: 20, max: 65_536 },
  io1: { min: 100, max: 65_536 },
  io2: { min: 100, max: 65_536 },
  standard: { min: 5, max: 3072 },
};

/** RDS User Guide, "gp3 storage": below this size IOPS and throughput are 3000 and 125 MiB/s and cannot be said. */
export const GP3_TUNABLE_GIB = 400;
