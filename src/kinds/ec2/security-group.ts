import {
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  type Filter,
  paginateDescribeSecurityGroups,
  type SecurityGroup,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { collect } from "../../aws/pages.ts";
import type { Kind } from "../kind.ts";
import { fromTagList } from "../tags.ts";
import { networkInterfaces, referringGroups } from "./blockers.ts";
import { byId, filter, tagResource, tagSpecifications } from "./shared.ts";

export interface SecurityGroupProps {
  readonly vpcId: string;
  /** Up to 255 characters of letters, digits, space and ._-:/()#,@[]+=&;{}!$* */
  readonly description: string;
}

export interface SecurityGroupOutputs {
  readonly groupId: string;
}

const describe = (aws: Aws, Filters: Filter[]): Promise<SecurityGroup[]> =>
  collect(paginateDescribeSecurityGroups({ client: aws.ec2 }, { Filters }), (page) => page.SecurityGroups);
const read = byId("group-id", (it: SecurityGroup) => it.GroupId, describe);

/**
 * Natural key: VPC and group name. Egress stays as AWS makes it: everything is allowed. AWS cannot change a description,
 * and a new group is not worth one: everything that uses the old one would have to move. So it is not compared.
 */
export const securityGroup: Kind<SecurityGroupProps, SecurityGroupOutputs> = {
  type: "AWS::EC2::SecurityGroup",
  identity: "naturalKey",
  createOnly: ["vpcId", "description"],
  timing: { pollSeconds: 1, usually: "seconds" },

  async find(aws, { name, props }) {
    const found = await describe(aws, [filter("vpc-id", props.vpcId), filter("group-name", name)]);
    return found.flatMap((it) => (it.GroupId ? [{ id: it.GroupId, tags: fromTagList(it.Tags) }] : []));
  },

  async observe(aws, id) {
    const it = await read(aws, id);
    if (!it) return undefined;
    return { live: { vpcId: it.VpcId }, tags: fromTagList(it.Tags), phase: "ready", outputs: { groupId: id } };
  },

  async create(aws, { name, props, tags }) {
    const answer = await aws.ec2.send(
      new CreateSecurityGroupCommand({
        VpcId: props.vpcId,
        GroupName: name,
        Description: props.description,
        TagSpecifications: tagSpecifications("security-group", tags),
      }),
    );
    return answer.GroupId ?? "";
  },

  async delete(aws, id) {
    await aws.ec2.send(new DeleteSecurityGroupCommand({ GroupId: id }));
  },

  tag: tagResource,

  async blockers(aws, id) {
    const [interfaces, groups] = await Promise.all([
      networkInterfaces(aws, [filter("group-id", id)]),
      referringGroups(aws, id),
    ]);
    return [...interfaces, ...groups];
  },
};
