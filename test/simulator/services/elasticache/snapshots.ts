import type {
  CreateSnapshotMessage,
  DeleteSnapshotMessage,
  DescribeSnapshotsMessage,
  Snapshot,
} from "@aws-sdk/client-elasticache";
import { AwsError, type Call } from "../../operation.ts";
import { fromTags } from "../common/tags.ts";
import { markerPage } from "./pages.ts";
import type { GroupRow, SnapshotRow } from "./rows.ts";
import * as rows from "./rows.ts";

const notFound = (name: string | undefined) =>
  new AwsError("SnapshotNotFoundFault", `Snapshot ${name} not found.`, 404);

export function checkSnapshotName(call: Call, name: string): void {
  rows.checkName("SnapshotName", name, 255);
  if (rows.snapshots(call).get(name)) {
    throw new AwsError("SnapshotAlreadyExistsFault", `Snapshot ${name} already exists.`);
  }
  if (rows.snapshots(call).all().length >= call.world.quota("elasticache.snapshots")) {
    throw new AwsError("SnapshotQuotaExceededFault", "The request would exceed the number of snapshots.");
  }
}

/** A manual snapshot, creating until it is available; then `done`. */
export function takeSnapshot(call: Call, row: GroupRow, name: string, done: () => void): SnapshotRow {
  const created = call.world.clock.now();
  const made = rows.snapshots(call).put(name, {
    name,
    arn: rows.cacheArn(call, "snapshot", name),
    groupId: row.id,
    created,
    status: "creating",
    tags: {},
    detail: {
      ReplicationGroupDescription: row.description,
      CacheNodeType: row.nodeType,
      Engine: row.engine,
      EngineVersion: row.version,
      Port: row.port,
      CacheParameterGroupName: row.parameterGroup,
      CacheSubnetGroupName: row.subnetGroup,
      VpcId: row.vpcId,
      NumNodeGroups: 1,
      SnapshotRetentionLimit: row.snapshotRetentionDays,
      SnapshotWindow: row.snapshotWindow,
      NodeSnapshots: [{ CacheNodeId: "0001", SnapshotCreateTime: new Date(created) }],
    },
  });
  call.world.clock.after(call.world.duration("elasticache.snapshot.create"), () => {
    if (rows.snapshots(call).get(name)?.created === created) {
      rows.snapshots(call).change(name, (snapshot) => {
        snapshot.status = "available";
      });
    }
    done();
  });
  return made;
}

/** API_CreateSnapshot: of an available group, which is snapshotting meanwhile. */
export function createSnapshot(call: Call, input: CreateSnapshotMessage): object {
  const row = rows.existingGroup(call, input.ReplicationGroupId);
  const name = rows.lower(input.SnapshotName);
  checkSnapshotName(call, name);
  if (row.status !== "available") {
    throw rows.badState(`Cannot create a snapshot because ${row.id} is not in the available state.`);
  }
  rows.groups(call).change(row.id, (group) => {
    group.status = "snapshotting";
  });
  const made = takeSnapshot(call, row, name, () => {
    const now = rows.groups(call).get(row.id);
    if (now?.incarnation !== row.incarnation || now.status !== "snapshotting") return;
    rows.groups(call).change(row.id, (group) => {
      group.status = "available";
    });
  });
  rows.snapshots(call).change(name, (snapshot) => {
    snapshot.tags = fromTags(input.Tags);
  });
  return { Snapshot: describe(made) };
}

/** API_Snapshot. */
const describe = (row: SnapshotRow): Snapshot => ({
  ...row.detail,
  SnapshotName: row.name,
  ARN: row.arn,
  ReplicationGroupId: row.groupId,
  SnapshotStatus: row.status,
  SnapshotSource: "manual",
});

/** API_DescribeSnapshots. */
export function describeSnapshots(call: Call, input: DescribeSnapshotsMessage): object {
  const name = input.SnapshotName;
  if (name !== undefined && !rows.snapshots(call).shown(rows.lower(name))) throw notFound(name);
  const chosen = rows
    .snapshots(call)
    .shownAll()
    .filter(
      (row) =>
        (name === undefined || row.name === rows.lower(name)) &&
        (input.ReplicationGroupId === undefined || row.groupId === rows.lower(input.ReplicationGroupId)),
    );
  const { items, Marker } = markerPage(chosen, (row) => row.name, { Marker: input.Marker });
  return { Snapshots: items.map(describe), Marker };
}

/** API_DeleteSnapshot: when it is available. */
export function deleteSnapshot(call: Call, input: DeleteSnapshotMessage): object {
  const row = rows.snapshots(call).get(rows.lower(input.SnapshotName));
  if (!row) throw notFound(input.SnapshotName);
  if (row.status !== "available") {
    throw new AwsError("InvalidSnapshotStateFault", `Snapshot ${row.name} is not in the available state.`);
  }
  rows.snapshots(call).remove(row.name);
  return { Snapshot: { ...describe(row), SnapshotStatus: "deleting" } };
}
