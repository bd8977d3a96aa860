import type {
  AccessPointDescription,
  CreateAccessPointRequest,
  DeleteAccessPointRequest,
  DescribeAccessPointsRequest,
  DescribeAccessPointsResponse,
} from "@aws-sdk/client-efs";
import type { Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { uuid } from "../common/random.ts";
import { toTags } from "../common/tags.ts";
import { available, existing as existingFileSystem } from "./file-system.ts";
import { badRequest, idOf, noAccessPoint, refusal } from "./refusals.ts";
import { type AccessPointRow, accessPoints } from "./rows.ts";
import { checkedTags } from "./tags.ts";

/** API_CreateAccessPoint: "already exists, with the creation token you provided", AccessPointAlreadyExists with its id. */
export function createAccessPoint(call: Call, input: CreateAccessPointRequest): AccessPointDescription {
  const fileSystem = available(call, input.FileSystemId);
  const token = input.ClientToken ?? uuid(call.world);
  const all = accessPoints(call).all();
  const old = all.find((each) => each.clientToken === token);
  if (old) {
    throw refusal(
      "AccessPointAlreadyExists",
      `Access point '${old.id}' already exists with client token '${token}'`,
      409,
      {
        AccessPointId: old.id,
      },
    );
  }
  const path = input.RootDirectory?.Path ?? "/";
  if (!/^\/([^/\0]+(\/[^/\0]+){0,3})?$/.test(path)) {
    throw badRequest("A root directory path must be absolute and have at most four subdirectories.");
  }
  const tags = checkedTags(input.Tags);
  if (
    all.filter((each) => each.fileSystemId === fileSystem.id).length >=
    call.world.quota("efs.accessPointsPerFileSystem")
  ) {
    throw refusal("AccessPointLimitExceeded", "You have reached the maximum number of access points.", 403);
  }
  const id = call.world.id("fsap");
  const row = accessPoints(call).put(id, {
    id,
    fileSystemId: fileSystem.id,
    clientToken: token,
    posixUser: input.PosixUser,
    rootDirectory: { ...input.RootDirectory, Path: path },
    state: "creating",
    tags,
  });
  call.world.clock.after(call.world.duration("efs.accessPoint.create"), () => {
    if (accessPoints(call).get(id)?.state !== "creating") return;
    accessPoints(call).change(id, (each) => {
      each.state = "available";
    });
  });
  return shape(call, row);
}

const shape = (call: Call, row: AccessPointRow): AccessPointDescription => ({
  AccessPointId: row.id,
  AccessPointArn: arn(call, "elasticfilesystem", `access-point/${row.id}`),
  FileSystemId: row.fileSystemId,
  ClientToken: row.clientToken,
  ...(row.posixUser !== undefined && { PosixUser: row.posixUser }),
  RootDirectory: row.rootDirectory,
  LifeCycleState: row.state,
  OwnerId: call.account,
  ...(row.tags.Name !== undefined && { Name: row.tags.Name }),
  Tags: toTags(row.tags),
});

/** API_DescribeAccessPoints: by id, by file system, or all; not by both. */
export function describeAccessPoints(call: Call, input: DescribeAccessPointsRequest): DescribeAccessPointsResponse {
  if (input.AccessPointId !== undefined && input.FileSystemId !== undefined) {
    throw badRequest("AccessPointId and FileSystemId are mutually exclusive.");
  }
  const id = input.AccessPointId === undefined ? undefined : idOf(input.AccessPointId);
  if (id !== undefined && !accessPoints(call).shown(id)) throw noAccessPoint(id);
  const fileSystemId = input.FileSystemId === undefined ? undefined : existingFileSystem(call, input.FileSystemId).id;
  const { items, next } = page(
    accessPoints(call)
      .shownAll()
      .filter((row) => (id ?? row.id) === row.id && (fileSystemId ?? row.fileSystemId) === row.fileSystemId),
    (row) => row.id,
    input.NextToken,
    input.MaxResults ?? call.world.quota("efs.page"),
    () => badRequest("invalid token"),
  );
  return { AccessPoints: items.map((row) => shape(call, row)), NextToken: next };
}

/** API_DeleteAccessPoint. */
export function deleteAccessPoint(call: Call, input: DeleteAccessPointRequest): undefined {
  const row = accessPoints(call).get(idOf(input.AccessPointId));
  if (!row) throw noAccessPoint(idOf(input.AccessPointId));
  accessPoints(call).change(row.id, (each) => {
    each.state = "deleting";
  });
  call.world.clock.after(call.world.duration("efs.accessPoint.delete"), () => accessPoints(call).remove(row.id));
}
