import {
  AssociateRouteTableCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteTableAssociationCommand,
  type RouteTableAssociation,
} from "@aws-sdk/client-ec2";
import { batched } from "../../aws/batch.ts";
import type { Kind } from "../kind.ts";
import { describeRouteTables } from "./route-table.ts";
import { filter } from "./shared.ts";

export interface SubnetRouteTableAssociationProps {
  readonly subnetId: string;
  readonly routeTableId: string;
}

export interface SubnetRouteTableAssociationOutputs {
  readonly associationId: string;
}

const read = batched<RouteTableAssociation>({
  max: 200,
  async read(aws, subnets) {
    const tables = await describeRouteTables(aws, [filter("association.subnet-id", ...subnets)]);
    const all = tables.flatMap((table) => table.Associations ?? []);
    return new Map(all.flatMap((it) => (it.SubnetId ? [[it.SubnetId, it] as const] : [])));
  },
});

/**
 * Its id is that of the subnet, which has at most one: AWS gives the association a new id with every change of table.
 */
export const subnetRouteTableAssociation: Kind<SubnetRouteTableAssociationProps, SubnetRouteTableAssociationOutputs> = {
  type: "AWS::EC2::SubnetRouteTableAssociation",
  identity: "naturalKey",
  createOnly: ["subnetId"],
  timing: { pollSeconds: 1, usually: "seconds" },

  async find(aws, { props }) {
    return (await read(aws, props.subnetId)) ? [{ id: props.subnetId }] : [];
  },

  async observe(aws, id) {
    const it = await read(aws, id);
    const state = it?.AssociationState?.State;
    if (!it || state === "disassociated") return undefined;
    const live = { subnetId: id, routeTableId: it.RouteTableId };
    const message = `${it.RouteTableAssociationId} of ${id} with ${it.RouteTableId} is ${state}`;
    switch (state) {
      case "disassociating":
        return { live, phase: "deleting", message };
      case "associating":
        return { live, phase: "progressing", message };
      case "failed":
        return { live, phase: "failed", message: `${message}: ${it.AssociationState?.StatusMessage}`, recreate: true };
      default:
        return { live, phase: "ready", outputs: { associationId: it.RouteTableAssociationId ?? "" } };
    }
  },

  async create(aws, { props }) {
    await aws.ec2.send(new AssociateRouteTableCommand({ SubnetId: props.subnetId, RouteTableId: props.routeTableId }));
    return props.subnetId;
  },

  async update(aws, id, { props: { routeTableId: RouteTableId } }) {
    const it = await read(aws, id);
    await (it
      ? aws.ec2.send(
          new ReplaceRouteTableAssociationCommand({ AssociationId: it.RouteTableAssociationId, RouteTableId }),
        )
      : aws.ec2.send(new AssociateRouteTableCommand({ SubnetId: id, RouteTableId })));
  },

  async delete(aws, id) {
    const it = await read(aws, id);
    if (!it) return;
    await aws.ec2.send(new DisassociateRouteTableCommand({ AssociationId: it.RouteTableAssociationId }));
  },
};
