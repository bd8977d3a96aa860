import type { RebootDBInstanceMessage } from "@aws-sdk/client-rds";
import type { Call } from "../../operation.ts";
import { describeInstance } from "./describe.ts";
import * as rows from "./rows.ts";

/** API_RebootDBInstance: rebooting for a while; parameters that waited for it are in sync after it. */
export function rebootDBInstance(call: Call, input: RebootDBInstanceMessage): object {
  const row = rows.existingInstance(call, input.DBInstanceIdentifier);
  if (!["available", "storage-optimization", "incompatible-parameters"].includes(row.status)) {
    throw rows.badState(`DB Instance ${row.id} is not in available state.`);
  }
  if (input.ForceFailover && !row.multiAZ) {
    throw rows.badCombination("Cannot specify ForceFailover when the instance is not configured for MultiAZ.");
  }
  rows.dbInstances(call).change(row.id, (db) => {
    db.status = "rebooting";
  });
  call.world.clock.after(call.world.duration("rds.instance.reboot"), () => {
    const db = rows.dbInstances(call).get(row.id);
    if (db?.resourceId !== row.resourceId || db.status !== "rebooting") return;
    rows.dbInstances(call).change(row.id, (changed) => {
      changed.status = "available";
      changed.parameterStatus = "in-sync";
    });
    rows.tellInstance(call, db, "DB instance restarted", "availability");
  });
  return { DBInstance: describeInstance(call, rows.existingInstance(call, row.id)) };
}
