import {
  CreateRouteTableCommand,
  DeleteRouteTableCommand,
  type Filter,
  paginateDescribeRouteTables,
  type RouteTable,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { collect } from "../../aws/pages.ts";
import type { Kind } from "../kind.ts";
import { fromTagList } from "../tags.ts";
import { byId, ownerFilters, tagResource, tagSpecifications } from "./shared.ts";

export interface RouteTableProps {
  readonly vpcId: string;
}

export interface RouteTableOutputs {
  readonly routeTableId: string;
}

export const describeRouteTables = (aws: Aws, Filters: Filter[]): Promise<RouteTable[]> =>
  collect(paginateDescribeRouteTables({ client: aws.ec2 }, { Filters }), (page) => page.RouteTables);

/** Also for routes, which AWS shows as parts of their table: all of them are one read. */
export const readRouteTable = byId("route-table-id", (it: RouteTable) => it.RouteTableId, describeRouteTables);

export const routeTable: Kind<RouteTableProps, RouteTableOutputs> = {
  type: "AWS::EC2::RouteTable",
  identity: "token",
  createOnly: ["vpcId"],
  timing: { pollSeconds: 1, usually: "seconds" },

  async find(aws, { tags }) {
    const found = await describeRouteTables(aws, ownerFilters(tags));
    return found.flatMap((it) => (it.RouteTableId ? [{ id: it.RouteTableId, tags: fromTagList(it.Tags) }] : []));
  },

  async observe(aws, id) {
    const it = await readRouteTable(aws, id);
    if (!it) return undefined;
    return { live: { vpcId: it.VpcId }, tags: fromTagList(it.Tags), phase: "ready", outputs: { routeTableId: id } };
  },

  async create(aws, { props, tags, token }) {
    const answer = await aws.ec2.send(
      new CreateRouteTableCommand({
        VpcId: props.vpcId,
        ClientToken: token,
        TagSpecifications: tagSpecifications("route-table", tags),
      }),
    );
    return answer.RouteTable?.RouteTableId ?? "";
  },

  async delete(aws, id) {
    await aws.ec2.send(new DeleteRouteTableCommand({ RouteTableId: id }));
  },

  tag: tagResource,

  async blockers(aws, id) {
    const it = await readRouteTable(aws, id);
    return (it?.Associations ?? []).map(
      ({ SubnetId, GatewayId, Main }) =>
        `${SubnetId ? "subnet" : "gateway"} ${SubnetId ?? GatewayId ?? id} (${Main ? "it is the VPC's main table" : "uses it"})`,
    );
  },
};
