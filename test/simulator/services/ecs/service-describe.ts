import type {
  Deployment,
  DescribeServiceDeploymentsRequest,
  DescribeServiceRevisionsRequest,
  DescribeServicesRequest,
  ListServiceDeploymentsRequest,
  ListServicesRequest,
  Service,
} from "@aws-sdk/client-ecs";
import type { Call } from "../../operation.ts";
import { globalArn } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { toLowerTags } from "../common/tags.ts";
import { threshold } from "./deployments.ts";
import type { DeploymentRow, ServiceDeploymentRow, ServiceRow, Spec } from "./rows.ts";
import * as rows from "./rows.ts";

const PENDING = new Set(["PROVISIONING", "PENDING", "ACTIVATING"]);
/** What LATEST stands for on Linux (ECS Developer Guide, "Fargate platform versions"). */
const LATEST = "1.4.0";

const placement = (spec: Spec) => ({
  platformFamily: "Linux",
  ...(spec.launchType !== undefined && { launchType: spec.launchType }),
  ...(spec.capacityProviderStrategy.length > 0 && { capacityProviderStrategy: [...spec.capacityProviderStrategy] }),
  ...(spec.network && { networkConfiguration: spec.network }),
});

/** API_Service, of a row as a read shows it. */
export function describeService(call: Call, row: ServiceRow, include: readonly string[] = []): Service {
  const tasks = rows
    .tasks(call)
    .shownAll()
    .filter((task) => task.serviceArn === row.arn);
  const count = (deploymentId: string | undefined, states: (status: string) => boolean) =>
    tasks.filter(
      (task) => states(task.lastStatus) && (deploymentId === undefined || task.deploymentId === deploymentId),
    ).length;
  const running = (status: string) => status === "RUNNING";
  const pending = (status: string) => PENDING.has(status);
  const describe = (one: DeploymentRow): Deployment => ({
    id: one.id,
    status: one.status,
    taskDefinition: one.spec.taskDefinition,
    desiredCount: one.status === "PRIMARY" ? row.desiredCount : one.desiredCount,
    pendingCount: count(one.id, pending),
    runningCount: count(one.id, running),
    failedTasks: one.failedTasks,
    createdAt: new Date(one.created),
    updatedAt: new Date(one.updated),
    rolloutState: one.state,
    rolloutStateReason: one.reason,
    ...placement(one.spec),
    platformVersion: one.spec.platformVersion === "LATEST" ? LATEST : one.spec.platformVersion,
  });
  const spec = rows.primaryOf(row)?.spec;
  return {
    serviceArn: row.arn,
    serviceName: row.name,
    clusterArn: row.clusterArn,
    status: row.status,
    desiredCount: row.desiredCount,
    runningCount: count(undefined, running),
    pendingCount: count(undefined, pending),
    loadBalancers: [...(spec?.loadBalancers ?? [])],
    serviceRegistries: [...(spec?.registries ?? [])],
    ...(spec && { ...placement(spec), platformVersion: spec.platformVersion, taskDefinition: spec.taskDefinition }),
    deploymentConfiguration: {
      deploymentCircuitBreaker: { ...row.breaker },
      minimumHealthyPercent: row.minimumHealthyPercent,
      maximumPercent: row.maximumPercent,
      strategy: "ROLLING",
      bakeTimeInMinutes: 0,
    },
    deployments: row.deployments.map(describe),
    events: row.events.map(({ id, at, message }) => ({ id, createdAt: new Date(at), message })),
    roleArn: globalArn(call, "iam", "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
    createdAt: new Date(row.created),
    createdBy: row.createdBy,
    placementConstraints: [],
    placementStrategy: [],
    schedulingStrategy: "REPLICA",
    deploymentController: { type: "ECS" },
    enableECSManagedTags: row.managedTags,
    enableExecuteCommand: row.executeCommand,
    propagateTags: row.propagateTags ?? "NONE",
    availabilityZoneRebalancing: "ENABLED",
    ...(spec && spec.loadBalancers.length > 0 && { healthCheckGracePeriodSeconds: row.graceSeconds ?? 0 }),
    ...(include.includes("TAGS") && { tags: toLowerTags(row.tags) }),
  };
}

/** API_DescribeServices: ten at most, of one cluster; INACTIVE ones too, for as long as ECS shows them. */
export function describeServices(call: Call, input: DescribeServicesRequest): object {
  const wanted = input.services ?? [];
  if (wanted.length === 0) throw rows.invalid("Services cannot be empty.");
  if (wanted.length > 10) throw rows.invalid("services can have at most 10 items.");
  const cluster = rows.activeCluster(call, input.cluster);
  const services: Service[] = [];
  const failures: { arn: string; reason: string }[] = [];
  for (const one of wanted) {
    const arn = `${cluster.arn.replace(":cluster/", ":service/")}/${rows.nameIn(one)}`;
    if (one.startsWith("arn:") && one !== arn) {
      throw rows.invalid(`Identifier is for ${one.split("/").at(-2)}. Your cluster is ${cluster.name}`);
    }
    const row = rows.services(call).shown(arn) ?? rows.inactiveServices(call).shown(arn);
    if (row) services.push(describeService(call, row, input.include));
    else failures.push({ arn, reason: "MISSING" });
  }
  return { services, failures };
}

/** API_ListServices: ten a page unless said, a hundred at most. */
export function listServices(call: Call, input: ListServicesRequest): object {
  const cluster = rows.activeCluster(call, input.cluster);
  const matching = rows
    .services(call)
    .shownAll()
    .filter((row) => row.clusterArn === cluster.arn)
    .filter((row) => input.launchType === undefined || rows.primaryOf(row)?.spec.launchType === input.launchType)
    .filter(() => input.schedulingStrategy === undefined || input.schedulingStrategy === "REPLICA");
  const { items, next } = page(matching, (row) => row.arn, input.nextToken, input.maxResults ?? 10);
  return { serviceArns: items.map((row) => row.arn), nextToken: next };
}

const brief = (row: ServiceDeploymentRow) => ({
  serviceDeploymentArn: row.arn,
  serviceArn: row.serviceArn,
  clusterArn: row.clusterArn,
  createdAt: new Date(row.created),
  startedAt: new Date(row.created),
  status: row.status,
  ...(row.reason !== undefined && { statusReason: row.reason }),
  ...(row.finished !== undefined && { finishedAt: new Date(row.finished) }),
});

/** API_ListServiceDeployments: the newest first, 20 a page unless said; those of the last 90 days. */
export function listServiceDeployments(call: Call, input: ListServiceDeploymentsRequest): object {
  const cluster = rows.activeCluster(call, input.cluster);
  const service = rows.serviceOf(call, cluster, input.service);
  if (!service) throw rows.serviceNotFound();
  const matching = rows
    .serviceDeployments(call)
    .shownAll()
    .filter((row) => row.serviceArn === service.arn)
    .filter((row) => !input.status?.length || input.status.includes(row.status))
    .filter(
      (row) =>
        row.created > (input.createdAt?.after?.getTime() ?? 0) &&
        row.created < (input.createdAt?.before?.getTime() ?? Number.POSITIVE_INFINITY),
    );
  const newestFirst = (row: ServiceDeploymentRow) => `${String(1e15 - row.created).padStart(16, "0")} ${row.arn}`;
  const { items, next } = page(matching, newestFirst, input.nextToken, input.maxResults ?? 20);
  return {
    serviceDeployments: items.map((row) => ({ ...brief(row), targetServiceRevisionArn: row.targetRevision })),
    nextToken: next,
  };
}

/** API_DescribeServiceDeployments: 20 at most. */
export function describeServiceDeployments(call: Call, input: DescribeServiceDeploymentsRequest): object {
  const wanted = input.serviceDeploymentArns ?? [];
  const found = wanted.map((arn) => rows.serviceDeployments(call).shown(arn));
  return {
    serviceDeployments: found.flatMap((row) => {
      if (!row) return [];
      const service = rows.services(call).shown(row.serviceArn);
      const deployment = service?.deployments.find((one) => one.id === row.deploymentId);
      return [
        {
          ...brief(row),
          targetServiceRevision: { arn: row.targetRevision },
          sourceServiceRevisions: row.sourceRevisions.map((arn) => ({ arn })),
          deploymentCircuitBreaker: {
            status: row.status.startsWith("ROLLBACK")
              ? "TRIGGERED"
              : service?.breaker.enable
                ? "MONITORING"
                : "DISABLED",
            failureCount: deployment?.failedTasks ?? 0,
            threshold: threshold(service?.desiredCount ?? 0),
          },
          ...(row.rollbackTo !== undefined && {
            rollback: { reason: row.reason, serviceRevisionArn: row.sourceRevisions[0] },
          }),
        },
      ];
    }),
    failures: wanted.filter((_, index) => !found[index]).map((arn) => ({ arn, reason: "MISSING" })),
  };
}

/** API_DescribeServiceRevisions: 20 at most. */
export function describeServiceRevisions(call: Call, input: DescribeServiceRevisionsRequest): object {
  const wanted = input.serviceRevisionArns ?? [];
  const found = wanted.map((arn) => rows.revisions(call).shown(arn));
  return {
    serviceRevisions: found.flatMap((row) =>
      row
        ? [
            {
              serviceRevisionArn: row.arn,
              serviceArn: row.serviceArn,
              clusterArn: row.clusterArn,
              createdAt: new Date(row.created),
              taskDefinition: row.spec.taskDefinition,
              ...placement(row.spec),
              loadBalancers: [...row.spec.loadBalancers],
              serviceRegistries: [...row.spec.registries],
            },
          ]
        : [],
    ),
    failures: wanted.filter((_, index) => !found[index]).map((arn) => ({ arn, reason: "MISSING" })),
  };
}
