import type {
  BackupPolicyDescription,
  CreateFileSystemRequest,
  DeleteFileSystemRequest,
  DescribeFileSystemsRequest,
  DescribeFileSystemsResponse,
  FileSystemDescription,
  PutBackupPolicyRequest,
  PutLifecycleConfigurationRequest,
  UpdateFileSystemRequest,
} from "@aws-sdk/client-efs";
import type { Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { uuid } from "../common/random.ts";
import { toTags } from "../common/tags.ts";
import { zoneId, zonesOf } from "../ec2/zones.ts";
import { badRequest, idOf, noFileSystem, refusal, wrongState } from "./refusals.ts";
import { accessPoints, type FileSystemRow, fileSystems, mountTargets } from "./rows.ts";
import { checkedTags } from "./tags.ts";

/** API_CreateFileSystem: "if a file system with the specified creation token already exists", FileSystemAlreadyExists with its id. */
export function createFileSystem(call: Call, input: CreateFileSystemRequest): FileSystemDescription {
  const token = input.CreationToken ?? uuid(call.world);
  const old = fileSystems(call)
    .all()
    .find((each) => each.creationToken === token);
  if (old) {
    throw refusal(
      "FileSystemAlreadyExists",
      `File system '${old.id}' already exists with creation token '${token}'`,
      409,
      {
        FileSystemId: old.id,
      },
    );
  }
  const tags = checkedTags(input.Tags);
  const zone = input.AvailabilityZoneName;
  if (zone !== undefined && !zonesOf(call.region).includes(zone)) {
    throw refusal("UnsupportedAvailabilityZone", `The Availability Zone '${zone}' is not supported.`, 400);
  }
  checkThroughput(input.ThroughputMode, input.ProvisionedThroughputInMibps);
  if (fileSystems(call).all().length >= call.world.quota("efs.fileSystems")) {
    throw refusal("FileSystemLimitExceeded", "You have reached the maximum number of file systems.", 403);
  }
  const encrypted = input.Encrypted ?? false;
  const id = call.world.id("fs");
  const row = fileSystems(call).put(id, {
    id,
    creationToken: token,
    created: call.world.clock.now(),
    encrypted,
    kmsKeyId: encrypted ? (input.KmsKeyId ?? arn(call, "kms", "key/aws-managed-elasticfilesystem")) : undefined,
    performanceMode: input.PerformanceMode ?? "generalPurpose",
    zone,
    state: "creating",
    throughputMode: input.ThroughputMode ?? "bursting",
    provisionedMibps: input.ProvisionedThroughputInMibps,
    // "Default is false. However, if you specify an AvailabilityZoneName, the default is true."
    backup: (input.Backup ?? zone !== undefined) ? "ENABLED" : undefined,
    lifecycle: [],
    tags,
  });
  settle(call, id, "efs.fileSystem.create");
  return shape(call, row);
}

function settle(call: Call, id: string, what: string): void {
  call.world.clock.after(call.world.duration(what), () => {
    const row = fileSystems(call).get(id);
    if (row && row.state !== "deleting") {
      fileSystems(call).change(id, (each) => {
        each.state = "available";
      });
    }
  });
}

/** API_CreateFileSystem, ProvisionedThroughputInMibps: for the mode provisioned, and only for it. */
function checkThroughput(mode: string | undefined, provisioned: number | undefined): void {
  if (mode === "provisioned" && provisioned === undefined) {
    throw badRequest("Provisioned throughput must be specified with throughput mode 'provisioned'.");
  }
  if (mode !== "provisioned" && provisioned !== undefined) {
    throw badRequest("Provisioned throughput can be specified with throughput mode 'provisioned' only.");
  }
}

export const fileSystemArn = (call: Call, id: string): string => arn(call, "elasticfilesystem", `file-system/${id}`);

const shape = (call: Call, row: FileSystemRow): FileSystemDescription => ({
  FileSystemId: row.id,
  FileSystemArn: fileSystemArn(call, row.id),
  CreationToken: row.creationToken,
  CreationTime: new Date(row.created),
  LifeCycleState: row.state,
  OwnerId: call.account,
  NumberOfMountTargets: mountTargets(call)
    .all()
    .filter((each) => each.fileSystemId === row.id).length,
  SizeInBytes: { Value: 6144, ValueInIA: 0, ValueInStandard: 6144, ValueInArchive: 0 },
  PerformanceMode: row.performanceMode,
  ThroughputMode: row.throughputMode,
  ...(row.provisionedMibps !== undefined && { ProvisionedThroughputInMibps: row.provisionedMibps }),
  Encrypted: row.encrypted,
  ...(row.kmsKeyId !== undefined && { KmsKeyId: row.kmsKeyId }),
  ...(row.zone !== undefined && {
    AvailabilityZoneName: row.zone,
    AvailabilityZoneId: zoneId(call, call.region, row.zone),
  }),
  // "If the file system has a Name tag, Amazon EFS returns the value in this field."
  ...(row.tags.Name !== undefined && { Name: row.tags.Name }),
  Tags: toTags(row.tags),
  FileSystemProtection: { ReplicationOverwriteProtection: "ENABLED" },
});

export function existing(call: Call, given: string | undefined): FileSystemRow {
  const row = fileSystems(call).get(idOf(given));
  if (!row) throw noFileSystem(idOf(given));
  return row;
}

/** A file system that can be built upon. */
export function available(call: Call, given: string | undefined): FileSystemRow {
  const row = existing(call, given);
  if (row.state !== "available") throw wrongState(row.id, row.state);
  return row;
}

/** API_DescribeFileSystems: by id, by creation token, or all. */
export function describeFileSystems(call: Call, input: DescribeFileSystemsRequest): DescribeFileSystemsResponse {
  const id = input.FileSystemId === undefined ? undefined : idOf(input.FileSystemId);
  if (id !== undefined && !fileSystems(call).shown(id)) throw noFileSystem(id);
  const { items, next } = page(
    fileSystems(call)
      .shownAll()
      .filter((row) => (id ?? row.id) === row.id && (input.CreationToken ?? row.creationToken) === row.creationToken),
    (row) => row.id,
    input.Marker,
    input.MaxItems ?? call.world.quota("efs.page"),
    () => badRequest("invalid marker"),
  );
  return { FileSystems: items.map((row) => shape(call, row)), NextMarker: next };
}

/** API_UpdateFileSystem. */
export function updateFileSystem(call: Call, input: UpdateFileSystemRequest): FileSystemDescription {
  const row = available(call, input.FileSystemId);
  const mode = input.ThroughputMode ?? row.throughputMode;
  checkThroughput(mode, input.ProvisionedThroughputInMibps);
  const changed = fileSystems(call).change(row.id, (each) => {
    each.throughputMode = mode;
    each.provisionedMibps = input.ProvisionedThroughputInMibps;
    each.state = "updating";
  });
  settle(call, row.id, "efs.fileSystem.update");
  return shape(call, changed);
}

/** API_DeleteFileSystem: "You can't delete a file system that is in use": its mount targets must be gone, not just going. */
export function deleteFileSystem(call: Call, input: DeleteFileSystemRequest): undefined {
  const row = existing(call, input.FileSystemId);
  if (
    mountTargets(call)
      .all()
      .some((each) => each.fileSystemId === row.id)
  ) {
    throw refusal("FileSystemInUse", `File system '${row.id}' has mount targets created in it.`, 409);
  }
  fileSystems(call).change(row.id, (each) => {
    each.state = "deleting";
  });
  call.world.clock.after(call.world.duration("efs.fileSystem.delete"), () => {
    for (const each of accessPoints(call).all()) {
      if (each.fileSystemId === row.id) accessPoints(call).remove(each.id);
    }
    fileSystems(call).remove(row.id);
  });
}

/** API_PutBackupPolicy: ENABLING, then ENABLED. */
export function putBackupPolicy(call: Call, input: PutBackupPolicyRequest): BackupPolicyDescription {
  const row = available(call, input.FileSystemId);
  const on = input.BackupPolicy?.Status === "ENABLED";
  const done = on ? "ENABLED" : "DISABLED";
  fileSystems(call).change(row.id, (each) => {
    if (each.backup !== done) each.backup = on ? "ENABLING" : "DISABLING";
  });
  call.world.clock.after(call.world.duration("efs.backupPolicy.change"), () => {
    const now = fileSystems(call).get(row.id);
    if (now?.backup !== (on ? "ENABLING" : "DISABLING")) return;
    fileSystems(call).change(row.id, (each) => {
      each.backup = done;
    });
  });
  return { BackupPolicy: { Status: row.backup } };
}

/** API_DescribeBackupPolicy: PolicyNotFound where none was ever set. */
export function describeBackupPolicy(call: Call, input: { FileSystemId?: string }): BackupPolicyDescription {
  existing(call, input.FileSystemId);
  const row = fileSystems(call).shown(idOf(input.FileSystemId));
  if (!row) throw noFileSystem(idOf(input.FileSystemId));
  if (row.backup === undefined) {
    throw refusal("PolicyNotFound", `Backup policy not found for file system '${row.id}'.`, 404);
  }
  return { BackupPolicy: { Status: row.backup } };
}

/** API_PutLifecycleConfiguration: replaces all. */
export function putLifecycleConfiguration(call: Call, input: PutLifecycleConfigurationRequest): object {
  const row = available(call, input.FileSystemId);
  const policies = [...(input.LifecyclePolicies ?? [])];
  fileSystems(call).change(row.id, (each) => {
    each.lifecycle = policies;
  });
  return { LifecyclePolicies: policies };
}

export function describeLifecycleConfiguration(call: Call, input: { FileSystemId?: string }): object {
  existing(call, input.FileSystemId);
  return { LifecyclePolicies: fileSystems(call).shown(idOf(input.FileSystemId))?.lifecycle ?? [] };
}
