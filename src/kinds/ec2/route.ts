import { CreateRouteCommand, DeleteRouteCommand, ReplaceRouteCommand, type Route } from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import type { Kind } from "../kind.ts";
import { readRouteTable } from "./route-table.ts";

/** Exactly one of the two targets is set. */
export interface RouteProps {
  readonly routeTableId: string;
  /** IPv4 block. */
  readonly destination: string;
  /** An internet gateway. */
  readonly gatewayId?: string | undefined;
  readonly natGatewayId?: string | undefined;
}

export type RouteOutputs = Readonly<Record<never, never>>;

const idOf = (routeTableId: string, destination: string): string => `${routeTableId}|${destination}`;

async function read(aws: Aws, id: string): Promise<{ routeTableId: string; destination: string; it?: Route }> {
  const [routeTableId = "", destination = ""] = id.split("|");
  const table = await readRouteTable(aws, routeTableId);
  const it = table?.Routes?.find((one) => one.DestinationCidrBlock === destination);
  return { routeTableId, destination, ...(it && { it }) };
}

const request = ({ routeTableId, destination, gatewayId, natGatewayId }: RouteProps) => ({
  RouteTableId: routeTableId,
  DestinationCidrBlock: destination,
  GatewayId: gatewayId,
  NatGatewayId: natGatewayId,
});

/** Its id is "rtb-…|destination". A target of another sort (a peering, an interface) shows as none of ours. */
export const route: Kind<RouteProps, RouteOutputs> = {
  type: "AWS::EC2::Route",
  identity: "naturalKey",
  createOnly: ["routeTableId", "destination"],
  timing: { pollSeconds: 2, usually: "seconds" },

  async find(aws, { props }) {
    const id = idOf(props.routeTableId, props.destination);
    return (await read(aws, id)).it ? [{ id }] : [];
  },

  async observe(aws, id) {
    const { it, routeTableId, destination } = await read(aws, id);
    if (!it) return undefined;
    const live = { routeTableId, destination, gatewayId: it.GatewayId, natGatewayId: it.NatGatewayId };
    if (it.State === "blackhole") {
      const target = it.NatGatewayId ?? it.GatewayId ?? "its target";
      const message = `the route of ${routeTableId} to ${destination} leads nowhere: ${target} does not exist`;
      return { live, phase: "progressing", message };
    }
    return { live, phase: "ready", outputs: {} };
  },

  async create(aws, { props }) {
    await aws.ec2.send(new CreateRouteCommand(request(props)));
    return idOf(props.routeTableId, props.destination);
  },

  async update(aws, _id, { props }) {
    await aws.ec2.send(new ReplaceRouteCommand(request(props)));
  },

  async delete(aws, id) {
    const [RouteTableId, DestinationCidrBlock] = id.split("|");
    await aws.ec2.send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock }));
  },
};
