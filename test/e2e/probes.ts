import {
  AllocateAddressCommand,
  CreateRouteTableCommand,
  CreateVpcCommand,
  DeleteRouteTableCommand,
  DeleteVpcCommand,
  DescribeAddressesCommand,
  EC2Client,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import type { AccountConfig } from "../support/account.ts";

/** Whether an address without a tag is found by it. */
export async function addressesAreNotFiltered(account: AccountConfig): Promise<boolean> {
  const ec2 = new EC2Client(account);
  const { AllocationId } = await ec2.send(new AllocateAddressCommand({ Domain: "vpc" }));
  const byTag = { Filters: [{ Name: "tag:of", Values: ["somebody else"] }] };
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand(byTag));
  await ec2.send(new ReleaseAddressCommand({ AllocationId }));
  return Addresses.length > 0;
}

/** Whether the same request with the same client token makes a second route table. */
export async function tokensAreNotKnown(account: AccountConfig): Promise<boolean> {
  const ec2 = new EC2Client(account);
  const VpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }))).Vpc?.VpcId;
  const request = new CreateRouteTableCommand({ VpcId, ClientToken: "the same" });
  const made = [await ec2.send(request), await ec2.send(request)];
  const ids = new Set(made.map(({ RouteTable }) => RouteTable?.RouteTableId));
  for (const RouteTableId of ids) await ec2.send(new DeleteRouteTableCommand({ RouteTableId }));
  await ec2.send(new DeleteVpcCommand({ VpcId }));
  return ids.size > 1;
}
