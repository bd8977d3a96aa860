import type {
  DnsConfig,
  HealthCheckConfig,
  HealthCheckCustomConfig,
  OperationStatus,
  OperationType,
} from "@aws-sdk/client-servicediscovery";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { ALPHANUMERIC, text } from "../common/random.ts";
import type { TagMap } from "../common/tags.ts";

export type Where = Pick<Call, "world" | "account" | "region">;

/** Ids in the tables are Cloud Map's own ids. */
export interface NamespaceRow {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly type: "DNS_PRIVATE" | "HTTP";
  readonly vpcId: string | undefined;
  readonly hostedZoneId: string | undefined;
  readonly created: number;
  readonly creatorRequestId: string | undefined;
  description: string | undefined;
  soaTtl: number;
  tags: TagMap;
}

export interface ServiceRow {
  readonly id: string;
  readonly arn: string;
  readonly name: string;
  readonly namespaceId: string;
  readonly created: number;
  readonly creatorRequestId: string | undefined;
  readonly customHealth: HealthCheckCustomConfig | undefined;
  description: string | undefined;
  dns: DnsConfig | undefined;
  health: HealthCheckConfig | undefined;
  tags: TagMap;
}

/** Its id in the table is "service id/instance id". */
export interface InstanceRow {
  readonly id: string;
  readonly serviceId: string;
  readonly creatorRequestId: string | undefined;
  attributes: Readonly<Record<string, string>>;
  healthy: boolean;
}

export interface OperationRow {
  readonly id: string;
  readonly type: OperationType;
  readonly targets: Readonly<Record<string, string>>;
  readonly created: number;
  /** What asked for it: a repeat with the same CreatorRequestId is answered with this operation. */
  readonly creatorRequestId: string | undefined;
  /** What may not be asked for twice at a time: "create name|vpc", "delete ns-…". */
  readonly subject: string;
  updated: number;
  status: OperationStatus;
  errorCode: string | undefined;
  errorMessage: string | undefined;
}

export const namespaces = (call: Where): Table<NamespaceRow> => call.world.table(call, "servicediscovery.namespaces");
export const services = (call: Where): Table<ServiceRow> => call.world.table(call, "servicediscovery.services");
export const instances = (call: Where): Table<InstanceRow> => call.world.table(call, "servicediscovery.instances");
/** What has been asked for, and so no resource. */
export const operationTable = (call: Where): Table<OperationRow> =>
  call.world.table(call, "record.servicediscovery.operations");

export const invalidInput = (message: string) => new AwsError("InvalidInput", message);
export const namespaceNotFound = (id: string) =>
  new AwsError("NamespaceNotFound", `Failed to find namespace with id: ${id}.`);
export const serviceNotFound = (id: string) =>
  new AwsError("ServiceNotFound", `Failed to find service with id: ${id}.`);

/** Ids and ARNs are both taken (API_GetNamespace, Id). */
const idOf = (given: string | undefined): string => (given ?? "").split("/").at(-1) ?? "";

export function existingNamespace(call: Where, given: string | undefined): NamespaceRow {
  const row = namespaces(call).get(idOf(given));
  if (!row) throw namespaceNotFound(idOf(given));
  return row;
}

export function existingService(call: Where, given: string | undefined): ServiceRow {
  const row = services(call).get(idOf(given));
  if (!row) throw serviceNotFound(idOf(given));
  return row;
}

export const servicesOf = (call: Where, namespaceId: string): readonly ServiceRow[] =>
  services(call)
    .all()
    .filter((service) => service.namespaceId === namespaceId);

export const instancesOf = (call: Where, serviceId: string): readonly InstanceRow[] =>
  instances(call)
    .all()
    .filter((instance) => instance.serviceId === serviceId);

export const newId = (call: Where, prefix: "ns" | "srv"): string => `${prefix}-${text(call.world, 17, ALPHANUMERIC)}`;
