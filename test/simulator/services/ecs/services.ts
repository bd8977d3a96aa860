import type { CreateServiceRequest, DeleteServiceRequest, UpdateServiceRequest } from "@aws-sdk/client-ecs";
import { AwsError, type Call } from "../../operation.ts";
import { once } from "../common/once.ts";
import { fromLowerTags } from "../common/tags.ts";
import { deploy } from "./deployments.ts";
import type { ServiceRow } from "./rows.ts";
import * as rows from "./rows.ts";
import { wake } from "./scheduler.ts";
import { checkedPercents, checkedSpec } from "./service-checks.ts";
import { describeService } from "./service-describe.ts";

const notIdempotent = () => rows.invalid("Creation of service was not idempotent.");

/**
 * API_CreateService. The client token answers a repeat with the service that it made. A name that is taken is refused,
 * unless the request is the same as the one that took it; one that is DRAINING holds its name.
 */
export function createService(call: Call, input: CreateServiceRequest): object {
  const { clientToken, ...request } = input;
  const answered = once(
    call,
    "ecs.CreateService",
    clientToken,
    request,
    () => ({ arn: make(call, request) }),
    (answer) => answer,
    notIdempotent,
  );
  const row = rows.services(call).get(answered.arn) ?? rows.inactiveServices(call).get(answered.arn);
  if (!row) throw rows.serviceNotFound();
  return { service: describeService(call, row, ["TAGS"]) };
}

/** The request that made each service, by ARN. */
const requests = (call: Call) => call.world.table<{ readonly asked: string }>(call, "record.ecs.requests");

function make(call: Call, input: Omit<CreateServiceRequest, "clientToken">): string {
  const cluster = rows.activeCluster(call, input.cluster);
  const name = input.serviceName ?? "";
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) {
    throw rows.invalid(
      "Service name must be 1 to 255 letters (uppercase and lowercase), numbers, underscores and hyphens.",
    );
  }
  const arn = `${cluster.arn.replace(":cluster/", ":service/")}/${name}`;
  const asked = JSON.stringify(input);
  const held = rows.services(call).get(arn);
  if (held?.status === "DRAINING") throw rows.invalid("Unable to Start a service that is still Draining.");
  if (held) {
    if (requests(call).get(arn)?.asked === asked) return arn;
    throw notIdempotent();
  }
  const spec = checkedSpec(call, cluster, input);
  const percents = checkedPercents(input.deploymentConfiguration);
  checkGrace(input.healthCheckGracePeriodSeconds, spec.loadBalancers.length);
  checkTags(input.propagateTags, input.desiredCount, call);
  const mates = rows
    .services(call)
    .all()
    .filter((service) => service.clusterArn === cluster.arn);
  if (mates.length >= call.world.quota("ecs.servicesPerCluster")) {
    throw rows.client("The maximum number of services per cluster was exceeded.");
  }
  const breaker = input.deploymentConfiguration?.deploymentCircuitBreaker;
  const tags = fromLowerTags(input.tags);
  if (Object.keys(tags).length > 50) throw rows.invalid("A resource can have no more than 50 tags.");
  rows.inactiveServices(call).remove(arn);
  requests(call).put(arn, { asked });
  rows.services(call).put(arn, {
    arn,
    name,
    cluster: cluster.name,
    clusterArn: cluster.arn,
    created: call.world.clock.now(),
    createdBy: call.principal,
    status: "ACTIVE",
    desiredCount: input.desiredCount ?? 1,
    ...percents,
    breaker: { enable: breaker?.enable ?? false, rollback: breaker?.rollback ?? false },
    graceSeconds: input.healthCheckGracePeriodSeconds,
    executeCommand: input.enableExecuteCommand ?? false,
    managedTags: input.enableECSManagedTags ?? false,
    propagateTags: input.propagateTags,
    deployments: [],
    completed: undefined,
    steady: false,
    failures: 0,
    launchAfter: 0,
    events: [],
    tags,
  });
  deploy(call, arn, spec);
  wake(call, arn);
  return arn;
}

