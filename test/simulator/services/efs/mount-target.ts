import type {
  CreateMountTargetRequest,
  DeleteMountTargetRequest,
  DescribeMountTargetSecurityGroupsRequest,
  DescribeMountTargetSecurityGroupsResponse,
  DescribeMountTargetsRequest,
  DescribeMountTargetsResponse,
  ModifyMountTargetSecurityGroupsRequest,
  MountTargetDescription,
} from "@aws-sdk/client-efs";
import { AwsError, type Call } from "../../operation.ts";
import { page } from "../common/page.ts";
import { defaultGroupOf, groupOf, subnetOf } from "../ec2/lookup.ts";
import {
  type AttachedInterface,
  attachInterface,
  detachInterface,
  regroupInterface,
} from "../ec2/network-interface.ts";
import { zoneHasCapacity } from "../ec2/zones.ts";
import { available, existing as existingFileSystem } from "./file-system.ts";
import { badRequest, idOf, noAccessPoint, noMountTarget, refusal } from "./refusals.ts";
import { accessPoints, type MountTargetRow, mountTargets } from "./rows.ts";

/** API_CreateMountTarget: one in each zone, all in one VPC, of an available file system. */
export function createMountTarget(call: Call, input: CreateMountTargetRequest): MountTargetDescription {
  const fileSystem = available(call, input.FileSystemId);
  const subnet = subnetOf(call, input.SubnetId ?? "");
  if (!subnet) throw refusal("SubnetNotFound", `The subnet ID '${input.SubnetId}' does not exist`, 400);
  const others = mountTargets(call)
    .all()
    .filter((each) => each.fileSystemId === fileSystem.id);
  if (others.some((each) => each.vpcId !== subnet.VpcId)) {
    throw refusal(
      "MountTargetConflict",
      "requested subnet for new mount target is not in the same VPC as existing mount targets",
      409,
    );
  }
  if (others.some((each) => each.zone === subnet.AvailabilityZone)) {
    throw refusal("MountTargetConflict", "mount target already exists in this AZ", 409);
  }
  if (fileSystem.zone !== undefined && fileSystem.zone !== subnet.AvailabilityZone) {
    throw refusal(
      "AvailabilityZonesMismatch",
      "The Availability Zone that was specified for a mount target is different from that of the file system.",
      400,
    );
  }
  if (!zoneHasCapacity(call, subnet.AvailabilityZone)) {
    throw refusal(
      "UnsupportedAvailabilityZone",
      `The Availability Zone '${subnet.AvailabilityZone}' is not supported.`,
      400,
    );
  }
  const groups = checkedGroups(call, subnet.VpcId, input.SecurityGroups ?? []);
  const id = call.world.id("fsmt");
  const attached = attach(call, {
    subnetId: subnet.SubnetId,
    groups,
    description: `EFS mount target for ${fileSystem.id} (${id})`,
    requester: "amazon-efs",
    ...(input.IpAddress !== undefined && { privateIp: input.IpAddress }),
  });
  const row = mountTargets(call).put(id, {
    id,
    fileSystemId: fileSystem.id,
    subnetId: subnet.SubnetId,
    vpcId: subnet.VpcId,
    zone: subnet.AvailabilityZone,
    zoneId: subnet.AvailabilityZoneId ?? "",
    interfaceId: attached.interfaceId,
    ip: attached.privateIp,
    state: "creating",
    securityGroups: groups,
  });
  call.world.clock.after(call.world.duration("efs.mountTarget.create"), () => {
    if (mountTargets(call).get(id)?.state !== "creating") return;
    mountTargets(call).change(id, (each) => {
      each.state = "available";
    });
  });
  return shape(call, row);
}

/** API_CreateMountTarget, SecurityGroups: up to five of the subnet's VPC, by default its default group. */
function checkedGroups(call: Call, vpcId: string, ids: readonly string[]): string[] {
  if (ids.length > call.world.quota("efs.securityGroupsPerMountTarget")) {
    throw refusal(
      "SecurityGroupLimitExceeded",
      "The maximum number of security groups per interface has been reached.",
      400,
    );
  }
  for (const id of ids) {
    if (groupOf(call, id)?.VpcId !== vpcId) {
      throw refusal("SecurityGroupNotFound", `The security group '${id}' does not exist`, 400);
    }
  }
  const fallback = defaultGroupOf(call, vpcId)?.GroupId;
  return ids.length > 0 ? [...ids] : fallback === undefined ? [] : [fallback];
}

