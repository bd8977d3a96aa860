import type {
  CacheSubnetGroup,
  CreateCacheSubnetGroupMessage,
  DeleteCacheSubnetGroupMessage,
  DescribeCacheSubnetGroupsMessage,
  ModifyCacheSubnetGroupMessage,
} from "@aws-sdk/client-elasticache";
import { AwsError, type Call } from "../../operation.ts";
import { fromTags } from "../common/tags.ts";
import { subnetOf } from "../ec2/lookup.ts";
import { networkInterfaces } from "../ec2/rows.ts";
import { markerPage } from "./pages.ts";
import type { SubnetGroupRow } from "./rows.ts";
import * as rows from "./rows.ts";

export const subnetGroupNotFound = (name: string | undefined) =>
  new AwsError("CacheSubnetGroupNotFoundFault", `Cache Subnet Group ${name} does not exist.`);

/** API_CreateCacheSubnetGroup: subnets of one VPC. Returns the VPC. */
function checkSubnets(call: Call, ids: readonly string[]): string {
  const vpcs = new Set(
    ids.map((id) => {
      const subnet = subnetOf(call, id);
      if (!subnet) throw new AwsError("InvalidSubnet", `The subnet ID '${id}' does not exist.`);
      return subnet.VpcId;
    }),
  );
  if (vpcs.size !== 1) throw new AwsError("InvalidSubnet", "All subnets of a cache subnet group must be in one VPC.");
  if (ids.length > call.world.quota("elasticache.subnetsPerGroup")) {
    throw new AwsError("CacheSubnetQuotaExceededFault", "The request would exceed the subnets of a subnet group.");
  }
  return [...vpcs][0] ?? "";
}

/** API_CreateCacheSubnetGroup. */
export function createCacheSubnetGroup(call: Call, input: CreateCacheSubnetGroupMessage): object {
  const name = rows.lower(input.CacheSubnetGroupName);
  rows.checkName("CacheSubnetGroupName", name, 255);
  const table = rows.subnetGroups(call);
  if (table.get(name)) {
    throw new AwsError("CacheSubnetGroupAlreadyExistsFault", `Cache subnet group ${name} already exists.`);
  }
  if (table.all().length >= call.world.quota("elasticache.subnetGroups")) {
    throw new AwsError("CacheSubnetGroupQuotaExceededFault", "The request would exceed the number of subnet groups.");
  }
  const row = table.put(name, {
    name,
    arn: rows.cacheArn(call, "subnetgroup", name),
    vpcId: checkSubnets(call, input.SubnetIds ?? []),
    description: input.CacheSubnetGroupDescription ?? "",
    subnetIds: [...(input.SubnetIds ?? [])],
    tags: fromTags(input.Tags),
  });
  return { CacheSubnetGroup: describe(call, row) };
}

/** API_ModifyCacheSubnetGroup: the subnets replace those there are; one that a node is in has to stay. */
export function modifyCacheSubnetGroup(call: Call, input: ModifyCacheSubnetGroupMessage): object {
  const name = rows.lower(input.CacheSubnetGroupName);
  const row = rows.subnetGroups(call).get(name);
  if (!row) throw subnetGroupNotFound(name);
  const wanted = input.SubnetIds ?? row.subnetIds;
  if (checkSubnets(call, wanted) !== row.vpcId) {
    throw new AwsError("InvalidSubnet", "The new subnets are not in the VPC of the cache subnet group.");
  }
  const used = members(call, name)
    .flatMap((group) => group.members)
    .map((node) => networkInterfaces(call).get(node.interface)?.SubnetId);
  const missing = row.subnetIds.find((id) => used.includes(id) && !wanted.includes(id));
  if (missing !== undefined) {
    throw new AwsError("SubnetInUse", `The subnet ID ${missing} is in use and cannot be removed.`);
  }
  rows.subnetGroups(call).change(name, (group) => {
    group.subnetIds = [...wanted];
    group.description = input.CacheSubnetGroupDescription ?? group.description;
  });
  return { CacheSubnetGroup: describe(call, row) };
}

/** API_DeleteCacheSubnetGroup: not while a cluster is in it. */
export function deleteCacheSubnetGroup(call: Call, input: DeleteCacheSubnetGroupMessage): undefined {
  const name = rows.lower(input.CacheSubnetGroupName);
  if (!rows.subnetGroups(call).get(name)) throw subnetGroupNotFound(name);
  const [user] = members(call, name);
  if (user) {
    throw new AwsError("CacheSubnetGroupInUse", `Cache subnet group ${name} is currently in use by a cache cluster.`);
  }
  rows.subnetGroups(call).remove(name);
}

const members = (call: Call, name: string) =>
  rows
    .groups(call)
    .all()
    .filter((group) => group.subnetGroup === name);

/** API_CacheSubnetGroup. */
function describe(call: Call, row: SubnetGroupRow): CacheSubnetGroup {
  return {
    CacheSubnetGroupName: row.name,
    CacheSubnetGroupDescription: row.description,
    ARN: row.arn,
    VpcId: row.vpcId,
    Subnets: row.subnetIds.map((id) => ({
      SubnetIdentifier: id,
      SubnetAvailabilityZone: { Name: subnetOf(call, id)?.AvailabilityZone },
      SupportedNetworkTypes: ["ipv4"],
    })),
    SupportedNetworkTypes: ["ipv4"],
  };
}

/** API_DescribeCacheSubnetGroups. */
export function describeCacheSubnetGroups(call: Call, input: DescribeCacheSubnetGroupsMessage): object {
  const name = input.CacheSubnetGroupName;
  if (name !== undefined) {
    const row = rows.subnetGroups(call).shown(rows.lower(name));
    if (!row) throw subnetGroupNotFound(name);
    return { CacheSubnetGroups: [describe(call, row)] };
  }
  const { items, Marker } = markerPage(rows.subnetGroups(call).shownAll(), (row) => row.name, input);
  return { CacheSubnetGroups: items.map((row) => describe(call, row)), Marker };
}
