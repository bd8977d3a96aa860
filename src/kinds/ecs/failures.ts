import {
  DescribeServiceRevisionsCommand,
  DescribeTasksCommand,
  ListServiceDeploymentsCommand,
  ListTasksCommand,
  type Service,
  type ServiceDeploymentBrief,
  type ServiceDeploymentStatus,
  type Task,
} from "@aws-sdk/client-ecs";
import type { Aws } from "../../aws/aws.ts";
import { clusterIn, nameIn } from "./read-services.ts";
import { type Failure, primaryOf } from "./rollout.ts";
import { placementOf } from "./service-request.ts";

/**
 * What the history says of the deployment before the present one. By the present one's id and last change: a rollback
 * makes an old deployment the primary again, under its old id (ECS developer guide, "How the Amazon ECS deployment circuit
 * breaker detects failures"), so the id alone would tell of the release before.
 */
const histories = new WeakMap<Aws, Map<string, Failure | undefined>>();
const LIMIT = 1_000;

/**
 * The revision whose failure led to what runs now: the newest of the service's deployments is being rolled back, or
 * was. Undefined when it was not. What has come to an end is read once for each deployment.
 */
export async function rolledBack(aws: Aws, service: Service): Promise<Failure | undefined> {
  const { id, updatedAt } = primaryOf(service) ?? {};
  const primary = `${id} ${updatedAt?.getTime()}`;
  const known = histories.get(aws) ?? new Map<string, Failure | undefined>();
  if (known.has(primary)) return known.get(primary);
  const newest = await newestDeployment(aws, service);
  const failure = newest?.status?.startsWith("ROLLBACK") ? await failureOf(aws, service, newest) : undefined;
  if (newest?.status && FINISHED.has(newest.status)) {
    if (known.size >= LIMIT) known.clear();
    histories.set(aws, known.set(primary, failure));
  }
  return failure;
}

const FINISHED = new Set<ServiceDeploymentStatus>(["SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"]);

async function newestDeployment(aws: Aws, { serviceArn = "" }: Service): Promise<ServiceDeploymentBrief | undefined> {
  const { serviceDeployments = [] } = await aws.ecs.send(
    new ListServiceDeploymentsCommand({ cluster: clusterIn(serviceArn), service: nameIn(serviceArn) }),
  );
  return serviceDeployments.sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0))[0];
}

async function failureOf(
  aws: Aws,
  { serviceArn = "" }: Service,
  { targetServiceRevisionArn, statusReason }: ServiceDeploymentBrief,
): Promise<Failure | undefined> {
  if (!targetServiceRevisionArn) return undefined;
  const { serviceRevisions } = await aws.ecs.send(
    new DescribeServiceRevisionsCommand({ serviceRevisionArns: [targetServiceRevisionArn] }),
  );
  const [revision] = serviceRevisions ?? [];
  if (!revision?.taskDefinition) return undefined;
  const { taskDefinition } = revision;
  const reason = await stoppedReason(aws, serviceArn, taskDefinition);
  const release = { taskDefinition, ...placementOf(revision) };
  return { taskDefinition, release, reason: reason ?? statusReason ?? "the deployment was rolled back" };
}

/** Why the last task of a revision stopped, without ids, which differ each time. ECS shows stopped tasks for an hour. */
export async function stoppedReason(aws: Aws, serviceArn: string, taskDefinition: string): Promise<string | undefined> {
  const cluster = clusterIn(serviceArn);
  const { taskArns = [] } = await aws.ecs.send(
    new ListTasksCommand({ cluster, serviceName: nameIn(serviceArn), desiredStatus: "STOPPED" }),
  );
  if (taskArns.length === 0) return undefined;
  const { tasks = [] } = await aws.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns.slice(0, 100) }));
  const [last] = tasks
    .filter((task) => task.taskDefinitionArn === taskDefinition && !isScaling(task))
    .sort((a, b) => stoppedAt(b) - stoppedAt(a));
  return last && reasonOf(last);
}

/** "Essential container in task exited (container api: exit code 1, OutOfMemoryError: …)" */
export function reasonOf(task: Task): string {
  const containers = (task.containers ?? []).flatMap(({ name, exitCode, reason }) => {
    const facts = [exitCode === undefined ? undefined : `exit code ${exitCode}`, reason].filter(Boolean);
    return facts.length > 0 ? [`container ${name}: ${facts.join(", ")}`] : [];
  });
  const why = task.stoppedReason ?? task.stopCode ?? "no reason given";
  return containers.length > 0 ? `${why} (${containers.join("; ")})` : why;
}

function stoppedAt(task: Task): number {
  return (task.stoppedAt ?? task.stoppingAt)?.getTime() ?? 0;
}

/** ECS stops tasks that are too many as well, which is no failure. */
function isScaling(task: Task): boolean {
  return /^Scaling activity initiated/i.test(task.stoppedReason ?? "");
}
