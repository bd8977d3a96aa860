import {
  CreateServiceCommand,
  DeleteServiceCommand,
  ListInstancesCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  type RecordType,
  ServiceAlreadyExists,
  type ServiceSummary,
  TagResourceCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-servicediscovery";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import type { Kind } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { fromTagList, toTagList } from "../tags.ts";
import { follow, inProgress } from "./operation.ts";

export interface DiscoveryServiceProps {
  readonly namespaceId: string;
  /** "A" */
  readonly recordType: RecordType;
  readonly ttlSeconds: number;
  /** Cloud Map takes 1 only, whatever is sent (Cloud Map API reference, HealthCheckCustomConfig). */
  readonly failureThreshold: number;
}

export interface DiscoveryServiceOutputs {
  readonly serviceId: string;
  readonly arn: string;
}

/** Several namespaces cost one call each, all services of the account one for each hundred. */
const ALL_AT_ONCE = 4;

/** By "<namespace id>/<service id>". */
const describe = batched<ServiceSummary>({
  max: Number.POSITIVE_INFINITY,
  read: async (aws, ids) => {
    const namespaces = [...new Set(ids.map((id) => partsOf(id).namespaceId))];
    const found = new Map<string, ServiceSummary>();
    const add = (services: readonly ServiceSummary[]) => {
      const byId = new Map(services.map((service) => [service.Id, service]));
      for (const id of ids) {
        const service = byId.get(partsOf(id).serviceId);
        if (service) found.set(id, service);
      }
    };
    if (namespaces.length >= ALL_AT_ONCE) add(await listServices(aws, undefined, namespaces.length));
    const missing = new Set(ids.filter((id) => !found.has(id)).map((id) => partsOf(id).namespaceId));
    await Promise.all([...missing].map(async (id) => add((await unlessNotFound(listServices(aws, id))) ?? [])));
    return found;
  },
});

/** Its id is "<namespace id>/<service id>", so that one listing of the namespace serves all of its services. */
export const discoveryService: Kind<DiscoveryServiceProps, DiscoveryServiceOutputs> = {
  type: "AWS::ServiceDiscovery::Service",
  identity: "token",
  createOnly: ["namespaceId", "recordType", "failureThreshold"],
  timing: { pollSeconds: 2, usually: "a few seconds" },

  async find(aws, { name, props: { namespaceId } }) {
    const services = (await unlessNotFound(listServices(aws, namespaceId))) ?? [];
    return Promise.all(
      services
        .filter((service) => service.Name === name)
        .map(async ({ Id = "", Arn }) => {
          const { Tags } = await aws.cloudMap.send(new ListTagsForResourceCommand({ ResourceARN: Arn }));
          return { id: idOf(namespaceId, Id), tags: fromTagList(Tags) };
        }),
    );
  },

  async observe(aws, id) {
    const { namespaceId, serviceId } = partsOf(id);
    const found = await describe(aws, id);
    if (!found) return undefined;
    const record = found.DnsConfig?.DnsRecords?.[0];
    const live = {
      namespaceId,
      ...(record?.Type && { recordType: record.Type }),
      ttlSeconds: record?.TTL ?? 0,
      failureThreshold: found.HealthCheckCustomConfig?.FailureThreshold ?? (found.HealthCheckCustomConfig ? 1 : 0),
    };
    const outputs = { serviceId, arn: found.Arn ?? "" };
    if (!(await inProgress(aws, id))) return { phase: "ready", live, outputs };
    // What has been asked for and is not there yet is not compared.
    const { ttlSeconds: _changes, ...settled } = live;
    return { phase: "progressing", live: settled, outputs, message: "Cloud Map changes its records" };
  },

  async create(aws, { name, token, tags, props }) {
    try {
      const { Service } = await aws.cloudMap.send(
        new CreateServiceCommand({
          Name: name,
          NamespaceId: props.namespaceId,
          CreatorRequestId: token,
          DnsConfig: { RoutingPolicy: "MULTIVALUE", DnsRecords: recordsOf(props) },
          HealthCheckCustomConfig: { FailureThreshold: props.failureThreshold },
          Tags: toTagList(tags),
        }),
      );
      return idOf(props.namespaceId, Service?.Id ?? "");
    } catch (error) {
      // A repeated request: Cloud Map names what the first one made.
      if (error instanceof ServiceAlreadyExists && error.ServiceId && error.CreatorRequestId === token) {
        return idOf(props.namespaceId, error.ServiceId);
      }
      throw error;
    }
  },

  async update(aws, id, { props }) {
    const Service = { DnsConfig: { DnsRecords: recordsOf(props) } };
    const { OperationId } = await aws.cloudMap.send(new UpdateServiceCommand({ Id: partsOf(id).serviceId, Service }));
    follow(aws, id, OperationId);
  },

  async delete(aws, id) {
    await aws.cloudMap.send(new DeleteServiceCommand({ Id: partsOf(id).serviceId }));
  },

  async tag(aws, id, tags) {
    const { serviceId } = partsOf(id);
    const ResourceARN = `arn:${aws.partition}:servicediscovery:${aws.region}:${aws.account}:service/${serviceId}`;
    await aws.cloudMap.send(new TagResourceCommand({ ResourceARN, Tags: toTagList(tags) }));
  },

  async blockers(aws, id) {
    const ServiceId = partsOf(id).serviceId;
    const { Instances = [] } = await aws.cloudMap.send(new ListInstancesCommand({ ServiceId, MaxResults: 100 }));
    return Instances.map(
      (instance) => `instance ${instance.Id} (registered in ${ServiceId}; its ECS service removes it)`,
    );
  },
};

function recordsOf(props: DiscoveryServiceProps): { Type: RecordType; TTL: number }[] {
  return [{ Type: props.recordType, TTL: props.ttlSeconds }];
}

function idOf(namespaceId: string, serviceId: string): string {
  return `${namespaceId}/${serviceId}`;
}

function partsOf(id: string): { namespaceId: string; serviceId: string } {
  const [namespaceId = "", serviceId = ""] = id.split("/");
  return { namespaceId, serviceId };
}

/** Of one namespace or of all, to the end or for that many pages of 100. */
async function listServices(
  aws: Aws,
  namespaceId?: string,
  pages: number = Number.POSITIVE_INFINITY,
): Promise<ServiceSummary[]> {
  const Filters = namespaceId
    ? [{ Name: "NAMESPACE_ID" as const, Values: [namespaceId], Condition: "EQ" as const }]
    : undefined;
  const all: ServiceSummary[] = [];
  let NextToken: string | undefined;
  for (let read = 0; read < pages; read++) {
    const page = await aws.cloudMap.send(new ListServicesCommand({ Filters, MaxResults: 100, NextToken }));
    all.push(...(page.Services ?? []));
    NextToken = page.NextToken;
    if (!NextToken) break;
  }
  return all;
}
