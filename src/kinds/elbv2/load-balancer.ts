import type { Kind } from "../kind.ts";

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

const notYet = async (): Promise<never> => {
  throw new Error("AWS::ElasticLoadBalancingV2::LoadBalancer is not written yet");
};

export const loadBalancer: Kind<LoadBalancerProps, LoadBalancerOutputs> = {
  type: "AWS::ElasticLoadBalancingV2::LoadBalancer",
  identity: "naturalKey",
  createOnly: ["scheme"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
