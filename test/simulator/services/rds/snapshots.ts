import type {
  CreateDBSnapshotMessage,
  DBSnapshot,
  DeleteDBSnapshotMessage,
  DescribeDBSnapshotsMessage,
} from "@aws-sdk/client-rds";
import { AwsError, type Call } from "../../operation.ts";
import { fromTags, toTags } from "../common/tags.ts";
import { markerPage } from "./pages.ts";
import type { InstanceRow, SnapshotRow } from "./rows.ts";
import * as rows from "./rows.ts";

const notFound = (name: string | undefined) =>
  new AwsError("DBSnapshotNotFoundFault", `DBSnapshot ${name} not found.`, 404);

export function checkSnapshotName(call: Call, name: string): void {
  rows.checkIdentifier("FinalDBSnapshotIdentifier", name);
  if (rows.snapshots(call).get(rows.lower(name))) {
    throw new AwsError(
      "DBSnapshotAlreadyExistsFault",
      `Cannot create the snapshot because a snapshot with the identifier ${name} already exists.`,
    );
  }
  if (rows.snapshots(call).all().length >= call.world.quota("rds.snapshots")) {
    throw new AwsError("SnapshotQuotaExceededFault", "The request would exceed the number of manual snapshots.");
  }
}

/** A manual snapshot, creating until it is available; then `done`. */
export function takeSnapshot(call: Call, row: InstanceRow, name: string, done: () => void): SnapshotRow {
  const id = rows.lower(name);
  const now = call.world.clock.now();
  const table = rows.snapshots(call);
  const made = table.put(id, {
    id,
    arn: rows.rdsArn(call, "snapshot", id),
    instanceId: row.id,
    created: now,
    status: "creating",
    percent: 0,
    tags: row.copyTagsToSnapshot ? row.tags : {},
    detail: {
      Engine: row.engine,
      EngineVersion: row.engineVersion,
      AllocatedStorage: row.storageGiB,
      StorageType: row.storageType,
      AvailabilityZone: row.zone,
      VpcId: row.vpcId,
      Port: row.port,
      MasterUsername: row.username,
      Encrypted: row.encrypted,
      LicenseModel: "postgresql-license",
      DbiResourceId: row.resourceId,
      ...(row.created !== undefined && { InstanceCreateTime: new Date(row.created) }),
    },
  });
  call.world.clock.after(call.world.duration("rds.snapshot.create"), () => {
    if (table.get(id)?.created === now) {
      table.change(id, (snapshot) => {
        snapshot.status = "available";
        snapshot.percent = 100;
      });
      rows.tell(call, { id, arn: made.arn, type: "db-snapshot" }, "Manual snapshot created", ["creation"]);
    }
    done();
  });
  return made;
}

/** API_CreateDBSnapshot: of an available instance, which is backing-up meanwhile. */
export function createDBSnapshot(call: Call, input: CreateDBSnapshotMessage): object {
  const row = rows.existingInstance(call, input.DBInstanceIdentifier);
  const name = input.DBSnapshotIdentifier ?? "";
  checkSnapshotName(call, name);
  if (row.status !== "available" && row.status !== "storage-optimization") {
    throw rows.badState(
      `Cannot create a snapshot because the database instance ${row.id} is not currently in the available state.`,
    );
  }
  const become = (status: string) =>
    rows.dbInstances(call).change(row.id, (db) => {
      db.status = status;
    });
  become("backing-up");
  const snapshot = takeSnapshot(call, row, name, () => {
    if (rows.dbInstances(call).get(row.id)?.status === "backing-up") become("available");
  });
  rows.snapshots(call).change(snapshot.id, (made) => {
    made.tags = { ...made.tags, ...fromTags(input.Tags) };
  });
  return { DBSnapshot: describe(snapshot) };
}

/** API_DBSnapshot. */
const describe = (row: SnapshotRow): DBSnapshot => ({
  ...row.detail,
  DBSnapshotIdentifier: row.id,
  DBSnapshotArn: row.arn,
  DBInstanceIdentifier: row.instanceId,
  SnapshotType: "manual",
  Status: row.status,
  PercentProgress: row.percent,
  SnapshotCreateTime: new Date(row.created),
  OriginalSnapshotCreateTime: new Date(row.created),
  TagList: toTags(row.tags),
});

/** API_DescribeDBSnapshots. */
export function describeDBSnapshots(call: Call, input: DescribeDBSnapshotsMessage): object {
  const wanted = input.DBSnapshotIdentifier;
  const matching = rows
    .snapshots(call)
    .shownAll()
    .filter(
      (row) =>
        (wanted === undefined || row.id === rows.lower(wanted)) &&
        (input.DBInstanceIdentifier === undefined || row.instanceId === rows.lower(input.DBInstanceIdentifier)) &&
        (input.SnapshotType === undefined || input.SnapshotType === "manual"),
    );
  if (wanted !== undefined && matching.length === 0) throw notFound(wanted);
  const { items, Marker } = markerPage(matching, (row) => row.id, input);
  return { DBSnapshots: items.map(describe), Marker };
}

/** API_DeleteDBSnapshot: when it is available. */
export function deleteDBSnapshot(call: Call, input: DeleteDBSnapshotMessage): object {
  const row = rows.snapshots(call).get(rows.lower(input.DBSnapshotIdentifier));
  if (!row) throw notFound(input.DBSnapshotIdentifier);
  if (row.status !== "available") {
    throw new AwsError("InvalidDBSnapshotStateFault", `Snapshot ${row.id} is not in the available state.`);
  }
  rows.snapshots(call).remove(row.id);
  return { DBSnapshot: { ...describe(row), Status: "deleted" } };
}
