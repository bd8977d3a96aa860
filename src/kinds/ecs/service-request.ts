import type { Service, UpdateServiceCommandInput } from "@aws-sdk/client-ecs";
import type { Live } from "../kind.ts";
import { fromStrategyItems, toStrategyItems } from "./capacity.ts";
import { primaryOf } from "./rollout.ts";
import type { ServiceProps } from "./service.ts";

/** What UpdateService changes, by the prop that it comes from; CreateService takes the same. */
export function changeable(
  props: ServiceProps,
): Partial<Record<keyof ServiceProps, Partial<UpdateServiceCommandInput>>> {
  const { registry } = props;
  const deployment = {
    deploymentConfiguration: {
      deploymentCircuitBreaker: { enable: props.circuitBreaker, rollback: props.circuitBreaker },
      minimumHealthyPercent: props.minimumHealthyPercent,
      maximumPercent: props.maximumPercent,
    },
  };
  const network = {
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: [...props.subnetIds],
        securityGroups: [...props.securityGroupIds],
        assignPublicIp: props.assignPublicIp ? ("ENABLED" as const) : ("DISABLED" as const),
      },
    },
  };
  return {
    taskDefinition: { taskDefinition: props.taskDefinition },
    ...(props.desiredCount !== undefined && { desiredCount: { desiredCount: props.desiredCount } }),
    subnetIds: network,
    securityGroupIds: network,
    assignPublicIp: network,
    capacityProviderStrategy: { capacityProviderStrategy: toStrategyItems(props.capacityProviderStrategy) },
    loadBalancers: { loadBalancers: props.loadBalancers.map((one) => ({ ...one })) },
    ...(registry && { registry: { serviceRegistries: [{ registryArn: registry.serviceArn }] } }),
    ...(props.healthCheckGraceSeconds !== undefined && {
      healthCheckGraceSeconds: { healthCheckGracePeriodSeconds: props.healthCheckGraceSeconds },
    }),
    circuitBreaker: deployment,
    minimumHealthyPercent: deployment,
    maximumPercent: deployment,
    enableExecuteCommand: { enableExecuteCommand: props.enableExecuteCommand },
  };
}

/** Where tasks run and who leads to them, of a described service or of one of its revisions, in the shape of our props. */
export function placementOf(found: Pick<Service, Placement>): Live<ServiceProps> {
  const network = found.networkConfiguration?.awsvpcConfiguration;
  return {
    subnetIds: [...(network?.subnets ?? [])].sort(),
    securityGroupIds: [...(network?.securityGroups ?? [])].sort(),
    assignPublicIp: network?.assignPublicIp === "ENABLED",
    capacityProviderStrategy: fromStrategyItems(found.capacityProviderStrategy),
    loadBalancers: (found.loadBalancers ?? []).map(
      ({ targetGroupArn = "", containerName = "", containerPort = 0 }) => ({
        targetGroupArn,
        containerName,
        containerPort,
      }),
    ),
  };
}

type Placement = "networkConfiguration" | "capacityProviderStrategy" | "loadBalancers";

/** A described service in the shape of our props. */
export function liveOf(found: Service): Live<ServiceProps> {
  const { deploymentCircuitBreaker: breaker, ...percent } = found.deploymentConfiguration ?? {};
  const registry = found.serviceRegistries?.[0]?.registryArn;
  return {
    cluster: found.clusterArn ?? "",
    taskDefinition: primaryOf(found)?.taskDefinition ?? found.taskDefinition ?? "",
    desiredCount: found.desiredCount ?? 0,
    ...placementOf(found),
    registry: registry ? { serviceArn: registry } : undefined,
    healthCheckGraceSeconds: found.healthCheckGracePeriodSeconds ?? 0,
    circuitBreaker: (breaker?.enable && breaker.rollback) ?? false,
    minimumHealthyPercent: percent.minimumHealthyPercent ?? 100,
    maximumPercent: percent.maximumPercent ?? 200,
    enableExecuteCommand: found.enableExecuteCommand ?? false,
  };
}
