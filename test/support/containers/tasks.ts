import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
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

/** A task that has an address. */
export interface AddressedTask {
  readonly arn: string;
  readonly address: string;
  readonly running: boolean;
  readonly definition: string;
  /** Cloud Map services that its service is registered with. */
  readonly registries: readonly string[];
}

/** Tasks of all services of the account and region. Services and tasks are as few as one answer of AWS holds. */
export async function addressedTasks(account: AccountConfig): Promise<readonly AddressedTask[]> {
  const ecs = new ECSClient(account);
  const found: AddressedTask[] = [];
  try {
    for (const cluster of (await ecs.send(new ListClustersCommand({}))).clusterArns ?? [])
      for (const { serviceName, serviceRegistries = [] } of await servicesIn(ecs, cluster)) {
        const { taskArns: tasks = [] } = await ecs.send(new ListTasksCommand({ cluster, serviceName }));
        if (tasks.length === 0) continue;
        const described = await ecs.send(new DescribeTasksCommand({ cluster, tasks }));
        const registries = serviceRegistries.map(({ registryArn = "" }) => registryArn);
        for (const task of described.tasks ?? []) {
          const { taskArn: arn = "", taskDefinitionArn: definition = "", lastStatus } = task;
          for (const address of addressesOf(task))
            found.push({ arn, address, definition, registries, running: lastStatus === "RUNNING" });
        }
      }
  } finally {
    ecs.destroy();
  }
  return found;
}

/**
 * Names of Cloud Map's private namespaces with the addresses of the running tasks behind them, as Route 53 answers once ECS
 * has registered its tasks (docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html). The emulator keeps
 * Cloud Map's services and ECS's tasks, and registers none of them.
 *
 * @returns lower-case names; a service without running tasks has no addresses
 */
export async function taskNames(account: AccountConfig): Promise<ReadonlyMap<string, readonly string[]>> {
  const [tasks, names] = await Promise.all([addressedTasks(account), registryNames(account)]);
  const running = tasks.filter((task) => task.running);
  const addressesAt = (registry: string) =>
    running.flatMap(({ address, registries }) => (registries.includes(registry) ? [address] : []));
  return new Map([...names].map(([registry, name]) => [name, addressesAt(registry)]));
}

/** ARN of the role of the task at an address; undefined when none is there, or it has no role. */
export async function roleOfTask(account: AccountConfig, address: string): Promise<string | undefined> {
  const task = (await addressedTasks(account)).find((one) => one.address === address);
  if (!task) return undefined;
  const ecs = new ECSClient(account);
  try {
    const command = new DescribeTaskDefinitionCommand({ taskDefinition: task.definition });
    return (await ecs.send(command)).taskDefinition?.taskRoleArn;
  } finally {
    ecs.destroy();
  }
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

function addressesOf({ attachments = [] }: Task): readonly string[] {
  const details = attachments.flatMap((attachment) => attachment.details ?? []);
  return details.flatMap(({ name, value }) => (name === "privateIPv4Address" && value ? [value] : []));
}
