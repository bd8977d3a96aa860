import type {
  CreateRouteRequest,
  CreateRouteResult,
  DeleteRouteRequest,
  ReplaceRouteRequest,
  Route,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { contains, format, parseCidr } from "./cidr.ts";
import { existing, invalidValue, nouns, required, wellFormed } from "./refusals.ts";
import { internetGateways, natGateways, type RouteTableRow, routeTables, vpcEndpoints, vpcs } from "./rows.ts";

/** API_CreateRoute: the destination in canonical form. */
function destinationOf(input: { DestinationCidrBlock?: string | undefined }): string {
  const given = required(input.DestinationCidrBlock, "destinationCidrBlock");
  const cidr = parseCidr(given);
  if (!cidr) {
    throw invalidValue(
      `Value (${given}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`,
    );
  }
  return format(cidr);
}

type Target = Pick<CreateRouteRequest, "GatewayId" | "NatGatewayId" | "NetworkInterfaceId">;

/** Exactly one target, which exists and is of the table's VPC: API_CreateRoute. */
function targetOf(call: Call, table: RouteTableRow, input: Target): Partial<Route> {
  const given = [input.GatewayId, input.NatGatewayId, input.NetworkInterfaceId].filter((each) => each !== undefined);
  if (given.length > 1) {
    throw new AwsError(
      "InvalidParameterCombination",
      "The parameter destinationCidrBlock can be used with exactly one target.",
    );
  }
  if (input.NatGatewayId !== undefined) {
    const nat = natGateways(call).get(wellFormed(input.NatGatewayId, nouns.natGateway));
    if (!nat || nat.State === "deleted" || nat.State === "failed") {
      throw new AwsError("InvalidNatGatewayID.NotFound", `The natGateway ID '${input.NatGatewayId}' does not exist`);
    }
    if (nat.VpcId !== table.VpcId) throw otherNetwork(table.RouteTableId, "nat gateway", nat.NatGatewayId);
    return { NatGatewayId: nat.NatGatewayId };
  }
  if (input.NetworkInterfaceId !== undefined) return { NetworkInterfaceId: input.NetworkInterfaceId };
  const id = required(input.GatewayId, "gatewayId");
  if (id === "local") return { GatewayId: id };
  const gateway = existing(
    internetGateways(call),
    id,
    { ...nouns.internetGateway, notFound: gatewayNotFound },
    "gatewayId",
  );
  if (!gateway.Attachments.some((each) => each.VpcId === table.VpcId)) {
    throw otherNetwork(table.RouteTableId, "network gateway", id);
  }
  return { GatewayId: id };
}

const gatewayNotFound = (id: string): AwsError =>
  new AwsError("InvalidGatewayID.NotFound", `The gateway ID '${id}' does not exist`);

const otherNetwork = (tableId: string, what: string, id: string): AwsError =>
  invalidValue(`route table ${tableId} and ${what} ${id} belong to different networks`);

/** API_CreateRoute; "Error codes for the Amazon EC2 API", RouteAlreadyExists: also where the target is the same. */
export function createRoute(call: Call, input: CreateRouteRequest): CreateRouteResult {
  const table = existing(routeTables(call), input.RouteTableId, nouns.routeTable, "routeTableId");
  const destination = destinationOf(input);
  const target = targetOf(call, table, input);
  const vpc = parseCidr(vpcs(call).get(table.VpcId)?.CidrBlock ?? "");
  const cidr = parseCidr(destination);
  if (table.Routes.some((route) => route.DestinationCidrBlock === destination)) {
    throw new AwsError("RouteAlreadyExists", `The route identified by ${destination} already exists.`);
  }
  if (
    vpc &&
    cidr &&
    contains(vpc, cidr) &&
    target.NetworkInterfaceId === undefined &&
    target.NatGatewayId === undefined
  ) {
    throw invalidValue(
      `The destination CIDR block ${destination} is equal to or more specific than one of this VPC's CIDR blocks. ` +
        "This route can target only an interface or an instance.",
    );
  }
  if (table.Routes.length >= call.world.quota("ec2.routesPerTable")) {
    throw new AwsError("RouteLimitExceeded", "The maximum number of routes has been reached.");
  }
  routeTables(call).change(table.RouteTableId, (row) => {
    row.Routes.push({ DestinationCidrBlock: destination, ...target, Origin: "CreateRoute", State: "active" });
  });
  return { Return: true };
}

const routeNotFound = (destination: string, tableId: string): AwsError =>
  new AwsError(
    "InvalidRoute.NotFound",
    `no route with destination-cidr-block ${destination} in route table ${tableId}`,
  );

/** API_ReplaceRoute: the destination must be in the table. */
export function replaceRoute(call: Call, input: ReplaceRouteRequest): undefined {
  const table = existing(routeTables(call), input.RouteTableId, nouns.routeTable, "routeTableId");
  const destination = destinationOf(input);
  const old = table.Routes.find((route) => route.DestinationCidrBlock === destination);
  if (!old) {
    throw new AwsError(
      "InvalidParameterValue",
      `There is no route defined for '${destination}' in the route table. Use CreateRoute instead.`,
    );
  }
  const target = input.LocalTarget ? { GatewayId: "local" } : targetOf(call, table, input);
  routeTables(call).change(table.RouteTableId, (row) => {
    row.Routes = row.Routes.map((route) =>
      route.DestinationCidrBlock === destination
        ? { DestinationCidrBlock: destination, ...target, Origin: route.Origin, State: "active" }
        : route,
    );
  });
}

/** API_DeleteRoute: local routes stay; those of a gateway endpoint are the endpoint's. */
export function deleteRoute(call: Call, input: DeleteRouteRequest): undefined {
  const table = existing(routeTables(call), input.RouteTableId, nouns.routeTable, "routeTableId");
  if (input.DestinationPrefixListId !== undefined) {
    throw invalidValue(
      `cannot remove VPC endpoint route ${input.DestinationPrefixListId} in route table ${table.RouteTableId}`,
    );
  }
  const destination = destinationOf(input);
  const route = table.Routes.find((each) => each.DestinationCidrBlock === destination);
  if (!route) throw routeNotFound(destination, table.RouteTableId);
  if (route.GatewayId === "local" && route.Origin === "CreateRouteTable") {
    throw invalidValue(`cannot remove local route ${destination} in route table ${table.RouteTableId}`);
  }
  routeTables(call).change(table.RouteTableId, (row) => {
    row.Routes = row.Routes.filter((each) => each.DestinationCidrBlock !== destination);
  });
}

/** API_Route: "The blackhole state indicates that the route's target isn't available". */
export function shownRoute(call: Call, table: RouteTableRow, route: Route): Route {
  const nat = route.NatGatewayId === undefined ? undefined : natGateways(call).get(route.NatGatewayId);
  const gone =
    (route.NatGatewayId !== undefined && (!nat || nat.State === "deleted" || nat.State === "failed")) ||
    (route.GatewayId?.startsWith("igw-") === true &&
      !internetGateways(call)
        .get(route.GatewayId)
        ?.Attachments.some((each) => each.VpcId === table.VpcId)) ||
    (route.GatewayId?.startsWith("vpce-") === true && !vpcEndpoints(call).get(route.GatewayId));
  return { ...route, State: gone ? "blackhole" : "active" };
}
