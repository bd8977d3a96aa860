import type {
  CreateLoadBalancerInput,
  CreateLoadBalancerOutput,
  DeleteLoadBalancerInput,
  DescribeLoadBalancerAttributesInput,
  DescribeLoadBalancerAttributesOutput,
  DescribeLoadBalancersInput,
  DescribeLoadBalancersOutput,
  LoadBalancer,
  ModifyLoadBalancerAttributesInput,
  ModifyLoadBalancerAttributesOutput,
  SetSecurityGroupsInput,
  SetSecurityGroupsOutput,
  SetSubnetsInput,
  SetSubnetsOutput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { text } from "../common/random.ts";
import { detachInterface, regroupInterface } from "../ec2/network-interface.ts";
import { deliveryRefused } from "../s3/delivery.ts";
import { defaults, invalidConfiguration, LOAD_BALANCER, listed, modified } from "./attributes.ts";
import { hostedZoneId } from "./hosted-zones.ts";
import { deleteListenersOf } from "./listener.ts";
import { attachSubnets, checkedGroups, checkedSubnets, type Placement } from "./placement.ts";
import { checkName, noLoadBalancer, noLoadBalancers, required, validation } from "./refusals.ts";
import { type LoadBalancerRow, loadBalancers } from "./rows.ts";
import { checkedTags } from "./tags.ts";
import { startChecksOf } from "./use.ts";

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && [...a].sort().join() === [...b].sort().join();

/**
 * API_CreateLoadBalancer, type application. "This operation is idempotent. If you attempt to create multiple load
 * balancers with the same settings, each call succeeds"; with others the name is taken. Tags are no settings.
 */
export function createLoadBalancer(call: Call, input: CreateLoadBalancerInput): CreateLoadBalancerOutput {
  const name = required(input.Name, "Name");
  checkName(name, "Load balancer");
  if ((input.Type ?? "application") !== "application") {
    throw validation(`Load balancers of type '${input.Type}' are not part of this world`);
  }
  const scheme = input.Scheme ?? "internet-facing";
  const tags = checkedTags(input.Tags);
  const subnetIds = input.Subnets ?? (input.SubnetMappings ?? []).flatMap((each) => each.SubnetId ?? []);
  const old = loadBalancers(call)
    .all()
    .find((each) => each.name === name);
  const placement = checkedSubnets(call, subnetIds, scheme, old?.subnets.map((each) => each.subnetId) ?? []);
  const groups = checkedGroups(call, placement.vpcId, input.SecurityGroups ?? []);
  if (old) {
    const same =
      old.scheme === scheme &&
      old.ipAddressType === (input.IpAddressType ?? "ipv4") &&
      sameSet(
        old.subnets.map((each) => each.subnetId),
        subnetIds,
      ) &&
      sameSet(
        old.securityGroups,
        groups.map((each) => each.GroupId),
      );
    if (same) return { LoadBalancers: [shape(call, old)] };
    throw new AwsError(
      "DuplicateLoadBalancerName",
      `A load balancer with the same name '${name}' exists, but with different settings`,
    );
  }
  if (loadBalancers(call).all().length >= call.world.quota("elbv2.loadBalancers")) {
    throw new AwsError("TooManyLoadBalancers", "The maximum number of load balancers has been reached");
  }
  const id = text(call.world, 16);
  const made = arn(call, "elasticloadbalancing", `loadbalancer/app/${name}/${id}`);
  const row = loadBalancers(call).put(made, {
    arn: made,
    name,
    created: call.world.clock.now(),
    dnsName: dnsName(call, name, scheme),
    scheme,
    vpcId: placement.vpcId,
    state: "provisioning",
    subnets: attachSubnets(call, made, placement, groups, scheme),
    securityGroups: groups.map((each) => each.GroupId),
    ipAddressType: input.IpAddressType ?? "ipv4",
    attributes: defaults(LOAD_BALANCER),
    tags,
  });
  call.world.clock.after(call.world.duration("elbv2.loadBalancer.create"), () => {
    if (!loadBalancers(call).get(made)) return;
    loadBalancers(call).change(made, (balancer) => {
      balancer.state = "active";
    });
    startChecksOf(call, made);
  });
  return { LoadBalancers: [shape(call, row)] };
}

function dnsName(call: Call, name: string, scheme: string): string {
  const digits = String(Math.floor(call.world.random() * 9e9) + 1e9);
  return `${scheme === "internal" ? "internal-" : ""}${name}-${digits}.${call.region}.elb.amazonaws.com`;
}

const shape = (call: Call, row: LoadBalancerRow): LoadBalancer => ({
  LoadBalancerArn: row.arn,
  LoadBalancerName: row.name,
  Type: "application",
  Scheme: row.scheme,
  VpcId: row.vpcId,
  State: { Code: row.state },
  DNSName: row.dnsName,
  CanonicalHostedZoneId: hostedZoneId(call.region),
  CreatedTime: new Date(row.created),
  IpAddressType: row.ipAddressType,
  SecurityGroups: [...row.securityGroups],
  AvailabilityZones: row.subnets.map((each) => ({
    ZoneName: each.zone,
    SubnetId: each.subnetId,
    LoadBalancerAddresses: [],
  })),
});

/** API_DescribeLoadBalancers: "You can specify up to 20 load balancers in a single call"; by names or ARNs, or by pages. */
export function describeLoadBalancers(call: Call, input: DescribeLoadBalancersInput): DescribeLoadBalancersOutput {
  const { LoadBalancerArns: arns, Names: names } = input;
  if (arns?.length && names?.length) {
    throw validation("Load balancer names and load balancer ARNs cannot be specified at the same time");
  }
  if ((arns?.length ?? names?.length ?? 0) > 20) {
    throw validation("The number of load balancers cannot exceed '20'");
  }
  const shown = loadBalancers(call).shownAll();
  if (arns?.length) {
    const rows = arns.map((each) => shown.find((row) => row.arn === each));
    if (rows.includes(undefined)) throw noLoadBalancers();
    return { LoadBalancers: rows.flatMap((row) => (row ? [shape(call, row)] : [])) };
  }
  if (names?.length) {
    const missing = names.filter((each) => !shown.some((row) => row.name === each));
    if (missing.length > 0) {
      throw new AwsError("LoadBalancerNotFound", `Load balancers '[${missing.join(", ")}]' not found`);
    }
    return { LoadBalancers: shown.filter((row) => names.includes(row.name)).map((row) => shape(call, row)) };
  }
  const { items, next } = page(
    shown,
    (row) => row.arn,
    input.Marker,
    input.PageSize ?? call.world.quota("elbv2.page"),
    () => validation("Marker is not valid"),
  );
  return { LoadBalancers: items.map((row) => shape(call, row)), NextMarker: next };
}

export function existing(call: Call, loadBalancerArn: string | undefined): LoadBalancerRow {
  const row = loadBalancers(call).get(required(loadBalancerArn, "LoadBalancerArn"));
  if (!row) throw noLoadBalancer(loadBalancerArn ?? "");
  return row;
}

/**
 * API_DeleteLoadBalancer: refused under deletion protection; "if the load balancer does not exist or has already been
 * deleted, the call succeeds"; its listeners go with it. Its interfaces stay in their subnets for a while.
 */
export function deleteLoadBalancer(call: Call, input: DeleteLoadBalancerInput): object {
  const row = loadBalancers(call).get(required(input.LoadBalancerArn, "LoadBalancerArn"));
  if (!row) return {};
  if (row.attributes["deletion_protection.enabled"] === "true") {
    throw new AwsError(
      "OperationNotPermitted",
      `Load balancer '${row.arn}' cannot be deleted because deletion protection is enabled`,
    );
  }
  deleteListenersOf(call, row.arn);
  loadBalancers(call).remove(row.arn);
  release(
    call,
    row.subnets.map((each) => each.interfaceId),
  );
  return {};
}

function release(call: Call, interfaceIds: readonly string[]): void {
  call.world.clock.after(call.world.duration("elbv2.loadBalancer.releaseInterfaces"), () => {
    for (const id of interfaceIds) detachInterface(call, id);
  });
}

/** API_SetSubnets: replaces the subnets; at least two zones. */
export function setSubnets(call: Call, input: SetSubnetsInput): SetSubnetsOutput {
  const row = existing(call, input.LoadBalancerArn);
  const wanted = input.Subnets ?? (input.SubnetMappings ?? []).flatMap((each) => each.SubnetId ?? []);
  const kept = row.subnets.filter((each) => wanted.includes(each.subnetId));
  const placement = checkedSubnets(
    call,
    wanted,
    row.scheme,
    kept.map((each) => each.subnetId),
  );
  if (placement.vpcId !== row.vpcId) throw otherVpc();
  const added: Placement = {
    vpcId: placement.vpcId,
    subnets: placement.subnets.filter((each) => !kept.some((old) => old.subnetId === each.SubnetId)),
  };
  const gone = row.subnets.filter((each) => !kept.includes(each)).map((each) => each.interfaceId);
  const groups = row.securityGroups.map((GroupId) => ({ GroupId, GroupName: "" }));
  const subnets = [...kept, ...attachSubnets(call, row.arn, added, groups, row.scheme)];
  loadBalancers(call).change(row.arn, (balancer) => {
    balancer.subnets = subnets;
  });
  release(call, gone);
  return {
    AvailabilityZones: subnets.map((each) => ({ ZoneName: each.zone, SubnetId: each.subnetId })),
    IpAddressType: row.ipAddressType,
  };
}

const otherVpc = (): AwsError =>
  new AwsError("InvalidSubnet", "The subnets of a load balancer must be of the load balancer's VPC");

/** API_SetSecurityGroups: replaces the groups. */
export function setSecurityGroups(call: Call, input: SetSecurityGroupsInput): SetSecurityGroupsOutput {
  const row = existing(call, input.LoadBalancerArn);
  const groups = checkedGroups(call, row.vpcId, required(input.SecurityGroups, "SecurityGroups"));
  const ids = groups.map((each) => each.GroupId);
  loadBalancers(call).change(row.arn, (balancer) => {
    balancer.securityGroups = ids;
  });
  for (const each of row.subnets) regroupInterface(call, each.interfaceId, groups);
  return { SecurityGroupIds: ids };
}

/** API_DescribeLoadBalancerAttributes. */
export function describeLoadBalancerAttributes(
  call: Call,
  input: DescribeLoadBalancerAttributesInput,
): DescribeLoadBalancerAttributesOutput {
  existing(call, input.LoadBalancerArn);
  const row = loadBalancers(call).shown(input.LoadBalancerArn ?? "");
  if (!row) throw noLoadBalancer(input.LoadBalancerArn ?? "");
  return { Attributes: listed(row.attributes) };
}

/** API_ModifyLoadBalancerAttributes; ALB User Guide, "Enable access logs": the bucket must let the service write. */
export function modifyLoadBalancerAttributes(
  call: Call,
  input: ModifyLoadBalancerAttributesInput,
): ModifyLoadBalancerAttributesOutput {
  const row = existing(call, input.LoadBalancerArn);
  const attributes = modified(LOAD_BALANCER, "Load balancer", row.attributes, input.Attributes ?? []);
  if (attributes["access_logs.s3.enabled"] === "true") {
    const bucket = attributes["access_logs.s3.bucket"] ?? "";
    if (bucket === "") {
      throw invalidConfiguration("S3 bucket name must be specified when access logging is enabled");
    }
    if (deliveryRefused(call, bucket, attributes["access_logs.s3.prefix"] ?? "")) {
      throw invalidConfiguration(`Access Denied for bucket: ${bucket}. Please check S3bucket permission`);
    }
  }
  loadBalancers(call).change(row.arn, (balancer) => {
    balancer.attributes = attributes;
  });
  return { Attributes: listed(attributes) };
}
