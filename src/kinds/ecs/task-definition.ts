import type { Kind } from "../kind.ts";

export interface TaskDefinitionProps {
  readonly family: string;
  /** CPU units as AWS writes them: "1024" is one vCPU. */
  readonly cpu: string;
  /** MiB: "2048". */
  readonly memory: string;
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  readonly architecture: "X86_64" | "ARM64";
  readonly container: Container;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Environment variable → ARN of a secret or parameter, which may carry ":key::". */
  readonly secrets: Readonly<Record<string, string>>;
  readonly logGroup: string;
  readonly logRegion: string;
  readonly healthCheck?: HealthCheck;
  readonly command?: readonly string[];
  readonly readonlyRoot: boolean;
  readonly stopTimeoutSeconds: number;
  /** "uid" or "uid:gid" */
  readonly user?: string;
  readonly mount?: Mount;
}

export interface HealthCheck {
  /** As ECS takes it: the first word is "CMD" or "CMD-SHELL". */
  readonly command: readonly string[];
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly retries: number;
  readonly startPeriodSeconds: number;
}

export interface Mount {
  readonly volume: { readonly fileSystemId: string; readonly accessPointId: string };
  readonly path: string;
}

export interface TaskDefinitionOutputs {
  readonly taskDefinitionArn: string;
  readonly revision: number;
  readonly family: string;
}

const notYet = async (): Promise<never> => {
  throw new Error("AWS::ECS::TaskDefinition is not written yet");
};

export const taskDefinition: Kind<TaskDefinitionProps, TaskDefinitionOutputs> = {
  type: "AWS::ECS::TaskDefinition",
  identity: "tags",
  createOnly: ["family", "cpu", "memory", "executionRoleArn", "taskRoleArn", "architecture", "container"],
  timing: { pollSeconds: 5, usually: "seconds" },
  find: notYet,
  observe: notYet,
  create: notYet,
  delete: notYet,
};
