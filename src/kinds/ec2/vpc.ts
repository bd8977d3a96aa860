import {
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeVpcAttributeCommand,
  type Filter,
  ModifyVpcAttributeCommand,
  paginateDescribeVpcs,
  type Vpc,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { collect } from "../../aws/pages.ts";
import { afterCreate } from "../after-create.ts";
import type { Kind } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { fromTagList } from "../tags.ts";
import { contentsOf } from "./blockers.ts";
import { byId, ownerFilters, tagResource, tagSpecifications } from "./shared.ts";

export interface VpcProps {
  /** Primary IPv4 block, /16 to /28. */
  readonly cidr: string;
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
}

export interface VpcOutputs {
  readonly vpcId: string;
  readonly cidr: string;
}

const describe = (aws: Aws, Filters: Filter[]): Promise<Vpc[]> =>
  collect(paginateDescribeVpcs({ client: aws.ec2 }, { Filters }), (page) => page.Vpcs);
const read = byId("vpc-id", (it: Vpc) => it.VpcId, describe);

/** ModifyVpcAttribute takes one attribute a call; host names need DNS support, which is why it comes first. */
async function setDns(aws: Aws, id: string, props: Partial<VpcProps>): Promise<void> {
  const { dnsSupport, dnsHostnames } = props;
  const hostnames = async (): Promise<void> => {
    if (dnsHostnames === undefined) return;
    await aws.ec2.send(new ModifyVpcAttributeCommand({ VpcId: id, EnableDnsHostnames: { Value: dnsHostnames } }));
  };
  if (dnsHostnames === false) await hostnames();
  if (dnsSupport !== undefined) {
    await aws.ec2.send(new ModifyVpcAttributeCommand({ VpcId: id, EnableDnsSupport: { Value: dnsSupport } }));
  }
  if (dnsHostnames) await hostnames();
}

export const vpc: Kind<VpcProps, VpcOutputs> = {
  type: "AWS::EC2::VPC",
  identity: "tags",
  createOnly: ["cidr"],
  timing: { pollSeconds: 1, usually: "seconds" },

  async find(aws, { tags }) {
    const found = await describe(aws, ownerFilters(tags));
    return found.flatMap(({ VpcId, Tags }) => (VpcId ? [{ id: VpcId, tags: fromTagList(Tags) }] : []));
  },

  async observe(aws, id) {
    const attribute = (Attribute: "enableDnsSupport" | "enableDnsHostnames") =>
      unlessNotFound(aws.ec2.send(new DescribeVpcAttributeCommand({ VpcId: id, Attribute })));
    const [it, support, hostnames] = await Promise.all([
      read(aws, id),
      attribute("enableDnsSupport"),
      attribute("enableDnsHostnames"),
    ]);
    if (!it || !support || !hostnames) return undefined;
    const { CidrBlock: cidr = "" } = it;
    const seen = {
      live: {
        cidr,
        dnsSupport: support.EnableDnsSupport?.Value ?? false,
        dnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false,
      },
      tags: fromTagList(it.Tags),
    };
    if (it.State !== "available") return { ...seen, phase: "progressing", message: `VPC ${id} is ${it.State}` };
    return { ...seen, phase: "ready", outputs: { vpcId: id, cidr } };
  },

  async create(aws, { props, tags }) {
    const answer = await aws.ec2.send(
      new CreateVpcCommand({ CidrBlock: props.cidr, TagSpecifications: tagSpecifications("vpc", tags) }),
    );
    const id = answer.Vpc?.VpcId ?? "";
    await afterCreate(() => setDns(aws, id, props));
    return id;
  },

  update: (aws, id, { props }) => setDns(aws, id, props),

  async delete(aws, id) {
    await aws.ec2.send(new DeleteVpcCommand({ VpcId: id }));
  },

  tag: tagResource,
  blockers: contentsOf,
};
