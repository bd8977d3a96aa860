import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DescribeLoadBalancerAttributesCommand,
  ModifyLoadBalancerAttributesCommand,
  paginateDescribeLoadBalancers,
  SetSecurityGroupsCommand,
  SetSubnetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../../aws/aws.ts";
import { afterCreate } from "../after-create.ts";
import type { Kind } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { asSet } from "../same.ts";
import { toTagList } from "../tags.ts";
import { fromAttributes, listed, readLoadBalancer, readTags, tagResource, toAttributes, withTags } from "./shared.ts";

/** An application load balancer, IPv4. */
export interface LoadBalancerProps {
  readonly scheme: "internet-facing" | "internal";
  /** A set, in two zones at least. */
  readonly subnetIds: readonly string[];
  /** A set. */
  readonly securityGroupIds: readonly string[];
  /** AWS's names and values, as "idle_timeout.timeout_seconds": "60". */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface LoadBalancerOutputs {
  readonly loadBalancerArn: string;
  readonly dnsName: string;
  /** Of Route 53, for alias records. */
  readonly hostedZoneId: string;
  /** "app/name/50dc6c495c0c9188": the dimension of its metrics. */
  readonly fullName: string;
}

async function setAttributes(aws: Aws, arn: string, attributes: LoadBalancerProps["attributes"]): Promise<void> {
  if (Object.keys(attributes).length === 0) return;
  await aws.elb.send(
    new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: arn, Attributes: toAttributes(attributes) }),
  );
}

async function readAttributes(aws: Aws, arn: string): Promise<Record<string, string> | undefined> {
  const ask = new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn });
  const answer = await unlessNotFound(aws.elb.send(ask));
  return answer && fromAttributes(answer.Attributes);
}

/** Natural key: its name, unique in account and region. AWS answers a repeated identical create with what there is. */
export const loadBalancer: Kind<LoadBalancerProps, LoadBalancerOutputs> = {
  type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
  identity: "naturalKey",
  createOnly: ["scheme"],
  partial: ["attributes"],
  same: { subnetIds: asSet("subnetIds"), securityGroupIds: asSet("securityGroupIds") },
  deleteFirst: true,
  timing: { pollSeconds: 5, usually: "2 to 3 minutes" },

  async find(aws, { name }) {
    const pages = paginateDescribeLoadBalancers({ client: aws.elb }, { Names: [name] });
    const found = await listed(pages, (page) => page.LoadBalancers);
    return withTags(
      aws,
      found.map((it) => it.LoadBalancerArn),
    );
  },

  async observe(aws, id) {
    const [it, tags] = await Promise.all([readLoadBalancer(aws, id), readTags(aws, id)]);
    if (!it || !tags) return undefined;
    const live = {
      scheme: it.Scheme,
      subnetIds: (it.AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? []).toSorted(),
      securityGroupIds: (it.SecurityGroups ?? []).toSorted(),
    };
    const { Code, Reason } = it.State ?? {};
    const message = `load balancer ${it.LoadBalancerName} is ${Code}${Reason ? `: ${Reason}` : ""}`;
    // For minutes, and each look would cost a call for this one alone: attributes are compared once it is there.
    if (Code === "provisioning") return { live, tags, phase: "progressing", message };
    const attributes = await readAttributes(aws, id);
    if (!attributes) return undefined;
    const seen = { live: { ...live, attributes }, tags };
    switch (Code) {
      case "active":
      // Serves, but could not scale as it wanted to.
      case "active_impaired": {
        const fullName = id.split(":loadbalancer/")[1] ?? "";
        const dnsName = it.DNSName ?? "";
        const hostedZoneId = it.CanonicalHostedZoneId ?? "";
        return { ...seen, phase: "ready", outputs: { loadBalancerArn: id, dnsName, hostedZoneId, fullName } };
      }
      case "failed":
        return { ...seen, phase: "failed", message, recreate: true };
      default:
        return { ...seen, phase: "progressing", message };
    }
  },

  async create(aws, { name, props, tags }) {
    const answer = await aws.elb.send(
      new CreateLoadBalancerCommand({
        Name: name,
        Type: "application",
        IpAddressType: "ipv4",
        Scheme: props.scheme,
        Subnets: [...props.subnetIds],
        SecurityGroups: [...props.securityGroupIds],
        Tags: toTagList(tags),
      }),
    );
    const id = answer.LoadBalancers?.[0]?.LoadBalancerArn ?? "";
    await afterCreate(() => setAttributes(aws, id, props.attributes));
    return id;
  },

  async update(aws, id, { props, changed }) {
    if (changed.includes("subnetIds")) {
      await aws.elb.send(new SetSubnetsCommand({ LoadBalancerArn: id, Subnets: [...props.subnetIds] }));
    }
    if (changed.includes("securityGroupIds")) {
      const SecurityGroups = [...props.securityGroupIds];
      await aws.elb.send(new SetSecurityGroupsCommand({ LoadBalancerArn: id, SecurityGroups }));
    }
    if (changed.includes("attributes")) await setAttributes(aws, id, props.attributes);
  },

  /** Deletion protection guards against people: whoever took it out of the spec has decided. Its listeners go with it. */
  async delete(aws, id) {
    const attributes = await readAttributes(aws, id);
    if (attributes?.["deletion_protection.enabled"] === "true") {
      await setAttributes(aws, id, { "deletion_protection.enabled": "false" });
    }
    await aws.elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: id }));
  },

  tag: tagResource,
};
