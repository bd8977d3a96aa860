import type { Operations } from "../../operation.ts";
import { createReplicationGroup } from "./create.ts";
import { deleteReplicationGroup } from "./delete.ts";
import * as describe from "./describe.ts";
import { modifyReplicationGroup } from "./modify.ts";
import * as parameterGroups from "./parameter-groups.ts";
import * as replicas from "./replicas.ts";
import * as snapshots from "./snapshots.ts";
import * as subnetGroups from "./subnet-groups.ts";
import * as tagging from "./tagging.ts";

/** ElastiCache for Valkey and Redis OSS, node-based, cluster mode disabled. Source: ElastiCache API Reference, 2015-02-02. */
export const operations: Operations = {
  AddTagsToResource: tagging.addTagsToResource,
  CreateCacheParameterGroup: parameterGroups.createCacheParameterGroup,
  CreateCacheSubnetGroup: subnetGroups.createCacheSubnetGroup,
  CreateReplicationGroup: createReplicationGroup,
  CreateSnapshot: snapshots.createSnapshot,
  DecreaseReplicaCount: replicas.decreaseReplicaCount,
  DeleteCacheParameterGroup: parameterGroups.deleteCacheParameterGroup,
  DeleteCacheSubnetGroup: subnetGroups.deleteCacheSubnetGroup,
  DeleteReplicationGroup: deleteReplicationGroup,
  DeleteSnapshot: snapshots.deleteSnapshot,
  DescribeCacheClusters: describe.describeCacheClusters,
  DescribeCacheEngineVersions: describe.describeCacheEngineVersions,
  DescribeCacheParameterGroups: parameterGroups.describeCacheParameterGroups,
  DescribeCacheParameters: parameterGroups.describeCacheParameters,
  DescribeCacheSubnetGroups: subnetGroups.describeCacheSubnetGroups,
  DescribeReplicationGroups: describe.describeReplicationGroups,
  DescribeSnapshots: snapshots.describeSnapshots,
  IncreaseReplicaCount: replicas.increaseReplicaCount,
  ListTagsForResource: tagging.listTagsForResource,
  ModifyCacheParameterGroup: parameterGroups.modifyCacheParameterGroup,
  ModifyCacheSubnetGroup: subnetGroups.modifyCacheSubnetGroup,
  ModifyReplicationGroup: modifyReplicationGroup,
  RemoveTagsFromResource: tagging.removeTagsFromResource,
  ResetCacheParameterGroup: parameterGroups.resetCacheParameterGroup,
};
