import type { Kind } from "../kind.ts";
import type { CapacityStrategy } from "./capacity.ts";

export interface ClusterProps {
  readonly containerInsights: boolean;
  /** "FARGATE", "FARGATE_SPOT"; sorted. */
  readonly capacityProviders: readonly string[];
  /** Sorted by provider. */
  readonly defaultStrategy: readonly CapacityStrategy[];
}

export interface ClusterOutputs {
  readonly clusterName: string;
  readonly clusterArn: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::ECS::Cluster is not written yet");
};

export const cluster: Kind<ClusterProps, ClusterOutputs> = {
  type: "AWS::ECS::Cluster",
  identity: "naturalKey",
  createOnly: [],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