/** EC2's refusals of an interface, by EFS's names. */
function attach(call: Call, wanted: Parameters<typeof attachInterface>[1]): AttachedInterface {
  try {
    return attachInterface(call, wanted);
  } catch (refused) {
    if (!(refused instanceof AwsError)) throw refused;
    if (refused.name === "InsufficientFreeAddressesInSubnet") {
      throw refusal("NoFreeAddressesInSubnet", refused.message, 409);
    }
    if (refused.name === "InvalidIPAddress.InUse") throw refusal("IpAddressInUse", refused.message, 409);
    throw refusal("NetworkInterfaceLimitExceeded", refused.message, 409);
  }
}

const shape = (call: Call, row: MountTargetRow): MountTargetDescription => ({
  MountTargetId: row.id,
  FileSystemId: row.fileSystemId,
  SubnetId: row.subnetId,
  VpcId: row.vpcId,
  AvailabilityZoneName: row.zone,
  AvailabilityZoneId: row.zoneId,
  NetworkInterfaceId: row.interfaceId,
  IpAddress: row.ip,
  LifeCycleState: row.state,
  OwnerId: call.account,
});

/** API_DescribeMountTargets: of one file system, of one access point's, or one by its id. */
export function describeMountTargets(call: Call, input: DescribeMountTargetsRequest): DescribeMountTargetsResponse {
  const named = [input.FileSystemId, input.MountTargetId, input.AccessPointId].filter((each) => each !== undefined);
  if (named.length !== 1) throw badRequest("Specify exactly one of FileSystemId, MountTargetId and AccessPointId.");
  let fileSystemId: string | undefined;
  if (input.FileSystemId !== undefined) fileSystemId = existingFileSystem(call, input.FileSystemId).id;
  if (input.AccessPointId !== undefined) {
    const point = accessPoints(call).get(idOf(input.AccessPointId));
    if (!point) throw noAccessPoint(idOf(input.AccessPointId));
    fileSystemId = point.fileSystemId;
  }
  const id = input.MountTargetId;
  if (id !== undefined && !mountTargets(call).shown(id)) throw noMountTarget(id);
  const { items, next } = page(
    mountTargets(call)
      .shownAll()
      .filter((row) => (fileSystemId ?? row.fileSystemId) === row.fileSystemId && (id ?? row.id) === row.id),
    (row) => row.id,
    input.Marker,
    input.MaxItems ?? call.world.quota("efs.page"),
    () => badRequest("invalid marker"),
  );
  return { MountTargets: items.map((row) => shape(call, row)), NextMarker: next };
}

function existing(call: Call, id: string | undefined): MountTargetRow {
  const row = mountTargets(call).get(id ?? "");
  if (!row) throw noMountTarget(id ?? "");
  return row;
}

/** API_DeleteMountTarget: deleting until its interface is gone. */
export function deleteMountTarget(call: Call, input: DeleteMountTargetRequest): undefined {
  const row = existing(call, input.MountTargetId);
  if (row.state === "deleting") return;
  mountTargets(call).change(row.id, (each) => {
    each.state = "deleting";
  });
  call.world.clock.after(call.world.duration("efs.mountTarget.delete"), () => {
    detachInterface(call, row.interfaceId);
    mountTargets(call).remove(row.id);
  });
}

/** API_DescribeMountTargetSecurityGroups: not while it is creating or deleting (IncorrectMountTargetState). */
export function describeMountTargetSecurityGroups(
  call: Call,
  input: DescribeMountTargetSecurityGroupsRequest,
): DescribeMountTargetSecurityGroupsResponse {
  const row = settled(call, input.MountTargetId);
  return { SecurityGroups: [...(mountTargets(call).shown(row.id) ?? row).securityGroups] };
}

function settled(call: Call, id: string | undefined): MountTargetRow {
  const row = existing(call, id);
  if (row.state !== "available") {
    throw refusal("IncorrectMountTargetState", `Mount target '${row.id}' is in the state '${row.state}'.`, 409);
  }
  return row;
}

/** API_ModifyMountTargetSecurityGroups: replaces all. */
export function modifyMountTargetSecurityGroups(call: Call, input: ModifyMountTargetSecurityGroupsRequest): undefined {
  const row = settled(call, input.MountTargetId);
  const groups = checkedGroups(call, row.vpcId, input.SecurityGroups ?? []);
  mountTargets(call).change(row.id, (each) => {
    each.securityGroups = groups;
  });
  regroupInterface(
    call,
    row.interfaceId,
    groups.map((GroupId) => ({ GroupId, GroupName: groupOf(call, GroupId)?.GroupName ?? "" })),
  );
}
