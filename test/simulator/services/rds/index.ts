import type { Operations } from "../../operation.ts";
import { createDBInstance } from "./create.ts";
import { deleteDBInstance } from "./delete.ts";
import * as describe from "./describe.ts";
import { modifyDBInstance } from "./modify.ts";
import * as parameterGroups from "./parameter-groups.ts";
import { rebootDBInstance } from "./reboot.ts";
import * as snapshots from "./snapshots.ts";
import * as subnetGroups from "./subnet-groups.ts";
import * as tagging from "./tagging.ts";

/** RDS for PostgreSQL. Source of the rules: Amazon RDS API Reference, 2014-10-31. */
export const operations: Operations = {
  AddTagsToResource: tagging.addTagsToResource,
  CreateDBInstance: createDBInstance,
  CreateDBParameterGroup: parameterGroups.createDBParameterGroup,
  CreateDBSnapshot: snapshots.createDBSnapshot,
  CreateDBSubnetGroup: subnetGroups.createDBSubnetGroup,
  DeleteDBInstance: deleteDBInstance,
  DeleteDBParameterGroup: parameterGroups.deleteDBParameterGroup,
  DeleteDBSnapshot: snapshots.deleteDBSnapshot,
  DeleteDBSubnetGroup: subnetGroups.deleteDBSubnetGroup,
  DescribeDBEngineVersions: describe.describeDBEngineVersions,
  DescribeDBInstances: describe.describeDBInstances,
  DescribeDBParameterGroups: parameterGroups.describeDBParameterGroups,
  DescribeDBParameters: parameterGroups.describeDBParameters,
  DescribeDBSnapshots: snapshots.describeDBSnapshots,
  DescribeDBSubnetGroups: subnetGroups.describeDBSubnetGroups,
  DescribeEvents: describe.describeEvents,
  DescribeOrderableDBInstanceOptions: describe.describeOrderableDBInstanceOptions,
  ListTagsForResource: tagging.listTagsForResource,
  ModifyDBInstance: modifyDBInstance,
  ModifyDBParameterGroup: parameterGroups.modifyDBParameterGroup,
  ModifyDBSubnetGroup: subnetGroups.modifyDBSubnetGroup,
  RebootDBInstance: rebootDBInstance,
  RemoveTagsFromResource: tagging.removeTagsFromResource,
  ResetDBParameterGroup: parameterGroups.resetDBParameterGroup,
};
