import type { Kind } from "../kind.ts";

export interface NamespaceProps {
  readonly vpcId: string;
  readonly domain: string;
}

export interface NamespaceOutputs {
  readonly namespaceId: string;
  readonly arn: string;
  readonly hostedZoneId: string;
  readonly domain: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::ServiceDiscovery::PrivateDnsNamespace is not written yet");
};

export const namespace: Kind<NamespaceProps, NamespaceOutputs> = {
  type: "AWS::ServiceDiscovery::PrivateDnsNamespace",
  identity: "token",
  createOnly: ["vpcId", "domain"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
