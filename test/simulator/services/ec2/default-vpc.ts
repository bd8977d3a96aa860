import type { Call } from "../../operation.ts";
import { parseCidr } from "./cidr.ts";
import { addInternetGateway } from "./internet-gateway.ts";
import { internetGateways, routeTables } from "./rows.ts";
import { addSubnet } from "./subnet.ts";
import { addVpc } from "./vpc.ts";
import { zonesOf } from "./zones.ts";

interface Settled {
  readonly done: true;
}

/**
 * Gives an account its default VPC in the region on first use: VPC User Guide, "Default VPCs": 172.31.0.0/16, a /20 in
 * each zone, an internet gateway and a route to it. Nobody makes it, so it counts as always having been there.
 */
export function settle(call: Call): void {
  const settled = call.world.table<Settled>(call, "ec2.settled");
  if (settled.get("default-vpc")) return;
  settled.put("default-vpc", { done: true });
  const vpc = addVpc(call, { cidr: "172.31.0.0/16", tenancy: "default", isDefault: true, tags: [] });
  zonesOf(call.region).forEach((zone, index) => {
    const cidr = parseCidr(`172.31.${16 * index}.0/20`);
    if (cidr) addSubnet(call, { vpcId: vpc.VpcId, cidr, zone, isDefault: true, tags: [] });
  });
  const gateway = addInternetGateway(call, []);
  internetGateways(call).change(gateway.InternetGatewayId, (row) => {
    row.Attachments = [{ State: "available" as "attached", VpcId: vpc.VpcId }];
  });
  const table = routeTables(call)
    .all()
    .find((each) => each.VpcId === vpc.VpcId);
  if (!table) return;
  routeTables(call).change(table.RouteTableId, (row) => {
    row.Routes.push({
      DestinationCidrBlock: "0.0.0.0/0",
      GatewayId: gateway.InternetGatewayId,
      Origin: "CreateRoute",
      State: "active",
    });
  });
}
