import type {
  CreateVpcEndpointRequest,
  CreateVpcEndpointResult,
  DeleteVpcEndpointsRequest,
  DeleteVpcEndpointsResult,
  DescribeVpcEndpointsRequest,
  DescribeVpcEndpointsResult,
  ModifyVpcEndpointRequest,
  ModifyVpcEndpointResult,
  State,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { once } from "../common/once.ts";
import { addInterfaces, addRoutes, groupsOf, removeInterfaces, removeRoutes } from "./endpoint-parts.ts";
import { endpointService } from "./endpoint-service.ts";
import { later } from "./later.ts";
import { regroupInterface } from "./network-interface.ts";
import { existing, invalidValue, nouns, required } from "./refusals.ts";
import { type VpcEndpointRow, vpcEndpoints, vpcs } from "./rows.ts";
import { type Filters, select } from "./select.ts";
import { specifiedTags } from "./tags.ts";

/** API_CreateVpcEndpoint, idempotent by ClientToken. */
export function createVpcEndpoint(call: Call, input: CreateVpcEndpointRequest): CreateVpcEndpointResult {
  const { ClientToken: token, ...parameters } = input;
  return once<CreateVpcEndpointResult>(
    call,
    "ec2.CreateVpcEndpoint",
    token,
    parameters,
    () => ({ VpcEndpoint: start(call, input), ClientToken: token }),
    (answer) => {
      const row = vpcEndpoints(call).get(answer.VpcEndpoint?.VpcEndpointId ?? "");
      return row && { ...answer, VpcEndpoint: row };
    },
    () =>
      new AwsError(
        "IdempotentParameterMismatch",
        "The request uses the same client token as a previous, but non-identical request.",
      ),
  );
}

/** Answers spell states in lower case, as the filter vpc-endpoint-state; the enum State capitalizes them. */
export const state = (name: "pending" | "available" | "deleting"): State => name as string as State;

function start(call: Call, input: CreateVpcEndpointRequest): VpcEndpointRow {
  const vpc = existing(vpcs(call), input.VpcId, nouns.vpc, "vpcId");
  const name = required(input.ServiceName, "serviceName");
  const type = input.VpcEndpointType ?? "Gateway";
  const service = endpointService(call.region, name);
  if (!service?.types.includes(type)) {
    throw new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${name}' does not exist`);
  }
  const tags = specifiedTags(input.TagSpecifications, "vpc-endpoint");
  const isGateway = type === "Gateway";
  const wrong = isGateway
    ? (input.SubnetIds?.length && "subnets") || (input.SecurityGroupIds?.length && "security groups")
    : input.RouteTableIds?.length && "route tables";
  if (wrong) {
    throw new AwsError("InvalidParameter", `Endpoint type (${type}) is not compatible with ${wrong}.`);
  }
  checkQuota(call, vpc.VpcId, isGateway);
  const privateDns = !isGateway && (input.PrivateDnsEnabled ?? true);
  if (privateDns) {
    if (!vpc.dnsSupport || !vpc.dnsHostnames) {
      throw new AwsError(
        "InvalidParameter",
        "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for " +
          vpc.VpcId,
      );
    }
    const conflict = vpcEndpoints(call)
      .all()
      .some((each) => each.VpcId === vpc.VpcId && each.ServiceName === name && each.PrivateDnsEnabled);
    if (conflict) {
      throw new AwsError(
        "InvalidParameter",
        "private-dns-enabled cannot be set because there is already a conflicting DNS domain for " +
          `${service.privateDnsName} in the VPC ${vpc.VpcId}`,
      );
    }
  }
  const id = call.world.id("vpce");
  const row: VpcEndpointRow = {
    VpcEndpointId: id,
    VpcEndpointType: type,
    VpcId: vpc.VpcId,
    ServiceName: name,
    State: state("pending"),
    PolicyDocument: input.PolicyDocument ?? ALLOW_ALL,
    RouteTableIds: [],
    SubnetIds: [],
    Groups: isGateway ? [] : groupsOf(call, vpc.VpcId, input.SecurityGroupIds ?? []),
    IpAddressType: "ipv4",
    PrivateDnsEnabled: privateDns,
    RequesterManaged: false,
    NetworkInterfaceIds: [],
    DnsEntries: isGateway
      ? []
      : [
          { DnsName: `${id}-${id.slice(-8)}.${service.dnsSuffix}` },
          ...(privateDns ? [{ DnsName: service.privateDnsName }] : []),
        ],
    CreationTimestamp: new Date(call.world.clock.now()),
    OwnerId: call.account,
    Tags: tags,
  };
  if (isGateway) addRoutes(call, row, input.RouteTableIds ?? []);
  else addInterfaces(call, row, input.SubnetIds ?? []);
  vpcEndpoints(call).put(id, row);
  later(call, isGateway ? "ec2.gatewayEndpoint.create" : "ec2.vpcEndpoint.create", vpcEndpoints, id, (endpoint) => {
    if (endpoint.State === state("pending")) endpoint.State = state("available");
  });
  return row;
}

const ALLOW_ALL =
  '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}';

function checkQuota(call: Call, vpcId: string, isGateway: boolean): void {
  const same = vpcEndpoints(call)
    .all()
    .filter((each) =>
      isGateway ? each.VpcEndpointType === "Gateway" : each.VpcEndpointType !== "Gateway" && each.VpcId === vpcId,
    );
  if (same.length >= call.world.quota(isGateway ? "ec2.gatewayEndpoints" : "ec2.interfaceEndpointsPerVpc")) {
    throw new AwsError("VpcEndpointLimitExceeded", "The maximum number of VPC endpoints has been reached.");
  }
}

/** API_ModifyVpcEndpoint: what it adds must not be there, what it removes must be. */
export function modifyVpcEndpoint(call: Call, input: ModifyVpcEndpointRequest): ModifyVpcEndpointResult {
  const row = existing(vpcEndpoints(call), input.VpcEndpointId, nouns.vpcEndpoint, "vpcEndpointId");
  if (row.State !== state("available")) {
    throw new AwsError("IncorrectState", `The Vpc Endpoint ${row.VpcEndpointId} is in the state ${row.State}.`);
  }
  for (const id of input.RemoveRouteTableIds ?? []) {
    if (!row.RouteTableIds.includes(id)) throw invalidValue(`The Vpc Endpoint is not associated with ${id}`);
  }
  if (input.PrivateDnsEnabled) {
    const vpc = existing(vpcs(call), row.VpcId, nouns.vpc, "vpcId");
    if (!vpc.dnsSupport || !vpc.dnsHostnames) {
      throw new AwsError(
        "InvalidParameter",
        "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for " +
          vpc.VpcId,
      );
    }
  }
  const groups = groupsOf(
    call,
    row.VpcId,
    [...row.Groups.map((each) => each.GroupId ?? ""), ...(input.AddSecurityGroupIds ?? [])].filter(
      (id, index, all) => !input.RemoveSecurityGroupIds?.includes(id) && all.indexOf(id) === index,
    ),
  );
  vpcEndpoints(call).change(row.VpcEndpointId, (endpoint) => {
    // What can be refused comes first, so that a refused call changes nothing.
    addRoutes(call, endpoint, input.AddRouteTableIds ?? []);
    addInterfaces(call, endpoint, input.AddSubnetIds ?? []);
    removeRoutes(call, endpoint, input.RemoveRouteTableIds ?? []);
    removeInterfaces(call, endpoint, input.RemoveSubnetIds ?? []);
    if (endpoint.VpcEndpointType !== "Gateway") endpoint.Groups = groups;
    endpoint.PrivateDnsEnabled = input.PrivateDnsEnabled ?? endpoint.PrivateDnsEnabled;
    endpoint.PolicyDocument = input.ResetPolicy ? ALLOW_ALL : (input.PolicyDocument ?? endpoint.PolicyDocument);
  });
  for (const id of row.NetworkInterfaceIds) regroupInterface(call, id, groups);
  return { Return: true };
}

/** API_DeleteVpcEndpoints: each id by itself; an interface endpoint is deleting until its interfaces are gone. */
export function deleteVpcEndpoints(call: Call, input: DeleteVpcEndpointsRequest): DeleteVpcEndpointsResult {
  const unsuccessful = [];
  for (const id of required(input.VpcEndpointIds, "vpcEndpointId")) {
    const row = vpcEndpoints(call).get(id);
    if (!row) {
      const Message = `The Vpc Endpoint Id '${id}' does not exist`;
      unsuccessful.push({ ResourceId: id, Error: { Code: "InvalidVpcEndpoint.NotFound", Message } });
      continue;
    }
    if (row.State === state("deleting")) continue;
    const isGateway = row.VpcEndpointType === "Gateway";
    vpcEndpoints(call).change(id, (endpoint) => {
      endpoint.State = state("deleting");
      removeRoutes(call, endpoint, endpoint.RouteTableIds);
    });
    const what = isGateway ? "ec2.gatewayEndpoint.delete" : "ec2.vpcEndpoint.delete";
    call.world.clock.after(call.world.duration(what), () => {
      const endpoint = vpcEndpoints(call).get(id);
      if (!endpoint) return;
      removeInterfaces(call, endpoint, endpoint.SubnetIds);
      vpcEndpoints(call).remove(id);
    });
  }
  return { Unsuccessful: unsuccessful };
}

/** API_DescribeVpcEndpoints. */
const filters: Filters<VpcEndpointRow> = {
  "ip-address-type": (row) => row.IpAddressType,
  "service-name": (row) => row.ServiceName,
  "vpc-endpoint-id": (row) => row.VpcEndpointId,
  "vpc-endpoint-state": (row) => row.State,
  "vpc-endpoint-type": (row) => row.VpcEndpointType,
  "vpc-id": (row) => row.VpcId,
};

export function describeVpcEndpoints(call: Call, input: DescribeVpcEndpointsRequest): DescribeVpcEndpointsResult {
  const { rows, next } = select(
    call,
    { table: vpcEndpoints(call), noun: nouns.vpcEndpoint, id: (row) => row.VpcEndpointId, filters },
    { ids: input.VpcEndpointIds, filters: input.Filters, maxResults: input.MaxResults, nextToken: input.NextToken },
  );
  return { VpcEndpoints: [...rows], NextToken: next };
}
