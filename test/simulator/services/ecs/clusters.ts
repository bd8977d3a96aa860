import type {
  CapacityProviderStrategyItem,
  Cluster,
  CreateClusterRequest,
  DeleteClusterRequest,
  DescribeClustersRequest,
  ListClustersRequest,
  PutClusterCapacityProvidersRequest,
  UpdateClusterRequest,
  UpdateClusterSettingsRequest,
} from "@aws-sdk/client-ecs";
import { AwsError, type Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { fromLowerTags, toLowerTags } from "../common/tags.ts";
import type { ClusterRow } from "./rows.ts";
import * as rows from "./rows.ts";

/** Providers that every account has; others would be Auto Scaling groups. */
const PROVIDERS = ["FARGATE", "FARGATE_SPOT"];

function checkProviders(providers: readonly string[], strategy: readonly CapacityProviderStrategyItem[]): void {
  const unknown = providers.find((name) => !PROVIDERS.includes(name));
  if (unknown !== undefined) throw rows.invalid(`The specified capacity provider '${unknown}' was not found.`);
  checkStrategy(strategy, providers);
}

/** API_CapacityProviderStrategyItem: providers of the cluster, one base at most, one weight above zero at least. */
export function checkStrategy(strategy: readonly CapacityProviderStrategyItem[], providers: readonly string[]): void {
  if (strategy.some(({ capacityProvider = "" }) => !providers.includes(capacityProvider))) {
    throw rows.invalid(
      "The capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. " +
        "Associate the capacity provider with the cluster and try again.",
    );
  }
  if (strategy.filter(({ base = 0 }) => base > 0).length > 1) {
    throw rows.invalid("Only one capacity provider in a capacity provider strategy can have a base defined.");
  }
  if (strategy.length > 0 && strategy.every(({ weight = 0 }) => weight === 0)) {
    throw rows.invalid("At least one capacity provider in the strategy must have a weight value greater than zero.");
  }
}

const filled = (strategy: readonly CapacityProviderStrategyItem[] = []): CapacityProviderStrategyItem[] =>
  strategy.map(({ capacityProvider, weight = 0, base = 0 }) => ({ capacityProvider, weight, base }));

/** API_CreateCluster: a name that is active already is answered with the cluster there is. */
export function createCluster(call: Call, input: CreateClusterRequest): object {
  const name = input.clusterName ?? "default";
  const held = rows.clusters(call).get(name);
  if (held) return { cluster: describe(call, held, ALL) };
  checkProviders(input.capacityProviders ?? [], input.defaultCapacityProviderStrategy ?? []);
  if (rows.clusters(call).all().length >= call.world.quota("ecs.clusters")) {
    throw rows.client("The maximum number of clusters per account was exceeded.");
  }
  rows.inactiveClusters(call).remove(name);
  const row = rows.clusters(call).put(name, {
    name,
    arn: arn(call, "ecs", `cluster/${name}`),
    status: "ACTIVE",
    settings: input.settings ?? [{ name: "containerInsights", value: "disabled" }],
    configuration: input.configuration,
    capacityProviders: [...(input.capacityProviders ?? [])],
    defaultStrategy: filled(input.defaultCapacityProviderStrategy),
    updating: false,
    tags: fromLowerTags(input.tags),
  });
  return { cluster: describe(call, row, ALL) };
}

/** API_DeleteCluster: not while a service, a task or a change of its capacity providers is under way. */
export function deleteCluster(call: Call, input: DeleteClusterRequest): object {
  const row = rows.activeCluster(call, input.cluster);
  if (row.updating) throw updateInProgress();
  if (servicesIn(call, row).length > 0) {
    throw new AwsError("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.");
  }
  if (tasksIn(call, row).length > 0) {
    throw new AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.");
  }
  const gone: ClusterRow = { ...row, status: "INACTIVE" };
  rows.clusters(call).remove(row.name);
  rows.inactiveClusters(call).put(row.name, gone);
  call.world.clock.after(call.world.duration("ecs.inactive.forget"), () =>
    rows.inactiveClusters(call).remove(row.name),
  );
  return { cluster: describe(call, gone, ALL) };
}

const servicesIn = (call: rows.Where, cluster: ClusterRow) =>
  rows
    .services(call)
    .all()
    .filter((service) => service.clusterArn === cluster.arn);
const tasksIn = (call: rows.Where, cluster: ClusterRow) =>
  rows
    .tasks(call)
    .all()
    .filter((task) => task.clusterArn === cluster.arn);

const updateInProgress = () =>
  new AwsError(
    "UpdateInProgressException",
    "The specified cluster is in a busy state. Cluster attachments must be in UPDATE_COMPLETE or UPDATE_FAILED state " +
      "before they can be updated. Wait and try again.",
  );

/** API_PutClusterCapacityProviders: over a moment, in which another change is refused; not one that a service uses. */
export function putClusterCapacityProviders(call: Call, input: PutClusterCapacityProvidersRequest): object {
  const row = rows.activeCluster(call, input.cluster);
  const providers = input.capacityProviders ?? [];
  const strategy = input.defaultCapacityProviderStrategy ?? [];
  checkProviders(providers, strategy);
  if (row.updating) throw updateInProgress();
  const used = servicesIn(call, row).flatMap((service) =>
    (rows.primaryOf(service)?.spec.capacityProviderStrategy ?? []).map(({ capacityProvider }) => capacityProvider),
  );
  if (used.some((name) => !providers.includes(name ?? ""))) {
    throw new AwsError("ResourceInUseException", "The specified capacity provider is in use and cannot be removed.");
  }
  rows.clusters(call).change(row.name, (cluster) => {
    cluster.capacityProviders = [...providers];
    cluster.defaultStrategy = filled(strategy);
    cluster.updating = true;
  });
  call.world.clock.after(call.world.duration("ecs.cluster.update"), () => {
    if (!rows.clusters(call).get(row.name)) return;
    rows.clusters(call).change(row.name, (cluster) => {
      cluster.updating = false;
    });
  });
  return { cluster: describe(call, rows.activeCluster(call, row.name), ALL) };
}

function withSettings(
  call: Call,
  name: string | undefined,
  settings: UpdateClusterSettingsRequest["settings"],
): ClusterRow {
  const row = rows.activeCluster(call, name);
  return rows.clusters(call).change(row.name, (cluster) => {
    const changed = (settings ?? []).map((setting) => setting.name);
    cluster.settings = [...cluster.settings.filter((one) => !changed.includes(one.name)), ...(settings ?? [])];
  });
}

/** API_UpdateClusterSettings. */
export function updateClusterSettings(call: Call, input: UpdateClusterSettingsRequest): object {
  return { cluster: describe(call, withSettings(call, input.cluster, input.settings), ALL) };
}

/** API_UpdateCluster. */
export function updateCluster(call: Call, input: UpdateClusterRequest): object {
  const row = withSettings(call, input.cluster, input.settings);
  if (input.configuration !== undefined) {
    rows.clusters(call).change(row.name, (cluster) => {
      cluster.configuration = input.configuration;
    });
  }
  return { cluster: describe(call, row, ALL) };
}

const ALL = ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"];

/** API_Cluster: settings, tags and the like only where `include` asks for them (API_DescribeClusters). */
function describe(call: rows.Where, row: ClusterRow, include: readonly string[]): Cluster {
  const running = tasksIn(call, row);
  return {
    clusterArn: row.arn,
    clusterName: row.name,
    status: row.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: running.filter((task) => task.lastStatus === "RUNNING").length,
    pendingTasksCount: running.filter((task) => ["PROVISIONING", "PENDING", "ACTIVATING"].includes(task.lastStatus))
      .length,
    activeServicesCount: servicesIn(call, row).filter(({ status }) => status === "ACTIVE").length,
    statistics: [],
    tags: include.includes("TAGS") ? toLowerTags(row.tags) : [],
    settings: include.includes("SETTINGS") ? [...row.settings] : [],
    capacityProviders: [...row.capacityProviders],
    defaultCapacityProviderStrategy: [...row.defaultStrategy],
    ...(include.includes("CONFIGURATIONS") && row.configuration && { configuration: row.configuration }),
    ...(include.includes("ATTACHMENTS") && {
      attachments: [],
      ...(row.capacityProviders.length > 0 && {
        attachmentsStatus: row.updating ? "UPDATE_IN_PROGRESS" : "UPDATE_COMPLETE",
      }),
    }),
  };
}

/** API_DescribeClusters: 100 at most; one that is not there is a failure, one that was is INACTIVE. */
export function describeClusters(call: Call, input: DescribeClustersRequest): object {
  const wanted = input.clusters ?? ["default"];
  if (wanted.length > 100) throw rows.invalid("Clusters can have at most 100 items.");
  const found = wanted.map((one) => {
    const name = rows.nameIn(one);
    return rows.clusters(call).shown(name) ?? rows.inactiveClusters(call).shown(name);
  });
  return {
    clusters: found.flatMap((row) => (row ? [describe(call, row, input.include ?? [])] : [])),
    failures: wanted
      .filter((_, index) => !found[index])
      .map((one) => ({ arn: arn(call, "ecs", `cluster/${rows.nameIn(one)}`), reason: "MISSING" })),
  };
}

/** API_ListClusters: 100 a page. */
export function listClusters(call: Call, input: ListClustersRequest): object {
  const all = rows.clusters(call).shownAll();
  const { items, next } = page(all, (row) => row.arn, input.nextToken, input.maxResults ?? 100);
  return { clusterArns: items.map((row) => row.arn), nextToken: next };
}
