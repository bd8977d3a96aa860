import type {
  CreateServiceRequest,
  DeleteServiceRequest,
  GetServiceRequest,
  ListServicesRequest,
  UpdateServiceRequest,
} from "@aws-sdk/client-servicediscovery";
import { AwsError, type Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { fromTags } from "../common/tags.ts";
import { submit } from "./operations.ts";
import type { ServiceRow } from "./rows.ts";
import * as rows from "./rows.ts";

/**
 * API_CreateService: names are unique in a namespace, without regard to case in a DNS namespace; a repeat with the same
 * CreatorRequestId is answered with the service there is.
 */
export function createService(call: Call, input: CreateServiceRequest): object {
  const namespace = rows.existingNamespace(call, input.NamespaceId ?? input.DnsConfig?.NamespaceId);
  const held = rows
    .servicesOf(call, namespace.id)
    .find((service) => service.name.toLowerCase() === input.Name?.toLowerCase());
  if (held) {
    if (input.CreatorRequestId !== undefined && held.creatorRequestId === input.CreatorRequestId) {
      return { Service: describe(call, held) };
    }
    throw new AwsError("ServiceAlreadyExists", "Service already exists.", 400, {
      CreatorRequestId: held.creatorRequestId,
      ServiceId: held.id,
      ServiceArn: held.arn,
    });
  }
  if (input.HealthCheckConfig && input.HealthCheckCustomConfig) {
    throw rows.invalidInput("Only one of HealthCheckConfig or HealthCheckCustomConfig can be specified.");
  }
  if (input.HealthCheckConfig && namespace.type === "DNS_PRIVATE") {
    throw rows.invalidInput("HealthCheckConfig can be specified for services in public DNS namespaces only.");
  }
  if (namespace.type === "DNS_PRIVATE" && !input.DnsConfig?.DnsRecords && input.Type !== "HTTP") {
    throw rows.invalidInput("DnsConfig is required for a service in a DNS namespace unless its type is HTTP.");
  }
  if (rows.servicesOf(call, namespace.id).length >= call.world.quota("servicediscovery.servicesPerNamespace")) {
    throw new AwsError("ResourceLimitExceeded", "Limit on the number of services was exceeded.");
  }
  const id = rows.newId(call, "srv");
  const row = rows.services(call).put(id, {
    id,
    arn: arn(call, "servicediscovery", `service/${id}`),
    name: input.Name ?? "",
    namespaceId: namespace.id,
    created: call.world.clock.now(),
    creatorRequestId: input.CreatorRequestId,
    description: input.Description,
    dns: input.DnsConfig && {
      ...input.DnsConfig,
      NamespaceId: namespace.id,
      RoutingPolicy: input.DnsConfig.RoutingPolicy ?? "MULTIVALUE",
    },
    health: input.HealthCheckConfig,
    customHealth: input.HealthCheckCustomConfig && { FailureThreshold: 1 },
    tags: fromTags(input.Tags),
  });
  return { Service: describe(call, row) };
}

/** API_UpdateService: TTLs and description; what DnsConfig leaves out is removed. */
export function updateService(call: Call, input: UpdateServiceRequest): object {
  const { id } = rows.existingService(call, input.Id);
  const change = input.Service ?? {};
  const OperationId = submit(call, {
    type: "UPDATE_SERVICE",
    targets: { SERVICE: id },
    subject: `update ${id}`,
    takes: "servicediscovery.service.update",
    effect: () => {
      if (!rows.services(call).get(id)) return;
      rows.services(call).change(id, (row) => {
        row.description = change.Description ?? row.description;
        row.health = change.HealthCheckConfig;
        row.dns = change.DnsConfig && row.dns && { ...row.dns, DnsRecords: change.DnsConfig.DnsRecords };
      });
    },
  });
  return { OperationId };
}

/** API_DeleteService: at once; refused while an instance is registered. */
export function deleteService(call: Call, input: DeleteServiceRequest): object {
  const { id } = rows.existingService(call, input.Id);
  if (rows.instancesOf(call, id).length > 0) {
    throw new AwsError(
      "ResourceInUse",
      "Service contains registered instances; delete the instances before deleting the service.",
    );
  }
  rows.services(call).remove(id);
  return {};
}

/** API_Service. */
const describe = (call: Call, row: ServiceRow) => ({
  Id: row.id,
  Arn: row.arn,
  ResourceOwner: call.account,
  CreatedByAccount: call.account,
  Name: row.name,
  NamespaceId: row.namespaceId,
  InstanceCount: rows.instancesOf(call, row.id).length,
  Type: row.dns ? "DNS_HTTP" : "HTTP",
  CreateDate: new Date(row.created),
  CreatorRequestId: row.creatorRequestId,
  ...(row.description !== undefined && { Description: row.description }),
  ...(row.dns && { DnsConfig: row.dns }),
  ...(row.health && { HealthCheckConfig: row.health }),
  ...(row.customHealth && { HealthCheckCustomConfig: row.customHealth }),
});

/** API_GetService. */
export function getService(call: Call, input: GetServiceRequest): object {
  const id = (input.Id ?? "").split("/").at(-1) ?? "";
  const row = rows.services(call).shown(id);
  if (!row) throw rows.serviceNotFound(id);
  return { Service: describe(call, row) };
}

/** API_ListServices: 100 a page, by namespace. */
export function listServices(call: Call, input: ListServicesRequest): object {
  const matching = rows
    .services(call)
    .shownAll()
    .filter((row) =>
      (input.Filters ?? []).every(({ Name, Values = [] }) =>
        Name === "NAMESPACE_ID"
          ? Values.some((value) => value.split("/").at(-1) === row.namespaceId)
          : Values.includes("SELF") || Values.includes(call.account),
      ),
    );
  const { items, next } = page(
    matching,
    (row) => row.id,
    input.NextToken,
    input.MaxResults ?? 100,
    () => rows.invalidInput("The specified NextToken is invalid."),
  );
  return {
    Services: items.map((row) => {
      const { NamespaceId: _, CreatorRequestId: __, ...summary } = describe(call, row);
      return summary;
    }),
    NextToken: next,
  };
}
