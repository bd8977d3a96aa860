import type { DeleteReplicationGroupMessage } from "@aws-sdk/client-elasticache";
import type { Call } from "../../operation.ts";
import { describeGroup } from "./describe.ts";
import { removeNodes } from "./nodes.ts";
import * as rows from "./rows.ts";
import { checkSnapshotName, takeSnapshot } from "./snapshots.ts";

/**
 * API_DeleteReplicationGroup: of an available one, with a final snapshot when it is named. It is deleting for minutes, and
 * its interfaces and its subnet group are held until it is gone.
 */
export function deleteReplicationGroup(call: Call, input: DeleteReplicationGroupMessage): object {
  const row = rows.existingGroup(call, input.ReplicationGroupId);
  if (input.RetainPrimaryCluster) throw rows.badValue("RetainPrimaryCluster is not simulated.");
  if (row.status !== "available" && row.status !== "create-failed") {
    throw rows.badState(`Replication group ${row.id} has status ${row.status} which is not valid for deletion.`);
  }
  const snapshot = input.FinalSnapshotIdentifier?.toLowerCase();
  if (snapshot !== undefined) checkSnapshotName(call, snapshot);
  rows.groups(call).change(row.id, (group) => {
    group.status = "deleting";
  });
  const gone = () => {
    const left = rows.groups(call).get(row.id);
    if (left?.incarnation !== row.incarnation) return;
    removeNodes(call, left.members);
    rows.groups(call).remove(row.id);
  };
  const remove = () => call.world.clock.after(call.world.duration("elasticache.group.delete"), gone);
  if (snapshot === undefined) remove();
  else takeSnapshot(call, row, snapshot, remove);
  return { ReplicationGroup: describeGroup(rows.existingGroup(call, row.id)) };
}
