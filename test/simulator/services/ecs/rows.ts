import type {
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  ClusterSetting,
  DeploymentRolloutState,
  LoadBalancer,
  NetworkConfiguration,
  ServiceDeploymentStatus,
  ServiceRegistry,
  TaskDefinition,
  TaskStopCode,
} from "@aws-sdk/client-ecs";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import type { TagMap } from "../common/tags.ts";

export type Where = Pick<Call, "world" | "account" | "region">;

/** Rows are keyed by their ARN; a cluster by its name. What is INACTIVE or STOPPED is kept apart, for about an hour. */
export interface ClusterRow {
  readonly name: string;
  readonly arn: string;
  status: "ACTIVE" | "INACTIVE";
  settings: readonly ClusterSetting[];
  configuration: ClusterConfiguration | undefined;
  capacityProviders: readonly string[];
  defaultStrategy: readonly CapacityProviderStrategyItem[];
  /** Its capacity providers are being changed. */
  updating: boolean;
  tags: TagMap;
}

export interface TaskDefinitionRow {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly definition: TaskDefinition;
  status: "ACTIVE" | "INACTIVE" | "DELETE_IN_PROGRESS";
  deregistered: number | undefined;
  tags: TagMap;
}

/** What a deployment runs: a service revision. */
export interface Spec {
  readonly taskDefinition: string;
  readonly launchType: "FARGATE" | "EC2" | undefined;
  readonly capacityProviderStrategy: readonly CapacityProviderStrategyItem[];
  readonly platformVersion: string;
  readonly network: NetworkConfiguration | undefined;
  readonly loadBalancers: readonly LoadBalancer[];
  readonly registries: readonly ServiceRegistry[];
}

export interface DeploymentRow {
  /** "ecs-svc/…" */
  readonly id: string;
  readonly spec: Spec;
  readonly revisionArn: string;
  readonly created: number;
  updated: number;
  status: "PRIMARY" | "ACTIVE";
  desiredCount: number;
  failedTasks: number;
  state: DeploymentRolloutState;
  reason: string;
}

export interface ServiceRow {
  readonly arn: string;
  readonly name: string;
  readonly cluster: string;
  readonly clusterArn: string;
  readonly created: number;
  readonly createdBy: string;
  status: "ACTIVE" | "DRAINING" | "INACTIVE";
  desiredCount: number;
  minimumHealthyPercent: number;
  maximumPercent: number;
  breaker: { readonly enable: boolean; readonly rollback: boolean };
  graceSeconds: number | undefined;
  executeCommand: boolean;
  managedTags: boolean;
  propagateTags: "SERVICE" | "TASK_DEFINITION" | "NONE" | undefined;
  /** Newest first. */
  deployments: DeploymentRow[];
  /** The last deployment that completed: where a rollback goes. */
  completed: DeploymentRow | undefined;
  steady: boolean;
  /** Tasks that could not be launched or failed, in a row: the scheduler slows down. */
  failures: number;
  /** Not before then does it launch the next task. */
  launchAfter: number;
  /** Newest first. */
  events: { readonly id: string; readonly at: number; readonly message: string }[];
  tags: TagMap;
}

export interface ServiceDeploymentRow {
  readonly arn: string;
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly deploymentId: string;
  readonly targetRevision: string;
  readonly sourceRevisions: readonly string[];
  readonly created: number;
  finished: number | undefined;
  status: ServiceDeploymentStatus;
  reason: string | undefined;
  rollbackTo: string | undefined;
}

export interface RevisionRow {
  readonly arn: string;
  readonly serviceArn: string;
  readonly clusterArn: string;
  readonly created: number;
  readonly spec: Spec;
}

export interface ContainerRow {
  readonly name: string;
  readonly image: string;
  readonly arn: string;
  readonly essential: boolean;
  exitCode: number | undefined;
  reason: string | undefined;
}

