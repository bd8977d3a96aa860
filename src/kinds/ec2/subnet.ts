import {
  CreateSubnetCommand,
  DeleteSubnetCommand,
  type Filter,
  ModifySubnetAttributeCommand,
  paginateDescribeSubnets,
  type Subnet,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { collect } from "../../aws/pages.ts";
import { afterCreate } from "../after-create.ts";
import type { Kind } from "../kind.ts";
import { fromTagList } from "../tags.ts";
import { networkInterfaces } from "./blockers.ts";
import { byId, filter, tagResource, tagSpecifications } from "./shared.ts";

export interface SubnetProps {
  readonly vpcId: string;
  readonly cidr: string;
  /** Zone name, "us-east-1a". */
  readonly zone: string;
  /** Whether network interfaces in it get a public address by themselves. */
  readonly mapPublicIp: boolean;
}

export interface SubnetOutputs {
  readonly subnetId: string;
  readonly zone: string;
}

const describe = (aws: Aws, Filters: Filter[]): Promise<Subnet[]> =>
  collect(paginateDescribeSubnets({ client: aws.ec2 }, { Filters }), (page) => page.Subnets);
const read = byId("subnet-id", (it: Subnet) => it.SubnetId, describe);

async function setMapPublicIp(aws: Aws, id: string, value: boolean): Promise<void> {
  await aws.ec2.send(new ModifySubnetAttributeCommand({ SubnetId: id, MapPublicIpOnLaunch: { Value: value } }));
}

/** Natural key: VPC and CIDR block, since AWS refuses one that overlaps (InvalidSubnet.Conflict). */
export const subnet: Kind<SubnetProps, SubnetOutputs> = {
  type: "AWS::EC2::Subnet",
  identity: "naturalKey",
  createOnly: ["vpcId", "cidr", "zone"],
  deleteFirst: true,
  timing: { pollSeconds: 1, usually: "seconds" },

  async find(aws, { props }) {
    const found = await describe(aws, [filter("vpc-id", props.vpcId), filter("cidr-block", props.cidr)]);
    return found.flatMap(({ SubnetId, Tags }) => (SubnetId ? [{ id: SubnetId, tags: fromTagList(Tags) }] : []));
  },

  async observe(aws, id) {
    const it = await read(aws, id);
    if (!it) return undefined;
    const zone = it.AvailabilityZone ?? "";
    const seen = {
      live: { vpcId: it.VpcId, cidr: it.CidrBlock, zone, mapPublicIp: it.MapPublicIpOnLaunch ?? false },
      tags: fromTagList(it.Tags),
    };
    if (it.State !== "available") return { ...seen, phase: "progressing", message: `subnet ${id} is ${it.State}` };
    return { ...seen, phase: "ready", outputs: { subnetId: id, zone } };
  },

  async create(aws, { props, tags }) {
    const answer = await aws.ec2.send(
      new CreateSubnetCommand({
        VpcId: props.vpcId,
        CidrBlock: props.cidr,
        AvailabilityZone: props.zone,
        TagSpecifications: tagSpecifications("subnet", tags),
      }),
    );
    const id = answer.Subnet?.SubnetId ?? "";
    if (props.mapPublicIp) await afterCreate(() => setMapPublicIp(aws, id, true));
    return id;
  },

  update: (aws, id, { props }) => setMapPublicIp(aws, id, props.mapPublicIp),

  async delete(aws, id) {
    await aws.ec2.send(new DeleteSubnetCommand({ SubnetId: id }));
  },

  tag: tagResource,
  blockers: (aws, id) => networkInterfaces(aws, [filter("subnet-id", id)]),
};
