import type {
  CreateDBSubnetGroupMessage,
  DBSubnetGroup,
  DeleteDBSubnetGroupMessage,
  DescribeDBSubnetGroupsMessage,
  ModifyDBSubnetGroupMessage,
} from "@aws-sdk/client-rds";
import { AwsError, type Call } from "../../operation.ts";
import { fromTags } from "../common/tags.ts";
import { subnetOf } from "../ec2/lookup.ts";
import { networkInterfaces } from "../ec2/rows.ts";
import { markerPage } from "./pages.ts";
import type { SubnetGroupRow } from "./rows.ts";
import * as rows from "./rows.ts";

export const subnetGroupNotFound = (name: string | undefined) =>
  new AwsError("DBSubnetGroupNotFoundFault", `DB subnet group '${name}' does not exist.`, 404);

/** API_CreateDBSubnetGroup: subnets of one VPC, in at least two Availability Zones. Returns the VPC. */
function checkSubnets(call: Call, ids: readonly string[]): string {
  const subnets = ids.map((id) => {
    const subnet = subnetOf(call, id);
    if (!subnet) {
      throw new AwsError(
        "InvalidSubnet",
        "The requested subnet is invalid, or multiple subnets were requested that are not all in a common VPC.",
      );
    }
    return subnet;
  });
  const vpcs = new Set(subnets.map((subnet) => subnet.VpcId));
  if (vpcs.size !== 1) {
    throw new AwsError(
      "InvalidSubnet",
      "The requested subnet is invalid, or multiple subnets were requested that are not all in a common VPC.",
    );
  }
  const zones = [...new Set(subnets.map((subnet) => subnet.AvailabilityZone))].sort();
  if (zones.length < 2) {
    throw new AwsError(
      "DBSubnetGroupDoesNotCoverEnoughAZs",
      "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. " +
        `Current AZ coverage: ${zones.join(", ")}. Add subnets to cover at least 2 AZs.`,
    );
  }
  if (ids.length > call.world.quota("rds.subnetsPerGroup")) {
    throw new AwsError(
      "DBSubnetQuotaExceededFault",
      "The request would exceed the number of subnets in a DB subnet group.",
    );
  }
  return [...vpcs][0] ?? "";
}

export function createDBSubnetGroup(call: Call, input: CreateDBSubnetGroupMessage): object {
  const name = rows.lower(input.DBSubnetGroupName);
  if (name === "default") throw rows.badValue("The parameter DBSubnetGroupName must not be 'default'.");
  const table = rows.subnetGroups(call);
  if (table.get(name)) {
    throw new AwsError("DBSubnetGroupAlreadyExistsFault", `The DB subnet group '${name}' already exists.`);
  }
  if (table.all().length >= call.world.quota("rds.subnetGroups")) {
    throw new AwsError("DBSubnetGroupQuotaExceededFault", "The request would exceed the number of DB subnet groups.");
  }
  const vpcId = checkSubnets(call, input.SubnetIds ?? []);
  const row = table.put(name, {
    name,
    arn: rows.rdsArn(call, "subgrp", name),
    vpcId,
    description: input.DBSubnetGroupDescription ?? "",
    subnetIds: [...(input.SubnetIds ?? [])],
    tags: fromTags(input.Tags),
  });
  return { DBSubnetGroup: describe(call, row) };
}

/** API_ModifyDBSubnetGroup: the subnets replace those there are; one that a database uses has to stay. */
export function modifyDBSubnetGroup(call: Call, input: ModifyDBSubnetGroupMessage): object {
  const name = rows.lower(input.DBSubnetGroupName);
  const row = rows.subnetGroups(call).get(name);
  if (!row) throw subnetGroupNotFound(name);
  const vpcId = checkSubnets(call, input.SubnetIds ?? []);
  if (vpcId !== row.vpcId) {
    throw new AwsError("InvalidSubnet", "The new Subnets are not in the same Vpc as the existing subnet group");
  }
  const used = rows
    .dbInstances(call)
    .all()
    .filter((db) => db.subnetGroup === name)
    .flatMap((db) => db.interfaces.map((id) => networkInterfaces(call).get(id)?.SubnetId));
  const missing = row.subnetIds.find((id) => used.includes(id) && !input.SubnetIds?.includes(id));
  if (missing !== undefined) {
    throw new AwsError("SubnetAlreadyInUse", `Subnet ${missing} is in use by a DB instance and cannot be removed.`);
  }
  rows.subnetGroups(call).change(name, (group) => {
    group.subnetIds = [...(input.SubnetIds ?? [])];
    group.description = input.DBSubnetGroupDescription ?? group.description;
  });
  return { DBSubnetGroup: describe(call, row) };
}

/** API_DeleteDBSubnetGroup. */
export function deleteDBSubnetGroup(call: Call, input: DeleteDBSubnetGroupMessage): undefined {
  const name = rows.lower(input.DBSubnetGroupName);
  if (!rows.subnetGroups(call).get(name)) throw subnetGroupNotFound(name);
  const user = rows
    .dbInstances(call)
    .all()
    .find((db) => db.subnetGroup === name);
  if (user) {
    throw new AwsError(
      "InvalidDBSubnetGroupStateFault",
      `Cannot delete the subnet group '${name}' because at least one database instance: ${user.id} is still using it.`,
    );
  }
  rows.subnetGroups(call).remove(name);
}

/** API_DBSubnetGroup. */
export function describe(call: Call, row: SubnetGroupRow): DBSubnetGroup {
  return {
    DBSubnetGroupName: row.name,
    DBSubnetGroupArn: row.arn,
    DBSubnetGroupDescription: row.description,
    VpcId: row.vpcId,
    SubnetGroupStatus: "Complete",
    Subnets: row.subnetIds.map((id) => ({
      SubnetIdentifier: id,
      SubnetAvailabilityZone: { Name: subnetOf(call, id)?.AvailabilityZone },
      SubnetOutpost: {},
      SubnetStatus: "Active",
    })),
    SupportedNetworkTypes: ["IPV4"],
  };
}

/** API_DescribeDBSubnetGroups. */
export function describeDBSubnetGroups(call: Call, input: DescribeDBSubnetGroupsMessage): object {
  const name = input.DBSubnetGroupName;
  if (name !== undefined) {
    const row = rows.subnetGroups(call).shown(rows.lower(name));
    if (!row) throw subnetGroupNotFound(name);
    return { DBSubnetGroups: [describe(call, row)] };
  }
  const { items, Marker } = markerPage(rows.subnetGroups(call).shownAll(), (row) => row.name, input);
  return { DBSubnetGroups: items.map((row) => describe(call, row)), Marker };
}