export interface TaskRow {
  readonly arn: string;
  readonly id: string;
  readonly clusterArn: string;
  readonly serviceArn: string | undefined;
  readonly deploymentId: string | undefined;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly taskDefinition: string;
  readonly spec: Spec;
  readonly capacityProvider: string | undefined;
  readonly created: number;
  readonly zone: string;
  readonly subnetId: string;
  readonly groups: readonly string[];
  readonly interfaceId: string;
  readonly privateIp: string;
  readonly publicIp: string | undefined;
  readonly containers: readonly ContainerRow[];
  tags: TagMap;
  lastStatus: string;
  desiredStatus: "RUNNING" | "STOPPED";
  health: "HEALTHY" | "UNHEALTHY" | "UNKNOWN";
  /** Passed every check that it has once: counts as healthy for its deployment. */
  healthy: boolean;
  /** Made to fail its checks from outside. */
  sick: boolean;
  pullStarted: number | undefined;
  pullStopped: number | undefined;
  started: number | undefined;
  stopping: number | undefined;
  stopped: number | undefined;
  stopCode: TaskStopCode | undefined;
  stoppedReason: string | undefined;
}

const named =
  <T extends object>(name: string) =>
  (call: Where): Table<T> =>
    call.world.table<T>(call, name);

export const clusters = named<ClusterRow>("ecs.clusters");
export const taskDefinitions = named<TaskDefinitionRow>("ecs.taskDefinitions");
export const services = named<ServiceRow>("ecs.services");
export const tasks = named<TaskRow>("ecs.tasks");
export const inactiveClusters = named<ClusterRow>("record.ecs.clusters");
export const deletedTaskDefinitions = named<TaskDefinitionRow>("record.ecs.taskDefinitions");
export const inactiveServices = named<ServiceRow>("record.ecs.services");
export const stoppedTasks = named<TaskRow>("record.ecs.tasks");
export const revisions = named<RevisionRow>("record.ecs.revisions");
export const serviceDeployments = named<ServiceDeploymentRow>("record.ecs.serviceDeployments");
/** How many revisions a family ever had: a number is never given twice. */
export const families = named<{ readonly family: string; revision: number }>("record.ecs.families");

export const invalid = (message: string) => new AwsError("InvalidParameterException", message);
export const client = (message: string) => new AwsError("ClientException", message);
export const clusterNotFound = (message = "Cluster not found.") => new AwsError("ClusterNotFoundException", message);
export const serviceNotFound = () => new AwsError("ServiceNotFoundException", "Service not found.");

/** Last part of an ARN, or the text itself: names and ARNs are both taken. */
export const nameIn = (nameOrArn: string | undefined): string => (nameOrArn ?? "").split("/").at(-1) ?? "";

/** The cluster that a request names, or the one called default. ECS API Reference, "cluster" of each action. */
export function activeCluster(call: Where, nameOrArn: string | undefined): ClusterRow {
  const name = nameIn(nameOrArn ?? "default");
  const row = clusters(call).get(name);
  if (row) return row;
  throw clusterNotFound(inactiveClusters(call).get(name) ? "The referenced cluster was inactive." : undefined);
}

/** A service by name or ARN, whatever its status. */
export function serviceOf(call: Where, cluster: ClusterRow, nameOrArn: string | undefined): ServiceRow | undefined {
  const arn = `${cluster.arn.replace(":cluster/", ":service/")}/${nameIn(nameOrArn)}`;
  return services(call).get(arn) ?? inactiveServices(call).get(arn);
}

export const tasksOf = (call: Where, serviceArn: string): readonly TaskRow[] =>
  tasks(call)
    .all()
    .filter((task) => task.serviceArn === serviceArn);

/** A task definition by ARN, "family:revision", or family, which means its newest ACTIVE revision. */
export function taskDefinitionOf(call: Where, given: string | undefined): TaskDefinitionRow | undefined {
  const name = nameIn(given);
  const all = taskDefinitions(call).all();
  if (name.includes(":")) return all.find((row) => `${row.family}:${row.revision}` === name);
  return all.filter((row) => row.family === name && row.status === "ACTIVE").sort((a, b) => b.revision - a.revision)[0];
}

/** One by its ARN, also while it is being deleted: what a task was started from. */
export const anyTaskDefinition = (call: Where, arn: string): TaskDefinitionRow | undefined =>
  taskDefinitions(call).get(arn) ?? deletedTaskDefinitions(call).get(arn);

export const primaryOf = (service: ServiceRow): DeploymentRow | undefined =>
  service.deployments.find((deployment) => deployment.status === "PRIMARY");
