import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateInternetGatewayResult,
  DeleteInternetGatewayRequest,
  DescribeInternetGatewaysRequest,
  DescribeInternetGatewaysResult,
  DetachInternetGatewayRequest,
  Tag,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { dependency, existing, hasDependencies, invalidValue, nouns } from "./refusals.ts";
import { type InternetGatewayRow, internetGateways, networkInterfaces, vpcs } from "./rows.ts";
import { type Filters, select } from "./select.ts";
import { specifiedTags } from "./tags.ts";

/** API_CreateInternetGateway. The quota is per region and follows that of VPCs. */
export function createInternetGateway(call: Call, input: CreateInternetGatewayRequest): CreateInternetGatewayResult {
  const tags = specifiedTags(input.TagSpecifications, "internet-gateway");
  if (internetGateways(call).all().length >= call.world.quota("ec2.internetGateways")) {
    throw new AwsError("InternetGatewayLimitExceeded", "The maximum number of internet gateways has been reached.");
  }
  return { InternetGateway: addInternetGateway(call, tags) };
}

export function addInternetGateway(call: Call, tags: Tag[]): InternetGatewayRow {
  const id = call.world.id("igw");
  return internetGateways(call).put(id, { InternetGatewayId: id, Attachments: [], OwnerId: call.account, Tags: tags });
}

/** API_AttachInternetGateway: one gateway has one VPC, one VPC has one gateway. */
export function attachInternetGateway(call: Call, input: AttachInternetGatewayRequest): undefined {
  const gateway = existing(internetGateways(call), input.InternetGatewayId, nouns.internetGateway, "internetGatewayId");
  const { VpcId: vpcId } = existing(vpcs(call), input.VpcId, nouns.vpc, "vpcId");
  const attached = gateway.Attachments[0]?.VpcId;
  if (attached !== undefined) {
    throw new AwsError(
      "Resource.AlreadyAssociated",
      `resource ${gateway.InternetGatewayId} is already attached to network ${attached}`,
    );
  }
  const taken = internetGateways(call)
    .all()
    .some((each) => each.Attachments.some((attachment) => attachment.VpcId === vpcId));
  if (taken) throw invalidValue(`Network ${vpcId} already has an internet gateway attached`);
  // API_InternetGatewayAttachment: an attached internet gateway has the state available, which the enum leaves out.
  const state = "available" as "attached";
  internetGateways(call).change(gateway.InternetGatewayId, (row) => {
    row.Attachments = [{ State: state, VpcId: vpcId }];
  });
}

/** API_DetachInternetGateway: the VPC must hold no public addresses, those of NAT gateways and load balancers included. */
export function detachInternetGateway(call: Call, input: DetachInternetGatewayRequest): undefined {
  const gateway = existing(internetGateways(call), input.InternetGatewayId, nouns.internetGateway, "internetGatewayId");
  const { VpcId: vpcId } = existing(vpcs(call), input.VpcId, nouns.vpc, "vpcId");
  const id = gateway.InternetGatewayId;
  if (!gateway.Attachments.some((each) => each.VpcId === vpcId)) {
    throw new AwsError("Gateway.NotAttached", `resource ${id} is not attached to network ${vpcId}`);
  }
  const mapped = networkInterfaces(call)
    .all()
    .some((each) => each.VpcId === vpcId && each.Association?.PublicIp !== undefined);
  if (mapped) {
    throw dependency(
      `Network ${vpcId} has some mapped public address(es). Please unmap those public address(es) before detaching ` +
        "the gateway.",
    );
  }
  internetGateways(call).change(id, (row) => {
    row.Attachments = [];
  });
}

/** API_DeleteInternetGateway: detach first. */
export function deleteInternetGateway(call: Call, input: DeleteInternetGatewayRequest): undefined {
  const gateway = existing(internetGateways(call), input.InternetGatewayId, nouns.internetGateway, "internetGatewayId");
  if (gateway.Attachments.length > 0) throw hasDependencies("internetGateway", gateway.InternetGatewayId);
  internetGateways(call).remove(gateway.InternetGatewayId);
}

/** API_DescribeInternetGateways. */
const filters: Filters<InternetGatewayRow> = {
  "attachment.state": (gateway) => gateway.Attachments.map((each) => each.State),
  "attachment.vpc-id": (gateway) => gateway.Attachments.map((each) => each.VpcId),
  "internet-gateway-id": (gateway) => gateway.InternetGatewayId,
  "owner-id": (gateway) => gateway.OwnerId,
};

export function describeInternetGateways(
  call: Call,
  input: DescribeInternetGatewaysRequest,
): DescribeInternetGatewaysResult {
  const { rows, next } = select(
    call,
    { table: internetGateways(call), noun: nouns.internetGateway, id: (row) => row.InternetGatewayId, filters },
    { ids: input.InternetGatewayIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
  );
  return { InternetGateways: [...rows], NextToken: next };
}
