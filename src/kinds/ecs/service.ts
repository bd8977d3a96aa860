import type { Kind } from "../kind.ts";
import type { CapacityStrategy } from "./capacity.ts";

export interface ServiceProps {
  /** ARN */
  readonly cluster: string;
  /** ARN with revision */
  readonly taskDefinition: string;
  /** Absent: another controller (autoscaling) owns it. */
  readonly desiredCount?: number;
  /** Sorted. */
  readonly subnetIds: readonly string[];
  /** Sorted. */
  readonly securityGroupIds: readonly string[];
  readonly assignPublicIp: boolean;
  /** Sorted by provider. */
  readonly capacityProviderStrategy: readonly CapacityStrategy[];
  readonly loadBalancer?: ServiceLoadBalancer;
  /** Cloud Map service that its tasks register in. */
  readonly registry?: { readonly serviceArn: string };
  readonly healthCheckGraceSeconds?: number;
  /** With rollback. */
  readonly circuitBreaker: true;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly enableExecuteCommand: boolean;
}

export interface ServiceLoadBalancer {
  readonly targetGroupArn: string;
  readonly containerName: string;
  readonly containerPort: number;
}

export interface ServiceOutputs {
  readonly serviceArn: string;
  readonly serviceName: string;
  readonly running: number;
  readonly desired: number;
  readonly pending: number;
  /** ARN of the revision that runs: after a rollback not the one that was asked for. */
  readonly taskDefinition: string;
  /** The primary deployment. */
  readonly deployment: Deployment;
  /** ARN of the revision that the circuit breaker gave up on and rolled back. */
  readonly failedTaskDefinition?: string;
  /** Why tasks of the failed revision stopped, exit code included. */
  readonly lastFailure?: string;
}

export interface Deployment {
  readonly id: string;
  readonly state: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  readonly reason?: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::ECS::Service is not written yet");
};

export const service: Kind<ServiceProps, ServiceOutputs> = {
  type: "AWS::ECS::Service",
  identity: "token",
  createOnly: ["cluster"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
