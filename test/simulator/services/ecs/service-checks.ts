import type {
  CreateServiceRequest,
  DeploymentConfiguration,
  LoadBalancer,
  NetworkConfiguration,
  ServiceRegistry,
  UpdateServiceRequest,
} from "@aws-sdk/client-ecs";
import type { Call } from "../../operation.ts";
import { groupOf, subnetOf } from "../ec2/lookup.ts";
import { targetGroupOf } from "../elbv2/targets.ts";
import { services as cloudMapServices } from "../servicediscovery/rows.ts";
import { checkStrategy } from "./clusters.ts";
import { type ClusterRow, client, invalid, type Spec, type TaskDefinitionRow, taskDefinitionOf } from "./rows.ts";

/**
 * What CreateService and UpdateService refuse (their pages of the ECS API Reference; ECS Developer Guide, "Service
 * definition parameters"), and what the service would run.
 *
 * @param held what it runs by now; undefined for a new service
 */
export function checkedSpec(
  call: Call,
  cluster: ClusterRow,
  input: CreateServiceRequest | UpdateServiceRequest,
  held?: Spec,
): Spec {
  const definition = checkedDefinition(call, input.taskDefinition ?? held?.taskDefinition);
  const network = input.networkConfiguration ?? held?.network;
  const loadBalancers = input.loadBalancers ?? held?.loadBalancers ?? [];
  const registries = input.serviceRegistries ?? held?.registries ?? [];
  const placed = checkedPlacement(cluster, input, held);
  const fargate = placed.launchType !== "EC2";
  if (fargate && !definition.definition.requiresCompatibilities?.includes("FARGATE")) {
    throw invalid("Task definition does not support launch_type FARGATE.");
  }
  if (definition.definition.networkMode === "awsvpc") checkNetwork(call, network);
  for (const one of loadBalancers) checkLoadBalancer(call, definition, one);
  for (const one of registries) checkRegistry(call, one);
  return {
    taskDefinition: definition.arn,
    ...placed,
    platformVersion: input.platformVersion ?? held?.platformVersion ?? "LATEST",
    network: network && {
      awsvpcConfiguration: {
        subnets: network.awsvpcConfiguration?.subnets ?? [],
        securityGroups: network.awsvpcConfiguration?.securityGroups ?? [],
        assignPublicIp: network.awsvpcConfiguration?.assignPublicIp ?? "DISABLED",
      },
    },
    loadBalancers,
    registries,
  };
}

function checkedDefinition(call: Call, given: string | undefined): TaskDefinitionRow {
  const row = taskDefinitionOf(call, given);
  if (!row) throw client("TaskDefinition not found.");
  if (row.status !== "ACTIVE") throw client("TaskDefinition is inactive");
  return row;
}

function checkedPlacement(
  cluster: ClusterRow,
  input: CreateServiceRequest | UpdateServiceRequest,
  held: Spec | undefined,
): Pick<Spec, "launchType" | "capacityProviderStrategy"> {
  const launchType = "launchType" in input ? input.launchType : undefined;
  const strategy = input.capacityProviderStrategy ?? [];
  if (launchType !== undefined && strategy.length > 0) {
    throw invalid(
      "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    );
  }
  checkStrategy(strategy, cluster.capacityProviders);
  if (launchType !== undefined) {
    return { launchType: launchType === "FARGATE" ? "FARGATE" : "EC2", capacityProviderStrategy: [] };
  }
  const items = strategy.map(({ capacityProvider, weight = 0, base = 0 }) => ({ capacityProvider, weight, base }));
  if (items.length > 0) return { launchType: undefined, capacityProviderStrategy: items };
  if (held) return { launchType: held.launchType, capacityProviderStrategy: held.capacityProviderStrategy };
  if (cluster.defaultStrategy.length > 0) {
    return { launchType: undefined, capacityProviderStrategy: cluster.defaultStrategy };
  }
  return { launchType: "EC2", capacityProviderStrategy: [] };
}

export function checkNetwork(call: Call, network: NetworkConfiguration | undefined): void {
  const { subnets = [], securityGroups = [] } = network?.awsvpcConfiguration ?? {};
  if (subnets.length === 0) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (subnets.length > 16) throw invalid("subnets can have at most 16 items.");
  if (securityGroups.length > 5) throw invalid("securityGroups can have at most 5 items.");
  const found = subnets.map((id) => subnetOf(call, id));
  const lost = subnets.filter((_, index) => !found[index]);
  if (lost.length > 0) {
    throw invalid(
      `Error retrieving subnet information for [${lost.join(", ")}]: The subnet ID '${lost[0]}' does not exist ` +
        "(ErrorCode: InvalidSubnetID.NotFound)",
    );
  }
  const vpcs = new Set(found.map((subnet) => subnet?.VpcId));
  if (vpcs.size > 1) throw invalid("Subnets must be in the same VPC.");
  for (const id of securityGroups) {
    const group = groupOf(call, id);
    if (!group) {
      throw invalid(
        `Error retrieving security group information for [${id}]: The security group '${id}' does not exist ` +
          "(ErrorCode: InvalidGroup.NotFound)",
      );
    }
    if (!vpcs.has(group.VpcId)) {
      throw invalid(`Security group ${id} does not appear to belong to the same VPC as the input subnets.`);
    }
  }
}

function checkLoadBalancer(call: Call, { definition }: TaskDefinitionRow, wanted: LoadBalancer): void {
  const { targetGroupArn = "", containerName = "", containerPort } = wanted;
  const container = definition.containerDefinitions?.find(({ name }) => name === containerName);
  if (!container) throw invalid(`The container ${containerName} does not exist in the task definition.`);
  if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
    throw invalid(`The container ${containerName} did not have a container port ${containerPort} defined.`);
  }
  const group = targetGroupOf(call, targetGroupArn);
  if (!group) throw invalid(`The target group with targetGroupArn ${targetGroupArn} does not exist.`);
  if (definition.networkMode === "awsvpc" && group.targetType !== "ip") {
    throw invalid(
      `The provided target group ${targetGroupArn} has target type ${group.targetType}, which is incompatible with the ` +
        "awsvpc network mode specified in the task definition.",
    );
  }
  if (group.loadBalancerArns.length === 0) {
    throw invalid(`The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`);
  }
}

function checkRegistry(call: Call, { registryArn = "" }: ServiceRegistry): void {
  if (!cloudMapServices(call).get(registryArn.split("/").at(-1) ?? "")) {
    throw invalid(`The service registry ${registryArn} was not found.`);
  }
}

export interface Percents {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

/** API_DeploymentConfiguration: 100 and 200 unless said; both at 100 would block every deployment. */
export function checkedPercents(given: DeploymentConfiguration | undefined, held?: Percents): Percents {
  const minimumHealthyPercent = given?.minimumHealthyPercent ?? held?.minimumHealthyPercent ?? 100;
  const maximumPercent = given?.maximumPercent ?? held?.maximumPercent ?? 200;
  if (minimumHealthyPercent === 100 && maximumPercent === 100) {
    throw invalid("Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.");
  }
  if (maximumPercent < minimumHealthyPercent || minimumHealthyPercent < 0) {
    throw invalid("maximumPercent must be greater than or equal to minimumHealthyPercent.");
  }
  return { minimumHealthyPercent, maximumPercent };
}
