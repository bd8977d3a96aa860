import type { ModifyReplicationGroupMessage } from "@aws-sdk/client-elasticache";
import type { Call } from "../../operation.ts";
import { networkInterfaces } from "../ec2/rows.ts";
import { isNodeType, isUpgrade } from "./catalog.ts";
import { checkFailover, checkGroups, checkParameterGroup, checkRetention, checkVersion, checkZones } from "./create.ts";
import { describeGroup } from "./describe.ts";
import { modifyFor } from "./nodes.ts";
import type { GroupRow } from "./rows.ts";
import * as rows from "./rows.ts";

/** Values of a row that a change brings, some at once, some when AWS is done. */
type Values = Partial<
  Pick<GroupRow, "engine" | "version" | "nodeType" | "parameterGroup" | "groups" | "failover" | "multiAZ" | "transit">
>;

/**
 * API_ModifyReplicationGroup. Windows, retention and the description are there at once. Everything else makes it modifying
 * for a while, in which it refuses more.
 */
export function modifyReplicationGroup(call: Call, input: ModifyReplicationGroupMessage): object {
  const row = rows.existingGroup(call, input.ReplicationGroupId);
  if (row.status !== "available") throw rows.badState("Replication group must be in available state to modify.");
  const values = { ...versionOf(call, row, input), ...failoverOf(call, row, input), ...transitOf(row, input) };
  if (input.CacheNodeType !== undefined) {
    if (!isNodeType(input.CacheNodeType)) {
      throw rows.badValue(`The specified cache node type ${input.CacheNodeType} is not valid.`);
    }
    values.nodeType = input.CacheNodeType;
  }
  if (input.SecurityGroupIds) values.groups = checkGroups(call, row, input.SecurityGroupIds);
  const retention = checkRetention(input.SnapshotRetentionLimit ?? row.snapshotRetentionDays);
  const differs = Object.entries(values).filter(
    ([key, value]) => JSON.stringify(row[key as keyof Values]) !== JSON.stringify(value),
  );
  const changed = Object.fromEntries(differs) as Values;
  if (differs.length > 0 && !input.ApplyImmediately) {
    throw rows.badValue("Changes in the maintenance window are not simulated: ApplyImmediately.");
  }
  rows.groups(call).change(row.id, (group) => {
    group.description = input.ReplicationGroupDescription ?? group.description;
    group.snapshotRetentionDays = retention;
    group.snapshotWindow = input.SnapshotWindow ?? group.snapshotWindow;
    group.maintenanceWindow = input.PreferredMaintenanceWindow?.toLowerCase() ?? group.maintenanceWindow;
    group.autoMinorUpgrade = input.AutoMinorVersionUpgrade ?? group.autoMinorUpgrade;
  });
  if (differs.length > 0) carryOut(call, row, changed);
  return { ReplicationGroup: describeGroup(rows.existingGroup(call, row.id)) };
}

/** Engine, version and parameter group go together: a group of the old family is refused. */
function versionOf(call: Call, row: GroupRow, input: ModifyReplicationGroupMessage): Values {
  const engine = input.Engine ?? row.engine;
  const [major, minor] = row.version.split(".");
  const now = checkVersion(row.engine, `${major}.${minor}`);
  const same = engine === row.engine && (input.EngineVersion ?? `${major}.${minor}`) === `${major}.${minor}`;
  const next = same ? now : checkVersion(engine, input.EngineVersion);
  if (!isUpgrade(now, next)) {
    throw rows.badCombination(
      `Cannot downgrade from ${row.engine} ${row.version} to ${next.engine} ${next.version}: create a new group instead.`,
    );
  }
  return {
    engine: next.engine,
    version: same ? row.version : next.version,
    parameterGroup: checkParameterGroup(call, input.CacheParameterGroupName ?? row.parameterGroup, next),
  };
}

function failoverOf(call: Call, row: GroupRow, input: ModifyReplicationGroupMessage): Values {
  const failover = input.AutomaticFailoverEnabled ?? row.failover === "enabled";
  const multiAZ = input.MultiAZEnabled ?? row.multiAZ;
  checkFailover(failover, multiAZ, row.members.length);
  const subnetGroup = rows.subnetGroups(call).get(row.subnetGroup);
  if (multiAZ && subnetGroup) checkZones(call, subnetGroup);
  return { failover: failover ? "enabled" : "disabled", multiAZ };
}

/** ElastiCache User Guide, "In-transit encryption (TLS) in ElastiCache": preferred lies between off and required. */
function transitOf(row: GroupRow, input: ModifyReplicationGroupMessage): Values {
  const { TransitEncryptionEnabled: on, TransitEncryptionMode: mode } = input;
  if (on === undefined && mode === undefined) return {};
  const wanted = on === false ? "disabled" : (mode ?? row.transit);
  if (wanted === row.transit) return {};
  if (wanted === "disabled" && row.transit === "required") {
    throw rows.badCombination("Set TransitEncryptionMode to preferred before you disable encryption in transit.");
  }
  if (wanted === "required" && row.transit === "disabled") {
    throw rows.badCombination("Set TransitEncryptionMode to preferred before you set it to required.");
  }
  return { transit: wanted };
}

function carryOut(call: Call, row: GroupRow, changed: Values): void {
  const { failover, transit, ...later } = changed;
  if (changed.groups) moveInterfaces(call, row, changed.groups);
  rows.groups(call).change(row.id, (group) => {
    if (failover) group.failover = failover === "enabled" ? "enabling" : "disabling";
    group.pendingTransit = transit;
  });
  modifyFor(call, row, durationOf(changed), (group) => {
    Object.assign(group, later, failover && { failover }, transit && { transit });
    group.pendingTransit = undefined;
  });
}

function durationOf(changed: Values): string {
  if (changed.version !== undefined || changed.engine !== undefined) return "elasticache.group.upgrade";
  if (changed.nodeType !== undefined) return "elasticache.group.modifyNodeType";
  if (changed.transit !== undefined) return "elasticache.group.modifyEncryption";
  if (changed.failover !== undefined || changed.multiAZ !== undefined) return "elasticache.group.modifyFailover";
  return "elasticache.group.modify";
}

function moveInterfaces(call: Call, row: GroupRow, groups: readonly string[]): void {
  const named = groups.map((id) => ({ GroupId: id }));
  for (const member of row.members) {
    if (!networkInterfaces(call).get(member.interface)) continue;
    networkInterfaces(call).change(member.interface, (eni) => {
      eni.Groups = named;
    });
  }
}
