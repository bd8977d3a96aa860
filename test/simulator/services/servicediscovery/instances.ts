import type {
  DeregisterInstanceRequest,
  DiscoverInstancesRequest,
  GetInstanceRequest,
  ListInstancesRequest,
  RegisterInstanceRequest,
} from "@aws-sdk/client-servicediscovery";
import { AwsError, type Call } from "../../operation.ts";
import { page } from "../common/page.ts";
import { submit } from "./operations.ts";
import type { InstanceRow, Where } from "./rows.ts";
import * as rows from "./rows.ts";

const key = (serviceId: string, instanceId: string): string => `${serviceId}/${instanceId}`;

/** Puts an instance, as the end of RegisterInstance does and ECS for a task of a service with a registry. */
export function putInstance(
  call: Where,
  serviceId: string,
  instanceId: string,
  attributes: Readonly<Record<string, string>>,
  creatorRequestId?: string,
): void {
  rows.instances(call).put(key(serviceId, instanceId), {
    id: instanceId,
    serviceId,
    creatorRequestId,
    attributes: { ...attributes },
    healthy: true,
  });
}

export function removeInstance(call: Where, serviceId: string, instanceId: string): void {
  if (rows.instances(call).get(key(serviceId, instanceId))) rows.instances(call).remove(key(serviceId, instanceId));
}

const notFound = (id: string | undefined) =>
  new AwsError("InstanceNotFound", `Failed to find instance with id: ${id}.`);

/** API_RegisterInstance: an A record needs AWS_INSTANCE_IPV4. */
export function registerInstance(call: Call, input: RegisterInstanceRequest): object {
  const service = rows.existingService(call, input.ServiceId);
  const instanceId = input.InstanceId ?? "";
  const attributes = input.Attributes ?? {};
  if (service.dns?.DnsRecords?.some(({ Type }) => Type === "A") && !attributes.AWS_INSTANCE_IPV4) {
    throw rows.invalidInput("AWS_INSTANCE_IPV4 is required for a service with A records.");
  }
  const OperationId = submit(call, {
    type: "REGISTER_INSTANCE",
    targets: { INSTANCE: instanceId, SERVICE: service.id },
    subject: `instance ${key(service.id, instanceId)}`,
    creatorRequestId: input.CreatorRequestId,
    takes: "servicediscovery.instance.register",
    effect: () => {
      if (rows.services(call).get(service.id)) {
        putInstance(call, service.id, instanceId, attributes, input.CreatorRequestId);
      }
    },
  });
  return { OperationId };
}

/** API_DeregisterInstance. */
export function deregisterInstance(call: Call, input: DeregisterInstanceRequest): object {
  const service = rows.existingService(call, input.ServiceId);
  const instanceId = input.InstanceId ?? "";
  if (!rows.instances(call).get(key(service.id, instanceId))) throw notFound(instanceId);
  const OperationId = submit(call, {
    type: "DEREGISTER_INSTANCE",
    targets: { INSTANCE: instanceId, SERVICE: service.id },
    subject: `instance ${key(service.id, instanceId)}`,
    takes: "servicediscovery.instance.deregister",
    effect: () => removeInstance(call, service.id, instanceId),
  });
  return { OperationId };
}

const shownOf = (call: Call, serviceId: string): readonly InstanceRow[] =>
  rows
    .instances(call)
    .shownAll()
    .filter((instance) => instance.serviceId === serviceId);

/** API_ListInstances: 100 a page. */
export function listInstances(call: Call, input: ListInstancesRequest): object {
  const service = rows.existingService(call, input.ServiceId);
  const { items, next } = page(
    shownOf(call, service.id),
    (row) => row.id,
    input.NextToken,
    input.MaxResults ?? 100,
    () => rows.invalidInput("The specified NextToken is invalid."),
  );
  return { Instances: items.map(({ id, attributes }) => ({ Id: id, Attributes: { ...attributes } })), NextToken: next };
}

/** API_GetInstance. */
export function getInstance(call: Call, input: GetInstanceRequest): object {
  const service = rows.existingService(call, input.ServiceId);
  const row = rows.instances(call).shown(key(service.id, input.InstanceId ?? ""));
  if (!row) throw notFound(input.InstanceId);
  return {
    Instance: { Id: row.id, CreatorRequestId: row.creatorRequestId, Attributes: { ...row.attributes } },
  };
}

/** API_DiscoverInstances: by the names of namespace and service. */
export function discoverInstances(call: Call, input: DiscoverInstancesRequest): object {
  const namespace = rows
    .namespaces(call)
    .all()
    .find((row) => row.name === input.NamespaceName);
  if (!namespace)
    throw new AwsError("NamespaceNotFound", `Failed to find namespace with name: ${input.NamespaceName}.`);
  const service = rows.servicesOf(call, namespace.id).find((row) => row.name === input.ServiceName);
  if (!service) throw new AwsError("ServiceNotFound", `Failed to find service with name: ${input.ServiceName}.`);
  const wanted = input.HealthStatus ?? "HEALTHY_OR_ELSE_ALL";
  const all = shownOf(call, service.id).filter((row) =>
    Object.entries(input.QueryParameters ?? {}).every(([name, value]) => row.attributes[name] === value),
  );
  const healthy = all.filter((row) => row.healthy);
  const chosen =
    wanted === "ALL"
      ? all
      : wanted === "UNHEALTHY"
        ? all.filter((row) => !row.healthy)
        : wanted === "HEALTHY" || healthy.length > 0
          ? healthy
          : all;
  return {
    Instances: chosen.slice(0, input.MaxResults ?? 100).map((row) => ({
      InstanceId: row.id,
      NamespaceName: namespace.name,
      ServiceName: service.name,
      HealthStatus: row.healthy ? "HEALTHY" : "UNHEALTHY",
      Attributes: { ...row.attributes },
    })),
    InstancesRevision: shownOf(call, service.id).length,
  };
}
