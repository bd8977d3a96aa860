import type { Kind } from "../kind.ts";

export interface DiscoveryServiceProps {
  readonly namespaceId: string;
  readonly recordType: "A";
  readonly ttlSeconds: number;
  readonly failureThreshold: number;
}

export interface DiscoveryServiceOutputs {
  readonly serviceId: string;
  readonly arn: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::ServiceDiscovery::Service is not written yet");
};

export const discoveryService: Kind<DiscoveryServiceProps, DiscoveryServiceOutputs> = {
  type: "AWS::ServiceDiscovery::Service",
  identity: "token",
  createOnly: ["namespaceId", "recordType", "failureThreshold"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
