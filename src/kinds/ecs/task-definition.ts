import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
} from "@aws-sdk/client-ecs";
import type { Aws } from "../../aws/aws.ts";
import { tagKeys } from "../../aws/tags.ts";
import type { Kind } from "../kind.ts";
import { propsOf, requestOf } from "./container-definition.ts";
import { activeRevision, forgetOthers, forgetRevision, revisionStatus } from "./revisions.ts";
import { toEcsTags } from "./tags.ts";

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
  /** A second port, for gRPC. */
  readonly grpcPort?: number;
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
  /** Runs before it in every task, to its end: the container starts only when this one has ended with exit code 0. */
  readonly init?: InitContainer;
}

/** Has the log group of the container that it runs before, under its own stream prefix. */
export interface InitContainer {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
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

/** Its id is its ARN, revision included. A changed prop makes a new revision, and the old one goes after it. */
export const taskDefinition: Kind<TaskDefinitionProps, TaskDefinitionOutputs> = {
  type: "AWS::ECS::TaskDefinition",
  identity: "tags",
  createOnly: ["family", "cpu", "memory", "executionRoleArn", "taskRoleArn", "architecture", "container"],
  timing: { pollSeconds: 2, usually: "a few seconds" },

  /** The active revisions of the family that carry the owner tags of the target. ECS lists them by family only. */
  async find(aws, { props: { family }, tags }) {
    if (!family) return [];
    const active = await revisionsOf(aws, family);
    forgetOthers(aws, family, active);
    const revisions = await Promise.all(
      active.map(async (id) => ({ id, tags: (await activeRevision(aws, id))?.tags })),
    );
    return revisions.filter((revision) => ownerKeys.every((key) => revision.tags?.[key] === tags[key]));
  },

  async observe(aws, id) {
    const found = await activeRevision(aws, id);
    if (!found) return undefined;
    const { family = "", revision = 0 } = found.definition;
    return {
      phase: "ready",
      live: propsOf(found.definition),
      tags: found.tags,
      outputs: { taskDefinitionArn: id, revision, family },
    };
  },

  async create(aws, { tags, props }) {
    const { taskDefinition: made } = await aws.ecs.send(
      new RegisterTaskDefinitionCommand({ ...requestOf(props), tags: toEcsTags(tags) }),
    );
    return made?.taskDefinitionArn ?? "";
  },

  /** Tasks that run by it go on; ECS takes it away once none does. */
  async delete(aws, id) {
    forgetRevision(aws, id);
    const status = await revisionStatus(aws, id);
    if (status === "ACTIVE") await aws.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: id }));
    if (status === "ACTIVE" || status === "INACTIVE") {
      await aws.ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [id] }));
    }
  },

  async tag(aws, id, tags) {
    forgetRevision(aws, id);
    await aws.ecs.send(new TagResourceCommand({ resourceArn: id, tags: toEcsTags(tags) }));
  },
};

const ownerKeys = [tagKeys.cluster, tagKeys.owner, tagKeys.node];

async function revisionsOf(aws: Aws, familyPrefix: string): Promise<string[]> {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await aws.ecs.send(
      new ListTaskDefinitionsCommand({ familyPrefix, status: "ACTIVE", sort: "DESC", nextToken }),
    );
    arns.push(...(page.taskDefinitionArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return arns;
}
