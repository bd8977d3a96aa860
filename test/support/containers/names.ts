import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
  type Service,
  type Task,
} from "@aws-sdk/client-ecs";
import {
  ListServicesCommand as ListNamesCommand,
  ListNamespacesCommand,
  ServiceDiscoveryClient,
} from "@aws-sdk/client-servicediscovery";
import type { AccountConfig } from "../account.ts";

/**
 * Names of Cloud Map's private namespaces with the addresses of the running tasks behind them, as Route 53 answers once ECS
 * has registered its tasks (docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html). The emulator keeps
 * Cloud Map's services and ECS's tasks, and registers none of them.
 *
 * @returns lower-case names; a service without running tasks has no addresses
 */
export async function taskAddresses(account: AccountConfig): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = await registryNames(account);
  const ecs = new ECSClient(account);
  const addresses = new Map<string, string[]>([...names.values()].map((name) => [name, []]));
  try {
    for (const cluster of (await ecs.send(new ListClustersCommand({}))).clusterArns ?? [])
      for (const service of await servicesIn(ecs, cluster)) {
        const { taskArns: tasks = [] } = await ecs.send(
          new ListTasksCommand({ cluster, serviceName: service.serviceName }),
        );
        if (tasks.length === 0) continue;
        const described = await ecs.send(new DescribeTasksCommand({ cluster, tasks }));
        const found = (described.tasks ?? []).flatMap(addressOf);
        for (const { registryArn = "" } of service.serviceRegistries ?? [])
          addresses.get(names.get(registryArn) ?? "")?.push(...found);
      }
  } finally {
    ecs.destroy();
  }
  return addresses;
}

/** ARN of a Cloud Map service → its name with its namespace. */
async function registryNames(account: AccountConfig): Promise<ReadonlyMap<string, string>> {
  const cloudMap = new ServiceDiscoveryClient(account);
  const names = new Map<string, string>();
  try {
    for (const { Id = "", Name } of (await cloudMap.send(new ListNamespacesCommand({}))).Namespaces ?? []) {
      const Filters = [{ Name: "NAMESPACE_ID" as const, Values: [Id] }];
      for (const service of (await cloudMap.send(new ListNamesCommand({ Filters }))).Services ?? [])
        names.set(service.Arn ?? "", `${service.Name}.${Name}`.toLowerCase());
    }
  } finally {
    cloudMap.destroy();
  }
  return names;
}

async function servicesIn(ecs: ECSClient, cluster: string): Promise<readonly Service[]> {
  const { serviceArns = [] } = await ecs.send(new ListServicesCommand({ cluster }));
  if (serviceArns.length === 0) return [];
  return (await ecs.send(new DescribeServicesCommand({ cluster, services: serviceArns }))).services ?? [];
}

function addressOf({ lastStatus, attachments = [] }: Task): readonly string[] {
  if (lastStatus !== "RUNNING") return [];
  const details = attachments.flatMap((attachment) => attachment.details ?? []);
  return details.flatMap(({ name, value }) => (name === "privateIPv4Address" && value ? [value] : []));
}
