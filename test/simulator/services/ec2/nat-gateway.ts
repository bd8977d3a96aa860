import type {
  CreateNatGatewayRequest,
  CreateNatGatewayResult,
  DeleteNatGatewayRequest,
  DeleteNatGatewayResult,
  DescribeNatGatewaysRequest,
  DescribeNatGatewaysResult,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { once } from "../common/once.ts";
import { later } from "./later.ts";
import { attachInterface, detachInterface } from "./network-interface.ts";
import { existing, nouns } from "./refusals.ts";
import { addresses, internetGateways, type NatGatewayRow, natGateways, subnets } from "./rows.ts";
import { type Filters, select } from "./select.ts";
import { specifiedTags } from "./tags.ts";
import { zoneHasCapacity } from "./zones.ts";

const ALIVE: readonly string[] = ["pending", "available", "deleting"];

/** API_CreateNatGateway, idempotent by ClientToken. */
export function createNatGateway(call: Call, input: CreateNatGatewayRequest): CreateNatGatewayResult {
  const { ClientToken: token, ...parameters } = input;
  return once<CreateNatGatewayResult>(
    call,
    "ec2.CreateNatGateway",
    token,
    parameters,
    () => ({ ClientToken: token, NatGateway: start(call, input) }),
    (answer) => {
      const row = natGateways(call).get(answer.NatGateway?.NatGatewayId ?? "");
      return row && { ...answer, NatGateway: row };
    },
    () =>
      new AwsError(
        "IdempotentParameterMismatch",
        "The request uses the same client token as a previous, but non-identical request.",
      ),
  );
}

function start(call: Call, input: CreateNatGatewayRequest): NatGatewayRow {
  const subnet = existing(subnets(call), input.SubnetId, nouns.subnet, "subnetId");
  const isPublic = input.ConnectivityType !== "private";
  const elastic = isPublic ? existing(addresses(call), input.AllocationId, nouns.address, "allocationId") : undefined;
  const tags = specifiedTags(input.TagSpecifications, "natgateway");
  if (!zoneHasCapacity(call, subnet.AvailabilityZone)) {
    throw new AwsError("NotAvailableInZone", "Nat Gateway is not available in this availability zone");
  }
  const inZone = natGateways(call)
    .all()
    .filter(
      (each) =>
        ALIVE.includes(each.State) && subnets(call).get(each.SubnetId)?.AvailabilityZone === subnet.AvailabilityZone,
    );
  const limit = call.world.quota("ec2.natGatewaysPerZone");
  if (inZone.length >= limit) {
    throw new AwsError(
      "NatGatewayLimitExceeded",
      `Performing this operation would exceed the limit of ${limit} NAT gateways`,
    );
  }
  const id = call.world.id("nat", 17);
  const row = natGateways(call).put(id, {
    NatGatewayId: id,
    VpcId: subnet.VpcId,
    SubnetId: subnet.SubnetId,
    ConnectivityType: isPublic ? "public" : "private",
    CreateTime: new Date(call.world.clock.now()),
    State: "pending",
    NatGatewayAddresses: [{ ...(elastic && { AllocationId: elastic.AllocationId }), IsPrimary: true }],
    Tags: tags,
  });
  const failure = attach(call, row, isPublic);
  if (failure) {
    later(call, "ec2.natGateway.fail", natGateways, id, (nat) => {
      nat.State = "failed";
      nat.FailureCode = failure.code;
      nat.FailureMessage = failure.message;
      // "If a NAT gateway fails, it's deleted after about an hour" (Troubleshoot NAT gateways).
      forget(call, id);
    });
  } else {
    later(call, "ec2.natGateway.create", natGateways, id, (nat) => {
      if (nat.State === "pending") nat.State = "available";
    });
  }
  return row;
}

/** VPC User Guide, "Troubleshoot NAT gateways", NAT gateway creation fails: these are found while it is pending. */
function attach(call: Call, nat: NatGatewayRow, isPublic: boolean): { code: string; message: string } | undefined {
  const allocationId = nat.NatGatewayAddresses[0]?.AllocationId;
  const attached = internetGateways(call)
    .all()
    .some((gateway) => gateway.Attachments.some((each) => each.VpcId === nat.VpcId));
  if (isPublic && !attached) {
    return { code: "Gateway.NotAttached", message: `Network ${nat.VpcId} has no Internet gateway attached` };
  }
  if (allocationId !== undefined && addresses(call).get(allocationId)?.AssociationId !== undefined) {
    return {
      code: "Resource.AlreadyAssociated",
      message: `Elastic IP address [${allocationId}] is already associated`,
    };
  }
  try {
    const made = attachInterface(call, {
      subnetId: nat.SubnetId,
      groups: [],
      description: `Interface for NAT Gateway ${nat.NatGatewayId}`,
      requester: "amazon-nat-gateway",
      interfaceType: "nat_gateway",
      allocationId,
    });
    natGateways(call).change(nat.NatGatewayId, (row) => {
      row.NatGatewayAddresses = [
        {
          ...(allocationId !== undefined && {
            AllocationId: allocationId,
            AssociationId: addresses(call).get(allocationId)?.AssociationId,
            PublicIp: made.publicIp,
          }),
          NetworkInterfaceId: made.interfaceId,
          PrivateIp: made.privateIp,
          IsPrimary: true,
          Status: "succeeded",
        },
      ];
    });
    return undefined;
  } catch (refusal) {
    if (!(refusal instanceof AwsError)) throw refusal;
    return { code: refusal.name, message: refusal.message };
  }
}

function forget(call: Call, id: string): void {
  call.world.clock.after(call.world.duration("ec2.natGateway.forget"), () => natGateways(call).remove(id));
}

/**
 * API_DeleteNatGateway: deleting, then deleted and still described for about an hour. The address stays the account's;
 * routes to the gateway stay and become black holes.
 */
export function deleteNatGateway(call: Call, input: DeleteNatGatewayRequest): DeleteNatGatewayResult {
  const row = existing(natGateways(call), input.NatGatewayId, nouns.natGateway, "natGatewayId");
  const id = row.NatGatewayId;
  if (row.State === "deleted") throw nouns.natGateway.notFound(id);
  if (row.State === "deleting") return { NatGatewayId: id };
  natGateways(call).change(id, (nat) => {
    nat.State = "deleting";
    nat.DeleteTime = new Date(call.world.clock.now());
  });
  later(call, "ec2.natGateway.delete", natGateways, id, (nat) => {
    nat.State = "deleted";
    for (const each of nat.NatGatewayAddresses) {
      if (each.NetworkInterfaceId !== undefined) detachInterface(call, each.NetworkInterfaceId);
    }
    forget(call, id);
  });
  return { NatGatewayId: id };
}

/** API_DescribeNatGateways. */
const filters: Filters<NatGatewayRow> = {
  "nat-gateway-id": (nat) => nat.NatGatewayId,
  state: (nat) => nat.State,
  "subnet-id": (nat) => nat.SubnetId,
  "vpc-id": (nat) => nat.VpcId,
};

export function describeNatGateways(call: Call, input: DescribeNatGatewaysRequest): DescribeNatGatewaysResult {
  const { rows, next } = select(
    call,
    { table: natGateways(call), noun: nouns.natGateway, id: (nat) => nat.NatGatewayId, filters },
    { ids: input.NatGatewayIds, filters: input.Filter, maxResults: input.MaxResults, nextToken: input.NextToken },
  );
  return { NatGateways: [...rows], NextToken: next };
}
