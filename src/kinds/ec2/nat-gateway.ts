import {
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  type Filter,
  type NatGateway,
  paginateDescribeNatGateways,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { collect } from "../../aws/pages.ts";
import type { Kind } from "../kind.ts";
import { fromTagList } from "../tags.ts";
import { byId, filter, ownerFilters, tagResource, tagSpecifications } from "./shared.ts";

export interface NatGatewayProps {
  readonly subnetId: string;
  readonly allocationId: string;
}

export interface NatGatewayOutputs {
  readonly natGatewayId: string;
  readonly publicIp: string;
}

const describe = (aws: Aws, Filter: Filter[]): Promise<NatGateway[]> =>
  collect(paginateDescribeNatGateways({ client: aws.ec2 }, { Filter }), (page) => page.NatGateways);
const read = byId("nat-gateway-id", (it: NatGateway) => it.NatGatewayId, describe);

/**
 * AWS shows a deleted gateway for about an hour, and a failed one too, which it then deletes by itself ("Troubleshoot
 * NAT gateways", Amazon VPC user guide). The address of a gateway goes with it: a new one needs it free.
 */
export const natGateway: Kind<NatGatewayProps, NatGatewayOutputs> = {
  type: "AWS::EC2::NatGateway",
  identity: "token",
  createOnly: ["subnetId", "allocationId"],
  deleteFirst: true,
  timing: { pollSeconds: 5, usually: "1 to 2 minutes" },

  async find(aws, { tags }) {
    const found = await describe(aws, [...ownerFilters(tags), filter("state", "pending", "available", "failed")]);
    return found.flatMap((it) => (it.NatGatewayId ? [{ id: it.NatGatewayId, tags: fromTagList(it.Tags) }] : []));
  },

  async observe(aws, id) {
    const it = await read(aws, id);
    if (!it || it.State === "deleted") return undefined;
    const [address] = it.NatGatewayAddresses ?? [];
    const seen = {
      live: { subnetId: it.SubnetId, ...(address?.AllocationId && { allocationId: address.AllocationId }) },
      tags: fromTagList(it.Tags),
    };
    switch (it.State) {
      case "available":
        return { ...seen, phase: "ready", outputs: { natGatewayId: id, publicIp: address?.PublicIp ?? "" } };
      case "deleting":
        return { ...seen, phase: "deleting", message: `NAT gateway ${id} is being deleted` };
      case "failed": {
        const message = `NAT gateway ${id} failed: ${it.FailureCode}: ${it.FailureMessage}`;
        return { ...seen, phase: "failed", message, recreate: true };
      }
      default:
        return { ...seen, phase: "progressing", message: `NAT gateway ${id} is ${it.State ?? "pending"}` };
    }
  },

  async create(aws, { props, tags, token }) {
    const answer = await aws.ec2.send(
      new CreateNatGatewayCommand({
        SubnetId: props.subnetId,
        AllocationId: props.allocationId,
        ClientToken: token,
        TagSpecifications: tagSpecifications("natgateway", tags),
      }),
    );
    return answer.NatGateway?.NatGatewayId ?? "";
  },

  async delete(aws, id) {
    await aws.ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id }));
  },

  tag: tagResource,
};
