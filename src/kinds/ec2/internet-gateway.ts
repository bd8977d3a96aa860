import {
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  type Filter,
  type InternetGateway,
  paginateDescribeInternetGateways,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { collect } from "../../aws/pages.ts";
import type { Kind } from "../kind.ts";
import { fromTagList } from "../tags.ts";
import { byId, ownerFilters, tagResource, tagSpecifications } from "./shared.ts";

export type InternetGatewayProps = Readonly<Record<never, never>>;

export interface InternetGatewayOutputs {
  readonly internetGatewayId: string;
}

const describe = (aws: Aws, Filters: Filter[]): Promise<InternetGateway[]> =>
  collect(paginateDescribeInternetGateways({ client: aws.ec2 }, { Filters }), (page) => page.InternetGateways);

/** Also for the attachment, which AWS shows as a part of the gateway. */
export const readInternetGateway = byId("internet-gateway-id", (it: InternetGateway) => it.InternetGatewayId, describe);

export const internetGateway: Kind<InternetGatewayProps, InternetGatewayOutputs> = {
  type: "AWS::EC2::InternetGateway",
  identity: "tags",
  createOnly: [],
  timing: { pollSeconds: 1, usually: "seconds" },

  async find(aws, { tags }) {
    const found = await describe(aws, ownerFilters(tags));
    return found.flatMap((it) =>
      it.InternetGatewayId ? [{ id: it.InternetGatewayId, tags: fromTagList(it.Tags) }] : [],
    );
  },

  async observe(aws, id) {
    const it = await readInternetGateway(aws, id);
    if (!it) return undefined;
    return { live: {}, tags: fromTagList(it.Tags), phase: "ready", outputs: { internetGatewayId: id } };
  },

  async create(aws, { tags }) {
    const answer = await aws.ec2.send(
      new CreateInternetGatewayCommand({ TagSpecifications: tagSpecifications("internet-gateway", tags) }),
    );
    return answer.InternetGateway?.InternetGatewayId ?? "";
  },

  async delete(aws, id) {
    await aws.ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: id }));
  },

  tag: tagResource,

  async blockers(aws, id) {
    const it = await readInternetGateway(aws, id);
    return (it?.Attachments ?? []).map(({ VpcId, State }) => `VPC ${VpcId} (it is ${State} there)`);
  },
};
