import { DescribeServicesCommand, type Service } from "@aws-sdk/client-ecs";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import { unlessNotFound } from "../not-found.ts";

/** Services a call, all of one cluster (ECS API reference, DescribeServices). */
const A_CALL = 10;

/** A service by ARN, also while it drains; undefined when it is gone, which ECS calls INACTIVE for a while. */
export const describeService = batched<Service>({
  max: Number.POSITIVE_INFINITY,
  read: async (aws, arns) => {
    const calls = [...Map.groupBy(arns, clusterIn)].flatMap(([cluster, services]) =>
      chunks(services).map((some) => describe(aws, cluster, some)),
    );
    return new Map((await Promise.all(calls)).flat().map((service) => [service.serviceArn ?? "", service]));
  },
});

/** By name or ARN. None when the cluster is gone: its services went before it. */
export async function describe(aws: Aws, cluster: string, services: readonly string[]): Promise<Service[]> {
  const answer = await unlessNotFound(
    aws.ecs.send(new DescribeServicesCommand({ cluster, services: [...services], include: ["TAGS"] })),
  );
  return (answer?.services ?? []).filter((service) => service.status !== "INACTIVE");
}

/** "arn:…:service/CLUSTER/NAME" (ECS developer guide, "Amazon Resource Names (ARNs) and IDs"). */
export function clusterIn(serviceArn: string): string {
  return serviceArn.split("/").at(-2) ?? "";
}

export function nameIn(serviceArn: string): string {
  return serviceArn.split("/").at(-1) ?? "";
}

function chunks(all: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(all.length / A_CALL) }, (_, i) => all.slice(i * A_CALL, (i + 1) * A_CALL));
}
