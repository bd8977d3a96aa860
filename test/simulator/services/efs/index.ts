import type { Operations } from "../../operation.ts";
import * as accessPoint from "./access-point.ts";
import * as fileSystem from "./file-system.ts";
import * as mountTarget from "./mount-target.ts";
import * as tags from "./tags.ts";

/** EFS. Source of the rules: Amazon Elastic File System API Reference, 2015-02-01. */
export const operations: Operations = {
  CreateAccessPoint: accessPoint.createAccessPoint,
  CreateFileSystem: fileSystem.createFileSystem,
  CreateMountTarget: mountTarget.createMountTarget,
  DeleteAccessPoint: accessPoint.deleteAccessPoint,
  DeleteFileSystem: fileSystem.deleteFileSystem,
  DeleteMountTarget: mountTarget.deleteMountTarget,
  DescribeAccessPoints: accessPoint.describeAccessPoints,
  DescribeBackupPolicy: fileSystem.describeBackupPolicy,
  DescribeFileSystems: fileSystem.describeFileSystems,
  DescribeLifecycleConfiguration: fileSystem.describeLifecycleConfiguration,
  DescribeMountTargetSecurityGroups: mountTarget.describeMountTargetSecurityGroups,
  DescribeMountTargets: mountTarget.describeMountTargets,
  ListTagsForResource: tags.listTagsForResource,
  ModifyMountTargetSecurityGroups: mountTarget.modifyMountTargetSecurityGroups,
  PutBackupPolicy: fileSystem.putBackupPolicy,
  PutLifecycleConfiguration: fileSystem.putLifecycleConfiguration,
  TagResource: tags.tagResource,
  UntagResource: tags.untagResource,
  UpdateFileSystem: fileSystem.updateFileSystem,
};
