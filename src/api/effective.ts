import type { DeletionPolicy } from "../graph/graph.ts";
import { type Cache, cacheVersionOf } from "./cache.ts";
import type { Data, Database } from "./data.ts";
import { defaultStorageGiB } from "./data.ts";
import { defaultCidr, defaultZoneCount, type EndpointService, type Network } from "./network.ts";
import type { Observability } from "./observability.ts";
import type { Spec } from "./spec.ts";
import type { EffectiveDefaults } from "./status.ts";

type Profile = Spec["profile"];

/** A network that the operator makes. */
export interface MadeNetwork {
  readonly cidr: string;
  /** Zone names, in the order of their subnets' blocks. */
  readonly zones: readonly string[];
  readonly natGateways: "PerZone" | "Single" | "None";
  /** Those that the spec names; what natGateways None needs is the graph's to add. */
  readonly endpoints: readonly EndpointService[];
}

export type ExistingNetwork = NonNullable<Network["existing"]>;

/** A database with no setting left open. */
export interface EffectiveDatabase
  extends Omit<Database, "instanceClass" | "storageGiB" | "multiAZ" | "backupRetentionDays"> {
  readonly instanceClass: string;
  readonly storageGiB: number;
  readonly multiAZ: boolean;
  readonly backupRetentionDays: number;
}

/** A cache with no setting left open but the policy that AWS's own parameter group has. */
export interface EffectiveCache extends Omit<Cache, "version" | "nodeType" | "replicas" | "snapshotRetentionDays"> {
  readonly version: string;
  readonly nodeType: string;
  readonly replicas: number;
  readonly snapshotRetentionDays: number;
}

/** The spec with every default applied: what a graph is built from. */
export interface EffectiveSpec extends Omit<Spec, "network" | "data" | "observability" | "deletionPolicy"> {
  /** Exactly one of the two. */
  readonly network:
    | { readonly made: MadeNetwork; readonly existing?: undefined }
    | { readonly existing: ExistingNetwork; readonly made?: undefined };
  readonly data: {
    readonly database?: EffectiveDatabase | undefined;
    readonly cache?: EffectiveCache | undefined;
    readonly artifacts?: Data["artifacts"];
  };
  readonly observability: Omit<Observability, "logs"> & { readonly logs: { readonly retentionDays: number } };
  readonly policies: { readonly database: DeletionPolicy; readonly data: "Delete" | "Retain" };
}

type Defined<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };
type ProfileDefaults = Defined<Omit<EffectiveDefaults, "profile" | "zones">>;

/** What each profile aims at. A change here reaches new objects only: the others have theirs recorded. */
const profiles: Readonly<Record<Profile, ProfileDefaults>> = {
  Development: {
    natGateways: "PerZone",
    instanceClass: "db.t3.micro",
    multiAZ: false,
    backupRetentionDays: 7,
    cacheNodeType: "cache.t4g.micro",
    cacheReplicas: 0,
    cacheSnapshotRetentionDays: 1,
    retentionDays: 7,
    databasePolicy: "Delete",
    dataPolicy: "Delete",
  },
  Production: {
    natGateways: "PerZone",
    instanceClass: "db.t3.small",
    multiAZ: true,
    backupRetentionDays: 14,
    cacheNodeType: "cache.t4g.small",
    cacheReplicas: 1,
    cacheSnapshotRetentionDays: 7,
    retentionDays: 30,
    databasePolicy: "Snapshot",
    dataPolicy: "Retain",
  },
};

/**
 * Fills in what the schema leaves open. Recorded defaults win over today's, except when the profile has changed: then
 * those of the new profile are taken, while zones stay as they are.
 *
 * @param available zones of the region where resources can be made, in any order
 * @param recorded status.effectiveDefaults of an earlier pass
 * @returns the spec, and the defaults to record
 */
export function effectiveSpec(
  spec: Spec,
  available: readonly string[],
  recorded?: EffectiveDefaults,
): { readonly spec: EffectiveSpec; readonly defaults: EffectiveDefaults } {
  const today = profiles[spec.profile];
  const kept = recorded?.profile === spec.profile ? recorded : undefined;
  const zones = spec.network.existing ? recorded?.zones : chooseZones(spec.network, available, recorded?.zones ?? []);
  const defaults: EffectiveDefaults & ProfileDefaults = {
    ...today,
    ...kept,
    // Not recorded by versions of the operator that had no cache.
    cacheNodeType: kept?.cacheNodeType ?? today.cacheNodeType,
    cacheReplicas: kept?.cacheReplicas ?? today.cacheReplicas,
    cacheSnapshotRetentionDays: kept?.cacheSnapshotRetentionDays ?? today.cacheSnapshotRetentionDays,
    profile: spec.profile,
    ...(zones && { zones: [...zones] }),
  };
  const { network, data, observability, deletionPolicy, ...rest } = spec;
  const effective: EffectiveSpec = {
    ...rest,
    network: network.existing ? { existing: network.existing } : { made: madeNetwork(network, defaults, zones ?? []) },
    data: {
      ...data,
      database: data.database && effectiveDatabase(data.database, defaults),
      cache: data.cache && effectiveCache(data.cache, defaults),
    },
    observability: {
      ...observability,
      logs: { retentionDays: observability.logs.retentionDays ?? defaults.retentionDays },
    },
    policies: {
      database: deletionPolicy ?? defaults.databasePolicy,
      data: deletionPolicy === undefined ? defaults.dataPolicy : deletionPolicy === "Delete" ? "Delete" : "Retain",
    },
  };
  return { spec: effective, defaults };
}

function madeNetwork(network: Network, defaults: EffectiveDefaults, zones: readonly string[]): MadeNetwork {
  return {
    cidr: network.cidr ?? defaultCidr,
    zones,
    natGateways: network.natGateways ?? defaults.natGateways,
    endpoints: network.endpoints ?? [],
  };
}

/** Zones that have been chosen stay, in their places; more are added in the order of their names. */
function chooseZones({ zones }: Network, available: readonly string[], chosen: readonly string[]): readonly string[] {
  if (zones?.names) return zones.names;
  const count = Math.max(zones?.count ?? defaultZoneCount, chosen.length);
  const others = [...available].sort().filter((zone) => !chosen.includes(zone));
  return [...chosen, ...others].slice(0, count);
}

function effectiveDatabase(database: Database, defaults: EffectiveDefaults): EffectiveDatabase {
  return {
    ...database,
    instanceClass: database.instanceClass ?? defaults.instanceClass,
    storageGiB: database.storageGiB ?? defaultStorageGiB,
    multiAZ: database.multiAZ ?? defaults.multiAZ,
    backupRetentionDays: database.backupRetentionDays ?? defaults.backupRetentionDays,
  };
}

function effectiveCache(cache: Cache, defaults: ProfileDefaults): EffectiveCache {
  return {
    ...cache,
    version: cacheVersionOf(cache),
    nodeType: cache.nodeType ?? defaults.cacheNodeType,
    replicas: cache.replicas ?? defaults.cacheReplicas,
    snapshotRetentionDays: cache.snapshotRetentionDays ?? defaults.cacheSnapshotRetentionDays,
  };
}
