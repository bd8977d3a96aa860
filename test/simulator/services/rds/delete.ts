import type { DeleteDBInstanceMessage } from "@aws-sdk/client-rds";
import type { Call } from "../../operation.ts";
import { detachInterface } from "../ec2/network-interface.ts";
import { describeInstance } from "./describe.ts";
import * as rows from "./rows.ts";
import { dropSecret } from "./secret.ts";
import { checkSnapshotName, takeSnapshot } from "./snapshots.ts";

/**
 * API_DeleteDBInstance: refused under protection; takes a final snapshot unless told to skip it, which it has to be told.
 * The instance is deleting for minutes, and its network interfaces, subnet group and secret are held until it is gone.
 */
export function deleteDBInstance(call: Call, input: DeleteDBInstanceMessage): object {
  const row = rows.existingInstance(call, input.DBInstanceIdentifier);
  const { SkipFinalSnapshot: skip = false, FinalDBSnapshotIdentifier: snapshot } = input;
  if (row.status === "deleting") throw rows.badState(`Instance ${row.id} is already being deleted.`);
  if (row.deletionProtection) {
    throw rows.badCombination("Cannot delete protected DB Instance, please disable deletion protection and try again.");
  }
  if (!skip && !snapshot) {
    throw rows.badCombination("FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.");
  }
  if (skip && snapshot !== undefined) {
    throw rows.badCombination("FinalDBSnapshotIdentifier cannot be specified when deleting with SkipFinalSnapshot.");
  }
  if (snapshot !== undefined) {
    checkSnapshotName(call, snapshot);
    if (!["available", "storage-optimization", "backing-up"].includes(row.status)) {
      throw rows.badState(
        `Cannot create a snapshot because the database instance ${row.id} is not currently in the available state.`,
      );
    }
  }
  rows.dbInstances(call).change(row.id, (db) => {
    db.status = "deleting";
  });
  const { world } = call;
  const gone = () => {
    const left = rows.dbInstances(call).get(row.id);
    if (left?.resourceId !== row.resourceId) return;
    for (const id of left.interfaces) detachInterface(call, id);
    dropSecret(call, row.id);
    rows.dbInstances(call).remove(row.id);
    rows.tellInstance(call, row, "DB instance deleted", "deletion");
  };
  const remove = () => world.clock.after(world.duration("rds.instance.delete"), gone);
  if (snapshot === undefined) remove();
  else takeSnapshot(call, row, snapshot, remove);
  return { DBInstance: describeInstance(call, rows.existingInstance(call, row.id)) };
}
