import {
  CreateServiceCommand,
  DeleteServiceCommand,
  type Service,
  TagResourceCommand,
  UpdateServiceCommand,
  type UpdateServiceCommandInput,
} from "@aws-sdk/client-ecs";
import type { Aws } from "../../aws/aws.ts";
import type { Kind, Live, Observed, Refusal } from "../kind.ts";
import { asSet } from "../same.ts";
import type { CapacityStrategy } from "./capacity.ts";
import { rolledBack, stoppedReason } from "./failures.ts";
import { clusterIn, describe, describeService, nameIn } from "./read-services.ts";
import { forgetRevision } from "./revisions.ts";
import { type Failure, hasFailedBefore, primaryOf, type Rollout, rolloutOf, runningRevision } from "./rollout.ts";
import { changeable, liveOf } from "./service-request.ts";
import { fromEcsTags, toEcsTags } from "./tags.ts";

export interface ServiceProps {
  /** ARN */
  readonly cluster: string;
  /** ARN with revision */
  readonly taskDefinition: string;
  /** Absent: another controller (autoscaling) owns it. */
  readonly desiredCount?: number;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly assignPublicIp: boolean;
  readonly capacityProviderStrategy: readonly CapacityStrategy[];
  /** Empty: no load balancer leads to it. */
  readonly loadBalancers: readonly ServiceLoadBalancer[];
  /** Cloud Map service that its tasks register in. */
  readonly registry?: { readonly serviceArn: string };
  readonly healthCheckGraceSeconds?: number;
  /** With rollback. */
  readonly circuitBreaker: boolean;
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

type ObservedService = Observed<ServiceProps, ServiceOutputs>;

/**
 * Its id is its ARN. A revision that the circuit breaker gave up on is told in `refused` from the moment ECS gives up
 * until a later deployment starts: as "failed" while ECS rolls back or when there is nothing to go back to, and as
 * "ready" once the revision before serves again.
 */
export const service: Kind<ServiceProps, ServiceOutputs> = {
  type: "AWS::ECS::Service",
  identity: "token",
  createOnly: ["cluster"],
  same: {
    subnetIds: asSet("subnetIds"),
    securityGroupIds: asSet("securityGroupIds"),
    capacityProviderStrategy: asSet("capacityProviderStrategy"),
    loadBalancers: asSet("loadBalancers"),
  },
  timing: { pollSeconds: 5, usually: "2 to 5 minutes" },

  async find(aws, { name, props: { cluster } }) {
    const found = await describe(aws, cluster, [name]);
    return found.map(({ serviceArn = "", tags }) => ({ id: serviceArn, tags: fromEcsTags(tags) }));
  },

  async observe(aws, id) {
    const found = await describeService(aws, id);
    return found && observed(aws, id, found);
  },

  async create(aws, { name, token, tags, props }) {
    return forgetting(aws, props, async () => {
      const { service: made } = await aws.ecs.send(
        new CreateServiceCommand({
          ...Object.assign({}, ...Object.values(changeable(props))),
          cluster: props.cluster,
          serviceName: name,
          clientToken: token,
          taskDefinition: props.taskDefinition,
          desiredCount: props.desiredCount ?? 1,
          enableECSManagedTags: true,
          propagateTags: "SERVICE",
          tags: toEcsTags(tags),
        }),
      );
      return made?.serviceArn ?? "";
    });
  },

  async update(aws, id, { props, changed, live }) {
    const all = changeable(props);
    const wanted: Partial<UpdateServiceCommandInput> = Object.assign({}, ...changed.map((prop) => all[prop]));
    // The same revision once more: ECS would find nothing to do.
    if (changed.includes("taskDefinition") && live.taskDefinition === props.taskDefinition)
      wanted.forceNewDeployment = true;
    await forgetting(aws, props, () =>
      aws.ecs.send(new UpdateServiceCommand({ cluster: clusterIn(id), service: nameIn(id), ...wanted })),
    );
  },

  async delete(aws, id) {
    await aws.ecs.send(new DeleteServiceCommand({ cluster: clusterIn(id), service: nameIn(id), force: true }));
  },

  async tag(aws, id, tags) {
    await aws.ecs.send(new TagResourceCommand({ resourceArn: id, tags: toEcsTags(tags) }));
  },
};

/** Revisions are remembered for ever; one that AWS refuses to run may have been deregistered by somebody: look again. */
async function forgetting<T>(aws: Aws, { taskDefinition }: ServiceProps, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    forgetRevision(aws, taskDefinition);
    throw error;
  }
}

