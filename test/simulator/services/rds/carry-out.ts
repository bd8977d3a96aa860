import type { PendingModifiedValues } from "@aws-sdk/client-rds";
import type { Call } from "../../operation.ts";
import { subnetOf } from "../ec2/lookup.ts";
import { detachInterface } from "../ec2/network-interface.ts";
import { attach } from "./create.ts";
import type { InstanceRow } from "./rows.ts";
import * as rows from "./rows.ts";
import { baseline } from "./storage.ts";

/** Carries out what is pending: in a moment, or in the maintenance window. Other changes are refused meanwhile. */
export function schedule(call: Call, { id, resourceId, maintenanceWindow }: InstanceRow, now: boolean): void {
  const { world } = call;
  const wait = now ? world.duration("rds.instance.modifyStart") : untilWindow(world.clock.now(), maintenanceWindow);
  const current = () => {
    const row = rows.dbInstances(call).get(id);
    return row?.resourceId === resourceId ? row : undefined;
  };
  world.clock.after(wait, () => {
    const row = current();
    if (!row || Object.keys(row.pending).length === 0 || !["available", "storage-optimization"].includes(row.status)) {
      return;
    }
    const version = row.pending.EngineVersion;
    rows.dbInstances(call).change(id, (db) => {
      db.status = version === undefined ? "modifying" : "upgrading";
    });
    world.clock.after(world.duration(durationOf(row.pending)), () => {
      const changed = current();
      if (!changed || changed.status === "deleting") return;
      finish(call, changed);
    });
  });
}

const durationOf = (pending: PendingModifiedValues): string =>
  pending.EngineVersion !== undefined
    ? "rds.instance.upgrade"
    : pending.DBInstanceClass !== undefined
      ? "rds.instance.modifyClass"
      : pending.MultiAZ !== undefined
        ? "rds.instance.modifyMultiAZ"
        : pending.AllocatedStorage !== undefined || pending.StorageType !== undefined
          ? "rds.instance.modifyStorage"
          : "rds.instance.modify";

function finish(call: Call, row: InstanceRow): void {
  const { pending } = row;
  const storage = [pending.AllocatedStorage, pending.StorageType, pending.Iops, pending.StorageThroughput].some(
    (value) => value !== undefined,
  );
  if (pending.MultiAZ !== undefined) moveStandby(call, row, pending.MultiAZ);
  rows.dbInstances(call).change(row.id, (db) => {
    db.engineVersion = pending.EngineVersion ?? db.engineVersion;
    db.instanceClass = pending.DBInstanceClass ?? db.instanceClass;
    db.multiAZ = pending.MultiAZ ?? db.multiAZ;
    db.port = pending.Port ?? db.port;
    db.backupRetentionDays = pending.BackupRetentionPeriod ?? db.backupRetentionDays;
    db.storageGiB = pending.AllocatedStorage ?? db.storageGiB;
    db.storageType = pending.StorageType ?? db.storageType;
    const usual = baseline(db.storageType, db.storageGiB);
    if (storage) {
      db.iops = pending.Iops ?? usual.iops;
      db.throughput = pending.StorageThroughput ?? usual.throughput;
      db.storageChanged = call.world.clock.now();
    }
    db.pending = {};
    db.status = storage ? "storage-optimization" : "available";
    if (pending.EngineVersion !== undefined && db.parameterGroup.startsWith("default.")) {
      db.parameterGroup = `default.postgres${pending.EngineVersion.split(".")[0]}`;
    }
  });
  rows.tellInstance(call, row, "Finished applying modification to DB instance", "configuration change");
  if (!storage) return;
  call.world.clock.after(call.world.duration("rds.instance.optimizeStorage"), () => {
    const db = rows.dbInstances(call).get(row.id);
    if (db?.resourceId !== row.resourceId || db.status !== "storage-optimization") return;
    rows.dbInstances(call).change(row.id, (changed) => {
      changed.status = "available";
    });
  });
}

/** The standby of a Multi-AZ instance has an interface in another zone of the subnet group. */
function moveStandby(call: Call, row: InstanceRow, multiAZ: boolean): void {
  const group = rows.subnetGroups(call).get(row.subnetGroup);
  const subnets = (group?.subnetIds ?? []).flatMap((id) => subnetOf(call, id) ?? []);
  const other = subnets.find((subnet) => subnet.AvailabilityZone !== row.zone);
  const [first, ...rest] = row.interfaces;
  if (!multiAZ) for (const id of rest) detachInterface(call, id);
  const standby = multiAZ && other ? attach(call, other.SubnetId, row.groups) : undefined;
  rows.dbInstances(call).change(row.id, (db) => {
    db.secondaryZone = multiAZ ? other?.AvailabilityZone : undefined;
    db.interfaces = [first, standby].flatMap((id) => id ?? []);
  });
}

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Milliseconds until the window "ddd:hh24:mi-ddd:hh24:mi" opens next, in UTC. */
export function untilWindow(now: number, window: string): number {
  const [day = "sun", hour = "0", minute = "0"] = (window.split("-")[0] ?? "").split(":");
  const date = new Date(now);
  const opens = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), Number(hour), Number(minute));
  const days = (DAYS.indexOf(day) - date.getUTCDay() + 7) % 7;
  const at = opens + days * 86_400_000;
  return at > now ? at - now : at + 7 * 86_400_000 - now;
}