function checkGrace(seconds: number | undefined, loadBalancers: number): void {
  if (seconds !== undefined && seconds > 0 && loadBalancers === 0) {
    throw rows.invalid("Health check grace period is only valid for services configured to use load balancers");
  }
}

function checkTags(propagate: string | undefined, desired: number | undefined, call: Call): void {
  if (desired !== undefined && (desired < 0 || desired > call.world.quota("ecs.tasksPerService"))) {
    throw rows.invalid(`Invalid desired count: ${desired}.`);
  }
  if (propagate !== undefined && !["SERVICE", "TASK_DEFINITION", "NONE"].includes(propagate)) {
    throw rows.invalid(`Invalid propagateTags: ${propagate}.`);
  }
}

/** Whether an update makes a new deployment (API_UpdateService): it does when what a task runs changes, or by force. */
function changesSpec(input: UpdateServiceRequest, before: rows.Spec, after: rows.Spec): boolean {
  return Boolean(input.forceNewDeployment) || JSON.stringify(before) !== JSON.stringify(after);
}

/** API_UpdateService. Counts, percentages and the like take effect without a deployment. */
export function updateService(call: Call, input: UpdateServiceRequest): object {
  const cluster = rows.activeCluster(call, input.cluster);
  const service = rows.serviceOf(call, cluster, input.service);
  if (!service) throw rows.serviceNotFound();
  if (service.status !== "ACTIVE") throw new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
  const before = (rows.primaryOf(service) as rows.DeploymentRow).spec;
  const unchanged = JSON.stringify(before);
  const wanted = touchesSpec(input) ? checkedSpec(call, cluster, input, before) : before;
  const percents = checkedPercents(input.deploymentConfiguration, service);
  checkGrace(input.healthCheckGracePeriodSeconds, wanted.loadBalancers.length);
  checkTags(input.propagateTags, input.desiredCount, call);
  const breaker = input.deploymentConfiguration?.deploymentCircuitBreaker;
  rows.services(call).change(service.arn, (row) => {
    row.minimumHealthyPercent = percents.minimumHealthyPercent;
    row.maximumPercent = percents.maximumPercent;
    if (breaker) row.breaker = { enable: breaker.enable ?? false, rollback: breaker.rollback ?? false };
    row.graceSeconds = input.healthCheckGracePeriodSeconds ?? row.graceSeconds;
    row.executeCommand = input.enableExecuteCommand ?? row.executeCommand;
    row.managedTags = input.enableECSManagedTags ?? row.managedTags;
    row.propagateTags = input.propagateTags ?? row.propagateTags;
    if (input.desiredCount !== undefined && input.desiredCount !== row.desiredCount) scale(row, input.desiredCount);
  });
  if (changesSpec(input, JSON.parse(unchanged) as rows.Spec, wanted)) deploy(call, service.arn, wanted);
  wake(call, service.arn);
  return { service: describeService(call, service, ["TAGS"]) };
}

const touchesSpec = (input: UpdateServiceRequest): boolean =>
  [
    input.taskDefinition,
    input.networkConfiguration,
    input.capacityProviderStrategy,
    input.platformVersion,
    input.loadBalancers,
    input.serviceRegistries,
    input.forceNewDeployment,
  ].some((value) => value !== undefined);

function scale(row: ServiceRow, desiredCount: number): void {
  row.desiredCount = desiredCount;
  row.steady = false;
  const primary = rows.primaryOf(row);
  if (primary) primary.desiredCount = desiredCount;
}

/** API_DeleteService: scaled to zero first, or by force; DRAINING until the tasks have stopped. */
export function deleteService(call: Call, input: DeleteServiceRequest): object {
  const cluster = rows.activeCluster(call, input.cluster);
  const service = rows.serviceOf(call, cluster, input.service);
  if (!service || service.status === "INACTIVE") throw rows.serviceNotFound();
  if (service.status === "ACTIVE") {
    if (!input.force && service.desiredCount > 0) {
      throw rows.invalid("The service cannot be stopped while it is scaled above 0.");
    }
    rows.services(call).change(service.arn, (row) => {
      row.status = "DRAINING";
      scale(row, 0);
    });
    wake(call, service.arn);
  }
  return { service: describeService(call, service, ["TAGS"]) };
}