async function observed(aws: Aws, id: string, found: Service): Promise<ObservedService> {
  const live = liveOf(found);
  const tags = fromEcsTags(found.tags);
  if (found.status === "DRAINING") return { phase: "deleting", live, tags, message: "ECS stops its tasks" };
  const rollout = rolloutOf(found);
  const failure = await failureOf(aws, found, rollout);
  const failing = rollout.state === "steady" ? undefined : (rollout.failing ?? failure?.taskDefinition);
  const lastFailure = (failing && (await stoppedReason(aws, id, failing))) ?? failure?.reason;
  const outputs = outputsOf(id, found, failure, lastFailure);
  const told = { live, tags, outputs, ...(failure && { refused: refusal(failure, lastFailure) }) };
  switch (rollout.state) {
    case "steady":
      return { phase: "ready", ...told };
    case "rolling": {
      const message = lastFailure ? `${rollout.words}; a task stopped: ${lastFailure}` : rollout.words;
      return { phase: "progressing", ...told, message };
    }
    case "rollingBack": {
      const failed = shortArn(failure?.taskDefinition ?? "the newest revision");
      const message = `${failed} failed, ECS goes back to ${shortArn(live.taskDefinition)}: ${lastFailure}`;
      return { phase: "failed", ...told, message };
    }
    case "stuck": {
      const failed = shortArn(rollout.failure.taskDefinition);
      const message = `${failed} failed, and ECS has no earlier revision to go back to: ${lastFailure}`;
      return { phase: "failed", ...told, message };
    }
  }
}

function refusal({ taskDefinition, release, reason }: Failure, lastFailure = reason): Refusal<Live<ServiceProps>> {
  return { values: release ?? { taskDefinition }, because: `${shortArn(taskDefinition)} failed: ${lastFailure}` };
}

/** What ECS gave up on: by the service's history, and while that does not tell yet, by its description. */
async function failureOf(aws: Aws, found: Service, rollout: Rollout): Promise<Failure | undefined> {
  if (rollout.state === "steady") return hasFailedBefore(found) ? rolledBack(aws, found) : undefined;
  if (rollout.state !== "rollingBack") return rollout.failure;
  const told = await rolledBack(aws, found);
  const { failure } = rollout;
  return told && failure?.taskDefinition === told.taskDefinition
    ? { ...told, reason: failure.reason }
    : (failure ?? told);
}

/** "family:7" */
function shortArn(taskDefinition = ""): string {
  return taskDefinition.split("/").at(-1) ?? taskDefinition;
}

function outputsOf(id: string, found: Service, failure: Failure | undefined, lastFailure?: string): ServiceOutputs {
  const primary = primaryOf(found);
  const reason = primary?.rolloutStateReason;
  return {
    serviceArn: id,
    serviceName: nameIn(id),
    running: found.runningCount ?? 0,
    desired: found.desiredCount ?? 0,
    pending: found.pendingCount ?? 0,
    taskDefinition: runningRevision(found),
    deployment: { id: primary?.id ?? "", state: primary?.rolloutState ?? "COMPLETED", ...(reason && { reason }) },
    ...(failure && { failedTaskDefinition: failure.taskDefinition }),
    ...(lastFailure && { lastFailure }),
  };
}
