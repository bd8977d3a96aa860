import {
  type Cluster,
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  ListServicesCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  TagResourceCommand,
  UpdateClusterSettingsCommand,
} from "@aws-sdk/client-ecs";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import type { Kind } from "../kind.ts";
import { asSet } from "../same.ts";
import { type CapacityStrategy, fromStrategyItems, toStrategyItems } from "./capacity.ts";
import { fromEcsTags, toEcsTags } from "./tags.ts";

export interface ClusterProps {
  readonly containerInsights: boolean;
  /** "FARGATE", "FARGATE_SPOT" */
  readonly capacityProviders: readonly string[];
  readonly defaultStrategy: readonly CapacityStrategy[];
}

export interface ClusterOutputs {
  readonly clusterName: string;
  readonly clusterArn: string;
}

/** 100 names a call (ECS API reference, DescribeClusters). One that was deleted is INACTIVE for a while. */
const describe = batched<Cluster>({
  max: 100,
  read: async (aws, names) => {
    const { clusters = [] } = await aws.ecs.send(
      new DescribeClustersCommand({ clusters: [...names], include: ["SETTINGS", "TAGS"] }),
    );
    const there = clusters.filter((one) => one.status !== "INACTIVE");
    return new Map(there.map((one) => [one.clusterName ?? "", one]));
  },
});

/** Its id is its name. */
export const cluster: Kind<ClusterProps, ClusterOutputs> = {
  type: "AWS::ECS::Cluster",
  identity: "naturalKey",
  createOnly: [],
  same: { capacityProviders: asSet("capacityProviders"), defaultStrategy: asSet("defaultStrategy") },
  timing: { pollSeconds: 3, usually: "a few seconds" },

  async find(aws, { name }) {
    const found = await describe(aws, name);
    return found ? [{ id: name, tags: fromEcsTags(found.tags) }] : [];
  },

  async observe(aws, id) {
    const found = await describe(aws, id);
    if (!found) return undefined;
    const tags = fromEcsTags(found.tags);
    const insights = found.settings?.find((setting) => setting.name === "containerInsights")?.value;
    const live = {
      containerInsights: insights === "enabled" || insights === "enhanced",
      capacityProviders: [...(found.capacityProviders ?? [])].sort(),
      defaultStrategy: fromStrategyItems(found.defaultCapacityProviderStrategy),
    };
    switch (found.status) {
      case "DEPROVISIONING":
        return { phase: "deleting", live, tags, message: "ECS deletes the cluster" };
      case "PROVISIONING":
        return { phase: "progressing", live, tags, message: "ECS prepares the cluster's capacity providers" };
      case "FAILED": {
        const message = "ECS could not set the cluster up; its events in the ECS console say why";
        return { phase: "failed", live, tags, message, recreate: true };
      }
      default:
        return { phase: "ready", live, tags, outputs: { clusterName: id, clusterArn: found.clusterArn ?? "" } };
    }
  },

  async create(aws, { name, tags, props }) {
    await aws.ecs.send(
      new CreateClusterCommand({
        clusterName: name,
        settings: insightsOf(props),
        capacityProviders: [...props.capacityProviders],
        defaultCapacityProviderStrategy: toStrategyItems(props.defaultStrategy),
        tags: toEcsTags(tags),
      }),
    );
    return name;
  },

  async update(aws, id, { props, changed }) {
    if (changed.includes("containerInsights")) {
      await aws.ecs.send(new UpdateClusterSettingsCommand({ cluster: id, settings: insightsOf(props) }));
    }
    if (changed.includes("capacityProviders") || changed.includes("defaultStrategy")) {
      await aws.ecs.send(
        new PutClusterCapacityProvidersCommand({
          cluster: id,
          capacityProviders: [...props.capacityProviders],
          defaultCapacityProviderStrategy: toStrategyItems(props.defaultStrategy),
        }),
      );
    }
  },

  async delete(aws, id) {
    await aws.ecs.send(new DeleteClusterCommand({ cluster: id }));
  },

  async tag(aws, id, tags) {
    await aws.ecs.send(new TagResourceCommand({ resourceArn: clusterArn(aws, id), tags: toEcsTags(tags) }));
  },

  async blockers(aws, id) {
    const [{ serviceArns = [] }, { taskArns = [] }] = await Promise.all([
      aws.ecs.send(new ListServicesCommand({ cluster: id, maxResults: 100 })),
      aws.ecs.send(new ListTasksCommand({ cluster: id })),
    ]);
    return [
      ...serviceArns.map((arn) => `AWS::ECS::Service ${arn} (delete it, or remove it from the cluster)`),
      ...taskArns.map((arn) => `ECS task ${arn} (stop it)`),
    ];
  },
};

function insightsOf(props: ClusterProps): { name: "containerInsights"; value: string }[] {
  return [{ name: "containerInsights", value: props.containerInsights ? "enabled" : "disabled" }];
}

function clusterArn(aws: Aws, name: string): string {
  return `arn:${aws.partition}:ecs:${aws.region}:${aws.account}:cluster/${name}`;
}
