import type { DecreaseReplicaCountMessage, IncreaseReplicaCountMessage } from "@aws-sdk/client-elasticache";
import { AwsError, type Call } from "../../operation.ts";
import { describeGroup } from "./describe.ts";
import { addNodes, countNodes, modifyFor, removeNodes } from "./nodes.ts";
import type { GroupRow } from "./rows.ts";
import * as rows from "./rows.ts";

/** API_IncreaseReplicaCount, API_DecreaseReplicaCount: only at once, to 5 at most. */
function check(call: Call, input: IncreaseReplicaCountMessage & DecreaseReplicaCountMessage): [GroupRow, number] {
  const row = rows.existingGroup(call, input.ReplicationGroupId);
  if (row.status !== "available") throw rows.badState("Replication group must be in available state to modify.");
  if (!input.ApplyImmediately) throw rows.badValue("ApplyImmediately must be true.");
  if (input.ReplicaConfiguration?.length || input.ReplicasToRemove?.length) {
    throw rows.badValue("Choosing replicas is not simulated: use NewReplicaCount.");
  }
  const wanted = input.NewReplicaCount;
  if (wanted === undefined || wanted < 0 || wanted > 5) {
    throw rows.badValue("The number of replicas per node group must be within 0 and 5.");
  }
  if (wanted === row.members.length - 1) {
    throw new AwsError("NoOperationFault", "The operation was not performed because no changes were required.");
  }
  return [row, wanted];
}

/** The new ones are members from now on, and serve once the group is available. */
export function increaseReplicaCount(call: Call, input: IncreaseReplicaCountMessage): object {
  const [row, wanted] = check(call, input);
  if (wanted < row.members.length - 1) throw rows.badValue(`The group has more than ${wanted} replicas already.`);
  const subnetGroup = rows.subnetGroups(call).get(row.subnetGroup);
  if (!subnetGroup) throw new Error(`${row.id} is in no subnet group`);
  if (countNodes(call) + wanted + 1 - row.members.length > call.world.quota("elasticache.nodes")) {
    throw new AwsError(
      "NodeQuotaForCustomerExceededFault",
      "The request would exceed the number of cache nodes that this account may have.",
    );
  }
  const members = addNodes(call, { id: row.id, subnetGroup, groups: row.groups }, row.members, wanted + 1);
  rows.groups(call).change(row.id, (group) => {
    group.members = members;
  });
  modifyFor(call, row, "elasticache.group.increase", () => {});
  return { ReplicationGroup: describeGroup(rows.existingGroup(call, row.id)) };
}

/** One replica at least has to stay under automatic failover. Those that go are members until they are gone. */
export function decreaseReplicaCount(call: Call, input: DecreaseReplicaCountMessage): object {
  const [row, wanted] = check(call, input);
  if (wanted > row.members.length - 1) throw rows.badValue(`The group has less than ${wanted} replicas.`);
  if (wanted === 0 && row.failover !== "disabled") {
    throw rows.badCombination("Cannot remove the last replica while automatic failover is enabled.");
  }
  modifyFor(call, row, "elasticache.group.decrease", (group) => {
    removeNodes(call, group.members.slice(wanted + 1));
    group.members = group.members.slice(0, wanted + 1);
  });
  return { ReplicationGroup: describeGroup(rows.existingGroup(call, row.id)) };
}
