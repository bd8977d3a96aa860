import type {
  AssociateRouteTableRequest,
  AssociateRouteTableResult,
  CreateRouteTableRequest,
  CreateRouteTableResult,
  DeleteRouteTableRequest,
  DescribeRouteTablesRequest,
  DescribeRouteTablesResult,
  DisassociateRouteTableRequest,
  ReplaceRouteTableAssociationRequest,
  ReplaceRouteTableAssociationResult,
  RouteTableAssociation,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { once } from "../common/once.ts";
import { existing, hasDependencies, invalidValue, nouns, required, wellFormed } from "./refusals.ts";
import { shownRoute } from "./route.ts";
import { type RouteTableRow, routeTables, subnets, vpcs } from "./rows.ts";
import { type Filters, select } from "./select.ts";
import { specifiedTags } from "./tags.ts";

/** API_CreateRouteTable, idempotent by ClientToken. A new table has the local route alone. */
export function createRouteTable(call: Call, input: CreateRouteTableRequest): CreateRouteTableResult {
  const { ClientToken: token, ...parameters } = input;
  return once<CreateRouteTableResult>(
    call,
    "ec2.CreateRouteTable",
    token,
    parameters,
    () => {
      const vpc = existing(vpcs(call), input.VpcId, nouns.vpc, "vpcId");
      const tags = specifiedTags(input.TagSpecifications, "route-table");
      const inVpc = routeTables(call)
        .all()
        .filter((each) => each.VpcId === vpc.VpcId);
      if (inVpc.length >= call.world.quota("ec2.routeTablesPerVpc")) {
        throw new AwsError("RouteTableLimitExceeded", "The maximum number of route tables has been reached.");
      }
      return { RouteTable: addRouteTable(call, vpc.VpcId, vpc.CidrBlock, tags), ClientToken: token };
    },
    (answer) => {
      const row = routeTables(call).get(answer.RouteTable?.RouteTableId ?? "");
      return row && { ...answer, RouteTable: row };
    },
    () =>
      new AwsError(
        "IdempotentParameterMismatch",
        "The request uses the same client token as a previous, but non-identical request.",
      ),
  );
}

function addRouteTable(call: Call, vpcId: string, cidr: string, tags: RouteTableRow["Tags"]): RouteTableRow {
  const id = call.world.id("rtb");
  return routeTables(call).put(id, {
    RouteTableId: id,
    VpcId: vpcId,
    OwnerId: call.account,
    Associations: [],
    PropagatingVgws: [],
    Routes: [{ DestinationCidrBlock: cidr, GatewayId: "local", Origin: "CreateRouteTable", State: "active" }],
    Tags: tags,
  });
}

export function addMainRouteTable(call: Call, vpcId: string, cidr: string): RouteTableRow {
  const row = addRouteTable(call, vpcId, cidr, []);
  row.Associations.push({ ...association(call, row.RouteTableId), Main: true });
  return row;
}

const association = (call: Call, tableId: string): RouteTableAssociation => ({
  RouteTableAssociationId: call.world.id("rtbassoc"),
  RouteTableId: tableId,
  Main: false,
  AssociationState: { State: "associated" },
});

/** API_DeleteRouteTable: "You must disassociate the route table from any subnets before you can delete it"; never the main one. */
export function deleteRouteTable(call: Call, input: DeleteRouteTableRequest): undefined {
  const row = existing(routeTables(call), input.RouteTableId, nouns.routeTable, "routeTableId");
  if (row.Associations.length > 0) throw hasDependencies("routeTable", row.RouteTableId);
  routeTables(call).remove(row.RouteTableId);
}

/** API_AssociateRouteTable: a subnet has one explicit association; asking for the one it has answers with it. */
export function associateRouteTable(call: Call, input: AssociateRouteTableRequest): AssociateRouteTableResult {
  const table = existing(routeTables(call), input.RouteTableId, nouns.routeTable, "routeTableId");
  const subnet = existing(subnets(call), input.SubnetId, nouns.subnet, "subnetId");
  if (table.VpcId !== subnet.VpcId) {
    throw invalidValue(`Route table ${table.RouteTableId} and subnet ${subnet.SubnetId} belong to different networks`);
  }
  for (const each of routeTables(call).all()) {
    const found = each.Associations.find((one) => one.SubnetId === subnet.SubnetId);
    if (!found) continue;
    if (each.RouteTableId === table.RouteTableId) return answer(found);
    throw new AwsError(
      "Resource.AlreadyAssociated",
      `the specified association for route table ${table.RouteTableId} conflicts with an existing association`,
    );
  }
  const made = { ...association(call, table.RouteTableId), SubnetId: subnet.SubnetId };
  routeTables(call).change(table.RouteTableId, (row) => void row.Associations.push(made));
  return answer(made);
}

const answer = (made: RouteTableAssociation) => ({
  AssociationId: made.RouteTableAssociationId,
  AssociationState: made.AssociationState,
});

function associated(call: Call, id: string | undefined): { table: RouteTableRow; found: RouteTableAssociation } {
  const wanted = wellFormed(required(id, "associationId"), nouns.association);
  for (const table of routeTables(call).all()) {
    const found = table.Associations.find((each) => each.RouteTableAssociationId === wanted);
    if (found) return { table, found };
  }
  throw nouns.association.notFound(wanted);
}

/** API_DisassociateRouteTable: the subnet is on the main table again; the main association cannot be taken away. */
export function disassociateRouteTable(call: Call, input: DisassociateRouteTableRequest): undefined {
  const { table, found } = associated(call, input.AssociationId);
  if (found.Main) {
    throw invalidValue(`cannot disassociate the main route table association ${found.RouteTableAssociationId}`);
  }
  routeTables(call).change(table.RouteTableId, (row) => {
    row.Associations = row.Associations.filter(
      (each) => each.RouteTableAssociationId !== found.RouteTableAssociationId,
    );
  });
}

/** API_ReplaceRouteTableAssociation: answers with a new association id; also makes another table the main one. */
export function replaceRouteTableAssociation(
  call: Call,
  input: ReplaceRouteTableAssociationRequest,
): ReplaceRouteTableAssociationResult {
  const { table, found } = associated(call, input.AssociationId);
  const target = existing(routeTables(call), input.RouteTableId, nouns.routeTable, "routeTableId");
  if (target.VpcId !== table.VpcId) {
    throw invalidValue(`Route tables ${table.RouteTableId} and ${target.RouteTableId} belong to different networks`);
  }
  const made = {
    ...association(call, target.RouteTableId),
    Main: found.Main,
    ...(found.SubnetId !== undefined && { SubnetId: found.SubnetId }),
  };
  routeTables(call).change(table.RouteTableId, (row) => {
    row.Associations = row.Associations.filter(
      (each) => each.RouteTableAssociationId !== found.RouteTableAssociationId,
    );
  });
  routeTables(call).change(target.RouteTableId, (row) => void row.Associations.push(made));
  return { NewAssociationId: made.RouteTableAssociationId, AssociationState: made.AssociationState };
}

/** A deleted subnet takes its association with it. */
export function forgetSubnet(call: Call, subnetId: string): void {
  for (const table of routeTables(call).all()) {
    if (!table.Associations.some((each) => each.SubnetId === subnetId)) continue;
    routeTables(call).change(table.RouteTableId, (row) => {
      row.Associations = row.Associations.filter((each) => each.SubnetId !== subnetId);
    });
  }
}

/** API_DescribeRouteTables. */
const filters: Filters<RouteTableRow> = {
  "association.gateway-id": (table) => table.Associations.map((each) => each.GatewayId),
  "association.main": (table) => table.Associations.map((each) => each.Main),
  "association.route-table-association-id": (table) => table.Associations.map((each) => each.RouteTableAssociationId),
  "association.route-table-id": (table) => table.Associations.map((each) => each.RouteTableId),
  "association.subnet-id": (table) => table.Associations.map((each) => each.SubnetId),
  "owner-id": (table) => table.OwnerId,
  "route-table-id": (table) => table.RouteTableId,
  "route.destination-cidr-block": (table) => table.Routes.map((each) => each.DestinationCidrBlock),
  "route.destination-ipv6-cidr-block": (table) => table.Routes.map((each) => each.DestinationIpv6CidrBlock),
  "route.destination-prefix-list-id": (table) => table.Routes.map((each) => each.DestinationPrefixListId),
  "route.gateway-id": (table) => table.Routes.map((each) => each.GatewayId),
  "route.nat-gateway-id": (table) => table.Routes.map((each) => each.NatGatewayId),
  "route.origin": (table) => table.Routes.map((each) => each.Origin),
  "route.state": (table) => table.Routes.map((each) => each.State),
  "vpc-id": (table) => table.VpcId,
};

export function describeRouteTables(call: Call, input: DescribeRouteTablesRequest): DescribeRouteTablesResult {
  const { rows, next } = select(
    call,
    { table: routeTables(call), noun: nouns.routeTable, id: (table) => table.RouteTableId, filters },
    { ids: input.RouteTableIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
  );
  return {
    RouteTables: rows.map((row) => ({ ...row, Routes: row.Routes.map((route) => shownRoute(call, row, route)) })),
    NextToken: next,
  };
}
