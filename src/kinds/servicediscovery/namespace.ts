import {
  CreatePrivateDnsNamespaceCommand,
  DeleteNamespaceCommand,
  GetNamespaceCommand,
  ListNamespacesCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  NamespaceAlreadyExists,
  type NamespaceSummary,
  TagResourceCommand,
} from "@aws-sdk/client-servicediscovery";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import { StillWorking } from "../../aws/errors.ts";
import type { Kind, Observed } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { fromTagList, toTagList } from "../tags.ts";
import { follow, inProgress, operationId, operationIn, readOperation } from "./operation.ts";

export interface NamespaceProps {
  readonly vpcId: string;
  readonly domain: string;
}

export interface NamespaceOutputs {
  readonly namespaceId: string;
  readonly arn: string;
  readonly hostedZoneId: string;
  readonly domain: string;
}

type ObservedNamespace = Observed<NamespaceProps, NamespaceOutputs>;

const describe = batched<NamespaceSummary>({
  max: 100,
  read: async (aws, ids) => {
    if (ids.length > 1) {
      const listed = await list(aws, { TYPE: "DNS_PRIVATE" });
      return new Map(listed.map((namespace) => [namespace.Id ?? "", namespace]));
    }
    const one = await unlessNotFound(aws.cloudMap.send(new GetNamespaceCommand({ Id: ids[0] })));
    return new Map(one?.Namespace ? [[one.Namespace.Id ?? "", one.Namespace]] : []);
  },
});

/**
 * A private DNS namespace. Its id is "operation|<id>" until Cloud Map has made it, then "ns-…". Cloud Map does not tell
 * which VPC a namespace belongs to, so we write it into the description; without one the VPC is not compared.
 */
export const namespace: Kind<NamespaceProps, NamespaceOutputs> = {
  type: "AWS::ServiceDiscovery::PrivateDnsNamespace",
  identity: "token",
  createOnly: ["vpcId", "domain"],
  timing: { pollSeconds: 5, usually: "about a minute" },

  async find(aws, { props }) {
    const listed = await list(aws, { TYPE: "DNS_PRIVATE", NAME: props.domain });
    const ours = listed.filter((one) => one.Name === props.domain && (vpcOf(one) ?? props.vpcId) === props.vpcId);
    return Promise.all(
      ours.map(async ({ Id: id = "", Arn }) => {
        const { Tags } = await aws.cloudMap.send(new ListTagsForResourceCommand({ ResourceARN: Arn }));
        return { id, tags: fromTagList(Tags) };
      }),
    );
  },

  async observe(aws, id) {
    const operation = operationIn(id);
    if (operation) return observeCreation(aws, operation);
    const found = ready(await describe(aws, id));
    if (!found || !(await inProgress(aws, id))) return found;
    return { phase: "deleting", live: found.live, message: "Cloud Map deletes the private hosted zone" };
  },

  async create(aws, { props, token, tags }) {
    try {
      const { OperationId } = await aws.cloudMap.send(
        new CreatePrivateDnsNamespaceCommand({
          Name: props.domain,
          Vpc: props.vpcId,
          CreatorRequestId: token,
          Description: `Service discovery in ${props.vpcId}`,
          Tags: toTagList(tags),
        }),
      );
      return operationId(OperationId);
    } catch (error) {
      // A repeated request: Cloud Map names what the first one made.
      if (error instanceof NamespaceAlreadyExists && error.NamespaceId && error.CreatorRequestId === token) {
        return error.NamespaceId;
      }
      throw error;
    }
  },

  async delete(aws, id) {
    const Id = await namespaceIdOf(aws, id);
    if (!Id) return;
    const { OperationId } = await aws.cloudMap.send(new DeleteNamespaceCommand({ Id }));
    follow(aws, id, OperationId);
  },

  async tag(aws, id, tags) {
    const Id = await namespaceIdOf(aws, id);
    const ResourceARN = `arn:${aws.partition}:servicediscovery:${aws.region}:${aws.account}:namespace/${Id}`;
    if (Id) await aws.cloudMap.send(new TagResourceCommand({ ResourceARN, Tags: toTagList(tags) }));
  },

  async blockers(aws, id) {
    const Filters = [{ Name: "NAMESPACE_ID" as const, Values: [id], Condition: "EQ" as const }];
    const { Services = [] } = await aws.cloudMap.send(new ListServicesCommand({ Filters, MaxResults: 100 }));
    return Services.map((service) => `AWS::ServiceDiscovery::Service ${service.Id} (${service.Name})`);
  },
};

async function list(aws: Aws, filters: { TYPE: "DNS_PRIVATE"; NAME?: string }): Promise<NamespaceSummary[]> {
  const Filters = Object.entries(filters).map(([Name, value]) => ({
    Name: Name as "TYPE" | "NAME",
    Values: [value],
    Condition: "EQ" as const,
  }));
  const all: NamespaceSummary[] = [];
  let NextToken: string | undefined;
  do {
    const page = await aws.cloudMap.send(new ListNamespacesCommand({ Filters, MaxResults: 100, NextToken }));
    all.push(...(page.Namespaces ?? []));
    NextToken = page.NextToken;
  } while (NextToken);
  return all;
}

async function observeCreation(aws: Aws, operation: string): Promise<ObservedNamespace | undefined> {
  const found = await readOperation(aws, operation);
  if (!found) return undefined;
  const live = {};
  if (found.Status === "FAIL") {
    const message = `Cloud Map could not create the namespace: ${found.ErrorMessage ?? found.ErrorCode ?? "no reason given"}`;
    return { phase: "failed", live, message, recreate: true };
  }
  const id = found.Targets?.NAMESPACE;
  // The id is told only once it can be read by it: before, "not found" would mean "gone".
  const made = found.Status === "SUCCESS" && id ? ready(await describe(aws, id)) : undefined;
  return made ? { ...made, id } : { phase: "progressing", live, message: "Cloud Map creates the private hosted zone" };
}

function ready(found: NamespaceSummary | undefined): ObservedNamespace | undefined {
  if (!found) return undefined;
  const vpcId = vpcOf(found);
  const domain = found.Name ?? "";
  return {
    phase: "ready",
    live: { domain, ...(vpcId && { vpcId }) },
    outputs: {
      namespaceId: found.Id ?? "",
      arn: found.Arn ?? "",
      hostedZoneId: found.Properties?.DnsProperties?.HostedZoneId ?? "",
      domain,
    },
  };
}

function vpcOf(found: NamespaceSummary): string | undefined {
  return /\bvpc-[0-9a-f]+\b/.exec(found.Description ?? "")?.[0];
}

/** Undefined when the creation failed or is forgotten: then there is no namespace. */
async function namespaceIdOf(aws: Aws, id: string): Promise<string | undefined> {
  const operation = operationIn(id);
  if (!operation) return id;
  const found = await readOperation(aws, operation);
  if (!found || found.Status === "FAIL") return undefined;
  if (found.Status === "SUCCESS") return found.Targets?.NAMESPACE;
  throw new StillWorking("Cloud Map still creates the namespace: it can be deleted once that is done");
}
