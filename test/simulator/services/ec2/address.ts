import type {
  AllocateAddressRequest,
  AllocateAddressResult,
  AssociateAddressRequest,
  AssociateAddressResult,
  DescribeAddressesRequest,
  DescribeAddressesResult,
  DisassociateAddressRequest,
  ReleaseAddressRequest,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { releaseElastic } from "./network-interface.ts";
import { freePublicIp } from "./public-ip.ts";
import { existing, nouns, required } from "./refusals.ts";
import { type AddressRow, addresses, networkInterfaces } from "./rows.ts";
import { type Filters, matcher } from "./select.ts";
import { specifiedTags } from "./tags.ts";

/** API_AllocateAddress. Quota: 5 a region (EC2 User Guide, "Elastic IP address quota"). */
export function allocateAddress(call: Call, input: AllocateAddressRequest): AllocateAddressResult {
  const tags = specifiedTags(input.TagSpecifications, "elastic-ip");
  if (addresses(call).all().length >= call.world.quota("ec2.addresses")) {
    throw new AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
  }
  const id = call.world.id("eipalloc");
  const row = addresses(call).put(id, {
    AllocationId: id,
    PublicIp: freePublicIp(call),
    Domain: "vpc",
    NetworkBorderGroup: call.region,
    PublicIpv4Pool: "amazon",
    Tags: tags,
  });
  return {
    AllocationId: id,
    PublicIp: row.PublicIp,
    Domain: "vpc",
    NetworkBorderGroup: call.region,
    PublicIpv4Pool: "amazon",
  };
}

/** API_ReleaseAddress: "You must disassociate the Elastic IP address before you can release it". */
export function releaseAddress(call: Call, input: ReleaseAddressRequest): undefined {
  const row = existing(addresses(call), input.AllocationId, nouns.address, "allocationId");
  if (row.AssociationId !== undefined) {
    throw new AwsError("InvalidIPAddress.InUse", `Address ${row.PublicIp} is in use.`);
  }
  addresses(call).remove(row.AllocationId);
}

/** API_AssociateAddress, to a network interface: instances are not part of this world. */
export function associateAddress(call: Call, input: AssociateAddressRequest): AssociateAddressResult {
  const row = existing(addresses(call), input.AllocationId, nouns.address, "allocationId");
  const to = existing(networkInterfaces(call), input.NetworkInterfaceId, nouns.networkInterface, "networkInterfaceId");
  if (row.AssociationId !== undefined && row.NetworkInterfaceId === to.NetworkInterfaceId) {
    return { AssociationId: row.AssociationId };
  }
  if (row.AssociationId !== undefined && !input.AllowReassociation) {
    throw new AwsError(
      "Resource.AlreadyAssociated",
      `resource ${row.AllocationId} is already associated with associate-id ${row.AssociationId}`,
    );
  }
  if (row.NetworkInterfaceId !== undefined) releaseElastic(call, row.NetworkInterfaceId);
  const associationId = call.world.id("eipassoc");
  const association = { AllocationId: row.AllocationId, AssociationId: associationId, PublicIp: row.PublicIp };
  addresses(call).change(row.AllocationId, (each) => {
    each.AssociationId = associationId;
    each.NetworkInterfaceId = to.NetworkInterfaceId;
    each.NetworkInterfaceOwnerId = call.account;
    each.PrivateIpAddress = to.PrivateIpAddress;
  });
  networkInterfaces(call).change(to.NetworkInterfaceId, (each) => {
    each.Association = association;
  });
  return { AssociationId: associationId };
}

/** API_DisassociateAddress: idempotent only for addresses that exist; those of a NAT gateway are the gateway's. */
export function disassociateAddress(call: Call, input: DisassociateAddressRequest): undefined {
  const id = required(input.AssociationId, "associationId");
  const row = addresses(call)
    .all()
    .find((each) => each.AssociationId === id);
  if (!row) throw new AwsError("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
  const holder = networkInterfaces(call).get(row.NetworkInterfaceId ?? "");
  if (holder?.RequesterManaged) {
    throw new AwsError("AuthFailure", "You do not have permission to access the specified resource.");
  }
  if (!holder) return;
  releaseElastic(call, holder.NetworkInterfaceId);
  networkInterfaces(call).change(holder.NetworkInterfaceId, (each) => {
    delete each.Association;
  });
}

/** API_DescribeAddresses: no pages. */
const filters: Filters<AddressRow> = {
  "allocation-id": (row) => row.AllocationId,
  "association-id": (row) => row.AssociationId,
  domain: (row) => row.Domain,
  "instance-id": (row) => row.InstanceId,
  "network-border-group": (row) => row.NetworkBorderGroup,
  "network-interface-id": (row) => row.NetworkInterfaceId,
  "network-interface-owner-id": (row) => row.NetworkInterfaceOwnerId,
  "private-ip-address": (row) => row.PrivateIpAddress,
  "public-ip": (row) => row.PublicIp,
};

export function describeAddresses(call: Call, input: DescribeAddressesRequest): DescribeAddressesResult {
  const shown = addresses(call).shownAll();
  for (const id of input.AllocationIds ?? []) {
    if (!shown.some((row) => row.AllocationId === id)) throw nouns.address.notFound(id);
  }
  for (const ip of input.PublicIps ?? []) {
    if (!shown.some((row) => row.PublicIp === ip)) {
      throw new AwsError("InvalidAddress.NotFound", `Address '${ip}' not found.`);
    }
  }
  const matches = matcher(input.Filters ?? [], filters);
  return {
    Addresses: shown.filter(
      (row) =>
        (!input.AllocationIds?.length || input.AllocationIds.includes(row.AllocationId)) &&
        (!input.PublicIps?.length || input.PublicIps.includes(row.PublicIp)) &&
        matches(row),
    ),
  };
}
