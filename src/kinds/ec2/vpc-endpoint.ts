import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  type Filter,
  ModifyVpcEndpointCommand,
  paginateDescribeVpcEndpoints,
  type VpcEndpoint,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { collect } from "../../aws/pages.ts";
import type { Kind, Live } from "../kind.ts";
import { asSet } from "../same.ts";
import { fromTagList } from "../tags.ts";
import { byId, ownerFilters, tagResource, tagSpecifications } from "./shared.ts";

export interface VpcEndpointProps {
  readonly vpcId: string;
  /** Full name, "com.amazonaws.us-east-1.s3". */
  readonly service: string;
  readonly type: "Gateway" | "Interface";
  /** Gateway only; a set. */
  readonly routeTableIds?: readonly string[] | undefined;
  /** Interface only; a set, one a zone. */
  readonly subnetIds?: readonly string[] | undefined;
  /** Interface only; a set. */
  readonly securityGroupIds?: readonly string[] | undefined;
  /** Interface only: the service's usual host name leads to the endpoint. Needs DNS support and host names in the VPC. */
  readonly privateDns?: boolean | undefined;
}

export interface VpcEndpointOutputs {
  readonly endpointId: string;
}

const describe = (aws: Aws, Filters: Filter[]): Promise<VpcEndpoint[]> =>
  collect(paginateDescribeVpcEndpoints({ client: aws.ec2 }, { Filters }), (page) => page.VpcEndpoints);
const read = byId("vpc-endpoint-id", (it: VpcEndpoint) => it.VpcEndpointId, describe);

function liveOf(it: VpcEndpoint): Live<VpcEndpointProps> {
  const shared = { vpcId: it.VpcId, service: it.ServiceName };
  if (it.VpcEndpointType === "Gateway") {
    return { ...shared, type: "Gateway", routeTableIds: (it.RouteTableIds ?? []).toSorted() };
  }
  return {
    ...shared,
    type: "Interface",
    subnetIds: (it.SubnetIds ?? []).toSorted(),
    securityGroupIds: (it.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []).toSorted(),
    privateDns: it.PrivateDnsEnabled ?? false,
  };
}

/** What to add and what to remove, each undefined when there is nothing: AWS refuses an empty list. */
function delta(desired: readonly string[] | undefined, live: readonly string[] = []): (string[] | undefined)[] {
  if (!desired) return [];
  const add = desired.filter((id) => !live.includes(id));
  const remove = live.filter((id) => !desired.includes(id));
  return [add.length > 0 ? add : undefined, remove.length > 0 ? remove : undefined];
}

export const vpcEndpoint: Kind<VpcEndpointProps, VpcEndpointOutputs> = {
  type: "AWS::EC2::VPCEndpoint",
  identity: "token",
  createOnly: ["vpcId", "service", "type"],
  same: {
    routeTableIds: asSet("routeTableIds"),
    subnetIds: asSet("subnetIds"),
    securityGroupIds: asSet("securityGroupIds"),
  },
  timing: { pollSeconds: 5, usually: "seconds (gateway) to 2 minutes (interface)" },

  async find(aws, { tags }) {
    const gone = new Set(["deleting", "deleted"]);
    const found = (await describe(aws, ownerFilters(tags))).filter((it) => !gone.has(stateOf(it)));
    return found.flatMap((it) => (it.VpcEndpointId ? [{ id: it.VpcEndpointId, tags: fromTagList(it.Tags) }] : []));
  },

  async observe(aws, id) {
    const it = await read(aws, id);
    if (!it || stateOf(it) === "deleted") return undefined;
    const seen = { live: liveOf(it), tags: fromTagList(it.Tags) };
    const message = `VPC endpoint ${id} for ${it.ServiceName} is ${it.State}`;
    switch (stateOf(it)) {
      case "available":
        return { ...seen, phase: "ready", outputs: { endpointId: id } };
      case "deleting":
        return { ...seen, phase: "deleting", message };
      case "failed":
      case "rejected":
      case "expired": {
        const why = it.LastError?.Message ?? it.FailureReason;
        return { ...seen, phase: "failed", message: why ? `${message}: ${why}` : message, recreate: true };
      }
      default:
        return { ...seen, phase: "progressing", message };
    }
  },

  async create(aws, { props, tags, token }) {
    const answer = await aws.ec2.send(
      new CreateVpcEndpointCommand({
        VpcId: props.vpcId,
        ServiceName: props.service,
        VpcEndpointType: props.type,
        RouteTableIds: props.routeTableIds && [...props.routeTableIds],
        SubnetIds: props.subnetIds && [...props.subnetIds],
        SecurityGroupIds: props.securityGroupIds && [...props.securityGroupIds],
        PrivateDnsEnabled: props.privateDns,
        ClientToken: token,
        TagSpecifications: tagSpecifications("vpc-endpoint", tags),
      }),
    );
    return answer.VpcEndpoint?.VpcEndpointId ?? "";
  },

  async update(aws, id, { props, live, changed }) {
    const [AddRouteTableIds, RemoveRouteTableIds] = delta(props.routeTableIds, live.routeTableIds);
    const [AddSubnetIds, RemoveSubnetIds] = delta(props.subnetIds, live.subnetIds);
    const [AddSecurityGroupIds, RemoveSecurityGroupIds] = delta(props.securityGroupIds, live.securityGroupIds);
    await aws.ec2.send(
      new ModifyVpcEndpointCommand({
        VpcEndpointId: id,
        AddRouteTableIds,
        RemoveRouteTableIds,
        AddSubnetIds,
        RemoveSubnetIds,
        AddSecurityGroupIds,
        RemoveSecurityGroupIds,
        PrivateDnsEnabled: changed.includes("privateDns") ? props.privateDns : undefined,
      }),
    );
  },

  /** DeleteVpcEndpoints answers 200 and lists what it refused. */
  async delete(aws, id) {
    const { Unsuccessful = [] } = await aws.ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }));
    const [refusal] = Unsuccessful;
    if (!refusal) return;
    throw Object.assign(new Error(refusal.Error?.Message), {
      name: refusal.Error?.Code ?? "Unknown",
      $fault: "client",
    });
  },

  tag: tagResource,
};

/** The API reference writes states in lower camel case, the enum of its model in upper. */
function stateOf(it: VpcEndpoint): string {
  return (it.State ?? "").toLowerCase();
}
