import type {
  CreateHttpNamespaceRequest,
  CreatePrivateDnsNamespaceRequest,
  DeleteNamespaceRequest,
  GetNamespaceRequest,
  ListNamespacesRequest,
  NamespaceFilter,
  UpdatePrivateDnsNamespaceRequest,
} from "@aws-sdk/client-servicediscovery";
import { AwsError, type Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { text } from "../common/random.ts";
import { fromTags } from "../common/tags.ts";
import { vpcs } from "../ec2/rows.ts";
import { OperationFailure, submit } from "./operations.ts";
import type { NamespaceRow } from "./rows.ts";
import * as rows from "./rows.ts";

const ZONE_ID = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

function checkQuota(call: Call): void {
  if (rows.namespaces(call).all().length >= call.world.quota("servicediscovery.namespaces")) {
    throw new AwsError("ResourceLimitExceeded", "Limit on the number of namespaces was exceeded.");
  }
}

/**
 * API_CreatePrivateDnsNamespace: an operation that makes a private hosted zone in the VPC. Route 53 refuses a second
 * zone of the same name in one VPC (API_CreateHostedZone, ConflictingDomainExists) and an unknown VPC, and then the
 * operation fails with CANNOT_CREATE_HOSTED_ZONE.
 */
export function createPrivateDnsNamespace(call: Call, input: CreatePrivateDnsNamespaceRequest): object {
  const name = input.Name ?? "";
  const vpcId = input.Vpc ?? "";
  checkQuota(call);
  const id = rows.newId(call, "ns");
  const OperationId = submit(call, {
    type: "CREATE_NAMESPACE",
    targets: { NAMESPACE: id },
    subject: `create ${name}|${vpcId}`,
    creatorRequestId: input.CreatorRequestId,
    takes: "servicediscovery.namespace.create",
    effect: () => {
      if (!vpcs(call).get(vpcId)) {
        throw new OperationFailure(
          "CANNOT_CREATE_HOSTED_ZONE",
          `The VPC ID is invalid: ${vpcId} in region ${call.region}. (Service: AmazonRoute53; Status Code: 400; Error Code: InvalidVPCId)`,
        );
      }
      const held = rows
        .namespaces(call)
        .all()
        .some((other) => other.vpcId === vpcId && other.name === name);
      if (held) {
        throw new OperationFailure(
          "CANNOT_CREATE_HOSTED_ZONE",
          `The VPC ${vpcId} in region ${call.region} has already been associated with a hosted zone with the same domain name ${name}. ` +
            "(Service: AmazonRoute53; Status Code: 400; Error Code: ConflictingDomainExists)",
        );
      }
      put(call, id, input, "DNS_PRIVATE", input.Properties?.DnsProperties?.SOA?.TTL);
    },
  });
  return { OperationId };
}

/** API_CreateHttpNamespace: names are unique in the account's region. */
export function createHttpNamespace(call: Call, input: CreateHttpNamespaceRequest): object {
  checkQuota(call);
  const held = rows
    .namespaces(call)
    .all()
    .find((other) => other.type === "HTTP" && other.name === input.Name);
  if (held && held.creatorRequestId !== input.CreatorRequestId) {
    throw new AwsError("NamespaceAlreadyExists", "Namespace already exists.", 400, {
      NamespaceId: held.id,
      CreatorRequestId: held.creatorRequestId,
    });
  }
  const id = rows.newId(call, "ns");
  const OperationId = submit(call, {
    type: "CREATE_NAMESPACE",
    targets: { NAMESPACE: id },
    subject: `create ${input.Name}`,
    creatorRequestId: input.CreatorRequestId,
    takes: "servicediscovery.namespace.createHttp",
    effect: () => put(call, id, input, "HTTP", undefined),
  });
  return { OperationId };
}

function put(
  call: Call,
  id: string,
  input: CreatePrivateDnsNamespaceRequest | CreateHttpNamespaceRequest,
  type: NamespaceRow["type"],
  soaTtl = 15,
): void {
  rows.namespaces(call).put(id, {
    id,
    arn: arn(call, "servicediscovery", `namespace/${id}`),
    name: input.Name ?? "",
    type,
    vpcId: "Vpc" in input ? input.Vpc : undefined,
    hostedZoneId: type === "DNS_PRIVATE" ? `Z${text(call.world, 20, ZONE_ID)}` : undefined,
    created: call.world.clock.now(),
    creatorRequestId: input.CreatorRequestId,
    description: input.Description,
    soaTtl,
    tags: fromTags(input.Tags),
  });
}

/** API_DeleteNamespace: an operation; refused while a service is in it. */
export function deleteNamespace(call: Call, input: DeleteNamespaceRequest): object {
  const { id } = rows.existingNamespace(call, input.Id);
  if (rows.servicesOf(call, id).length > 0) {
    throw new AwsError(
      "ResourceInUse",
      "Namespace has associated services; delete the services before deleting the namespace.",
    );
  }
  const OperationId = submit(call, {
    type: "DELETE_NAMESPACE",
    targets: { NAMESPACE: id },
    subject: `delete ${id}`,
    takes: "servicediscovery.namespace.delete",
    effect: () => {
      if (rows.namespaces(call).get(id)) rows.namespaces(call).remove(id);
    },
  });
  return { OperationId };
}

/** API_UpdatePrivateDnsNamespace: description and the TTL of the SOA record. */
export function updatePrivateDnsNamespace(call: Call, input: UpdatePrivateDnsNamespaceRequest): object {
  const { id } = rows.existingNamespace(call, input.Id);
  const OperationId = submit(call, {
    type: "UPDATE_NAMESPACE",
    targets: { NAMESPACE: id },
    subject: `update ${id}`,
    creatorRequestId: input.UpdaterRequestId,
    takes: "servicediscovery.namespace.update",
    effect: () =>
      rows.namespaces(call).change(id, (row) => {
        row.description = input.Namespace?.Description ?? row.description;
        row.soaTtl = input.Namespace?.Properties?.DnsProperties?.SOA?.TTL ?? row.soaTtl;
      }),
  });
  return { OperationId };
}

/** API_Namespace. */
const describe = (call: Call, row: NamespaceRow) => ({
  Id: row.id,
  Arn: row.arn,
  ResourceOwner: call.account,
  Name: row.name,
  Type: row.type,
  ServiceCount: rows.servicesOf(call, row.id).length,
  Properties: {
    ...(row.hostedZoneId !== undefined && {
      DnsProperties: { HostedZoneId: row.hostedZoneId, SOA: { TTL: row.soaTtl } },
    }),
    HttpProperties: { HttpName: row.name },
  },
  CreateDate: new Date(row.created),
  ...(row.description !== undefined && { Description: row.description }),
});

/** API_GetNamespace. */
export function getNamespace(call: Call, input: GetNamespaceRequest): object {
  const id = (input.Id ?? "").split("/").at(-1) ?? "";
  const row = rows.namespaces(call).shown(id);
  if (!row) throw rows.namespaceNotFound(id);
  return { Namespace: { ...describe(call, row), CreatorRequestId: row.creatorRequestId } };
}

/** API_ListNamespaces: 100 a page. */
export function listNamespaces(call: Call, input: ListNamespacesRequest): object {
  const matching = rows
    .namespaces(call)
    .shownAll()
    .filter((row) => (input.Filters ?? []).every((filter) => passes(call, row, filter)));
  const { items, next } = page(
    matching,
    (row) => row.id,
    input.NextToken,
    input.MaxResults ?? 100,
    () => rows.invalidInput("The specified NextToken is invalid."),
  );
  return { Namespaces: items.map((row) => describe(call, row)), NextToken: next };
}

/** API_NamespaceFilter. */
function passes(call: Call, row: NamespaceRow, { Name, Values = [], Condition = "EQ" }: NamespaceFilter): boolean {
  const held = { TYPE: row.type, NAME: row.name, HTTP_NAME: row.name, RESOURCE_OWNER: "SELF" }[Name ?? "NAME"];
  if (Name === "RESOURCE_OWNER") return Values.includes("SELF") || Values.includes(call.account);
  return Condition === "BEGINS_WITH" ? Values.some((value) => held.startsWith(value)) : Values.includes(held);
}
