import type { DescribeSSLPoliciesInput, DescribeSSLPoliciesOutput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Call } from "../../operation.ts";

/** ALB User Guide, "Security policies for your Application Load Balancer", with the protocols of each. */
const POLICIES: Readonly<Record<string, readonly string[]>> = {
  "ELBSecurityPolicy-2016-08": ["TLSv1", "TLSv1.1", "TLSv1.2"],
  "ELBSecurityPolicy-TLS-1-1-2017-01": ["TLSv1.1", "TLSv1.2"],
  "ELBSecurityPolicy-TLS-1-2-2017-01": ["TLSv1.2"],
  "ELBSecurityPolicy-TLS-1-2-Ext-2018-06": ["TLSv1.2"],
  "ELBSecurityPolicy-FS-2018-06": ["TLSv1", "TLSv1.1", "TLSv1.2"],
  "ELBSecurityPolicy-FS-1-2-2019-08": ["TLSv1.2"],
  "ELBSecurityPolicy-FS-1-2-Res-2019-08": ["TLSv1.2"],
  "ELBSecurityPolicy-FS-1-2-Res-2020-10": ["TLSv1.2"],
  "ELBSecurityPolicy-TLS13-1-0-2021-06": ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"],
  "ELBSecurityPolicy-TLS13-1-1-2021-06": ["TLSv1.1", "TLSv1.2", "TLSv1.3"],
  "ELBSecurityPolicy-TLS13-1-2-2021-06": ["TLSv1.2", "TLSv1.3"],
  "ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06": ["TLSv1.2", "TLSv1.3"],
  "ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06": ["TLSv1.2", "TLSv1.3"],
  "ELBSecurityPolicy-TLS13-1-2-Res-2021-06": ["TLSv1.2", "TLSv1.3"],
  "ELBSecurityPolicy-TLS13-1-3-2021-06": ["TLSv1.3"],
  "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09": ["TLSv1.2", "TLSv1.3"],
  "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09": ["TLSv1.2", "TLSv1.3"],
};

/** What the API takes when a listener names none; the console's is a newer one. */
export const DEFAULT_SSL_POLICY = "ELBSecurityPolicy-2016-08";
export const sslPolicies: readonly string[] = Object.keys(POLICIES);

/** API_DescribeSSLPolicies. */
export function describeSSLPolicies(_call: Call, input: DescribeSSLPoliciesInput): DescribeSSLPoliciesOutput {
  const names = input.Names?.length ? input.Names : sslPolicies;
  return {
    SslPolicies: names.map((Name) => {
      const protocols = Object.hasOwn(POLICIES, Name) ? POLICIES[Name] : undefined;
      if (!protocols) throw new AwsError("SSLPolicyNotFound", `SSL policy '${Name}' not found`);
      return { Name, SslProtocols: [...protocols], SupportedLoadBalancerTypes: ["application", "network"] };
    }),
  };
}
