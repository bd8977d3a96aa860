import {
  CreateTargetGroupCommand,
  DeleteTargetGroupCommand,
  DescribeTargetGroupAttributesCommand,
  ModifyTargetGroupAttributesCommand,
  ModifyTargetGroupCommand,
  paginateDescribeTargetGroups,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../../aws/aws.ts";
import { afterCreate } from "../after-create.ts";
import type { Kind } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { toTagList } from "../tags.ts";
import { fromAttributes, listed, readTags, readTargetGroup, tagResource, toAttributes, withTags } from "./shared.ts";

/** Targets are IP addresses, as awsvpc tasks need. */
export interface TargetGroupProps {
  readonly vpcId: string;
  readonly port: number;
  readonly protocol: "HTTP";
  readonly healthCheck: HealthCheck;
  /** AWS's names and values, as "deregistration_delay.timeout_seconds": "30". */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface HealthCheck {
  readonly path: string;
  /** 5 to 300. */
  readonly intervalSeconds: number;
  /** 2 to 120, less than the interval. */
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** "200", "200-299" or "200,202". */
  readonly matcher: string;
}

export interface TargetGroupOutputs {
  readonly targetGroupArn: string;
  /** "targetgroup/name/73e2d6bc24d8a067": the dimension of its metrics. */
  readonly fullName: string;
}

async function setAttributes(aws: Aws, arn: string, attributes: TargetGroupProps["attributes"]): Promise<void> {
  if (Object.keys(attributes).length === 0) return;
  await aws.elb.send(
    new ModifyTargetGroupAttributesCommand({ TargetGroupArn: arn, Attributes: toAttributes(attributes) }),
  );
}

const checks = (healthCheck: HealthCheck) => ({
  HealthCheckPath: healthCheck.path,
  HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
  HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
  HealthyThresholdCount: healthCheck.healthyThreshold,
  UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
  Matcher: { HttpCode: healthCheck.matcher },
});

/**
 * Natural key: its name, unique in account and region. A replacement stands beside the old one until the rules have
 * moved, so a name must change with what is createOnly.
 */
export const targetGroup: Kind<TargetGroupProps, TargetGroupOutputs> = {
  type: "AWS::ElasticLoadBalancingV2::TargetGroup",
  identity: "naturalKey",
  createOnly: ["vpcId", "port", "protocol"],
  partial: ["attributes"],
  timing: { pollSeconds: 1, usually: "seconds" },

  async find(aws, { name }) {
    const pages = paginateDescribeTargetGroups({ client: aws.elb }, { Names: [name] });
    const found = await listed(pages, (page) => page.TargetGroups);
    return withTags(
      aws,
      found.map((it) => it.TargetGroupArn),
    );
  },

  async observe(aws, id) {
    const ask = new DescribeTargetGroupAttributesCommand({ TargetGroupArn: id });
    const [it, tags] = await Promise.all([readTargetGroup(aws, id), readTags(aws, id)]);
    if (!it || !tags) return undefined;
    const attributes = await unlessNotFound(aws.elb.send(ask));
    if (!attributes) return undefined;
    return {
      live: {
        vpcId: it.VpcId,
        port: it.Port,
        protocol: it.Protocol as "HTTP",
        healthCheck: {
          path: it.HealthCheckPath ?? "",
          intervalSeconds: it.HealthCheckIntervalSeconds ?? 0,
          timeoutSeconds: it.HealthCheckTimeoutSeconds ?? 0,
          healthyThreshold: it.HealthyThresholdCount ?? 0,
          unhealthyThreshold: it.UnhealthyThresholdCount ?? 0,
          matcher: it.Matcher?.HttpCode ?? "",
        },
        attributes: fromAttributes(attributes.Attributes),
      },
      tags,
      phase: "ready",
      outputs: { targetGroupArn: id, fullName: id.split(":").at(-1) ?? "" },
    };
  },

  async create(aws, { name, props, tags }) {
    const answer = await aws.elb.send(
      new CreateTargetGroupCommand({
        Name: name,
        TargetType: "ip",
        VpcId: props.vpcId,
        Port: props.port,
        Protocol: props.protocol,
        HealthCheckProtocol: "HTTP",
        ...checks(props.healthCheck),
        Tags: toTagList(tags),
      }),
    );
    const id = answer.TargetGroups?.[0]?.TargetGroupArn ?? "";
    await afterCreate(() => setAttributes(aws, id, props.attributes));
    return id;
  },

  async update(aws, id, { props, changed }) {
    if (changed.includes("healthCheck")) {
      await aws.elb.send(new ModifyTargetGroupCommand({ TargetGroupArn: id, ...checks(props.healthCheck) }));
    }
    if (changed.includes("attributes")) await setAttributes(aws, id, props.attributes);
  },

  async delete(aws, id) {
    await aws.elb.send(new DeleteTargetGroupCommand({ TargetGroupArn: id }));
  },

  tag: tagResource,

  async blockers(aws, id) {
    const it = await readTargetGroup(aws, id);
    return (it?.LoadBalancerArns ?? []).map((arn) => `load balancer ${arn} (a listener or rule forwards to it)`);
  },
};
