import type { Kind } from "../kind.ts";

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

const notYet = async (): Promise<never> => {
  throw new Error("AWS::ElasticLoadBalancingV2::TargetGroup is not written yet");
};

export const targetGroup: Kind<TargetGroupProps, TargetGroupOutputs> = {
  type: "AWS::ElasticLoadBalancingV2::TargetGroup",
  identity: "naturalKey",
  createOnly: ["vpcId", "port", "protocol"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
