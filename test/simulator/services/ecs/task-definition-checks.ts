import type { ContainerDefinition, RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { cpuUnits, isFargatePair, memoryMiB } from "./fargate.ts";
import { client } from "./rows.ts";

const ROLE = /^arn:aws[\w-]*:iam::\d{12}:role\/.+$/;

/**
 * What RegisterTaskDefinition refuses (API_RegisterTaskDefinition; ECS Developer Guide, "Fargate task definition
 * differences" and "Invalid CPU or memory value specified"). Returns the sizes of the task as numbers.
 */
export function checkedTaskDefinition(input: RegisterTaskDefinitionRequest): {
  cpu: number | undefined;
  memory: number | undefined;
} {
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(input.family ?? "")) {
    throw client("Family contains invalid characters, or is longer than 255 characters.");
  }
  for (const role of [input.taskRoleArn, input.executionRoleArn]) {
    if (role !== undefined && !ROLE.test(role)) throw client("Role is not valid");
  }
  const containers = input.containerDefinitions ?? [];
  if (containers.length === 0) throw client("Container list cannot be empty.");
  const names = containers.map(({ name }) => name);
  if (new Set(names).size < names.length) throw client("Container names must be unique within a task definition.");
  if (containers.every(({ essential = true }) => !essential)) {
    throw client("At least one container in a task definition must be marked as essential.");
  }
  const cpu = input.cpu === undefined ? undefined : cpuUnits(input.cpu);
  const memory = input.memory === undefined ? undefined : memoryMiB(input.memory);
  if (input.cpu !== undefined && cpu === undefined) throw client(`Invalid 'cpu' setting for task: ${input.cpu}`);
  if (input.memory !== undefined && memory === undefined)
    throw client(`Invalid 'memory' setting for task: ${input.memory}`);
  for (const container of containers) {
    checkContainer(container, input);
    checkDependencies(container, containers);
  }
  if (input.requiresCompatibilities?.includes("FARGATE")) checkFargate(input, containers, cpu, memory);
  return { cpu, memory };
}

/** API_ContainerDependency: of COMPLETE and SUCCESS, "This condition can't be set on an essential container". */
function checkDependencies({ name, dependsOn = [] }: ContainerDefinition, all: readonly ContainerDefinition[]): void {
  for (const { containerName, condition } of dependsOn) {
    const other = all.find((container) => container.name === containerName);
    if (!other || containerName === name) {
      throw client(
        `Container '${name}' depends on '${containerName}', which is no other container of the task definition.`,
      );
    }
    if (condition === "HEALTHY" && !other.healthCheck) {
      throw client(`Container '${name}' waits for '${containerName}' to be HEALTHY, and it has no health check.`);
    }
    if ((condition === "COMPLETE" || condition === "SUCCESS") && other.essential !== false) {
      throw client(`Container '${name}' waits for the ${condition} of '${containerName}', which is essential.`);
    }
  }
}

function checkFargate(
  input: RegisterTaskDefinitionRequest,
  containers: readonly ContainerDefinition[],
  cpu: number | undefined,
  memory: number | undefined,
): void {
  if (input.networkMode !== "awsvpc") throw client("Fargate only supports network mode 'awsvpc'.");
  if (cpu === undefined) throw client("Fargate requires that 'cpu' be defined at the task level.");
  if (memory === undefined) throw client("Fargate requires that 'memory' be defined at the task level.");
  if (!isFargatePair(cpu, memory)) {
    throw client(`No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`);
  }
  const sum = (size: (container: ContainerDefinition) => number | undefined) =>
    containers.reduce((total, container) => total + (size(container) ?? 0), 0);
  if (sum((one) => one.cpu) > cpu) {
    throw client(`The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.`);
  }
  if (sum((one) => one.memoryReservation ?? one.memory) > memory) {
    throw client("The sum of all container 'memory' values cannot be greater than the value of the task 'memory'.");
  }
  if (input.executionRoleArn !== undefined) return;
  if (containers.some(({ image = "" }) => image.includes(".dkr.ecr."))) {
    throw client("Fargate requires task definition to have execution role ARN to support ECR images.");
  }
  if (containers.some(({ logConfiguration }) => logConfiguration?.logDriver === "awslogs")) {
    throw client("Fargate requires task definition to have execution role ARN to support log driver awslogs.");
  }
}

function checkContainer(container: ContainerDefinition, input: RegisterTaskDefinitionRequest): void {
  const {
    name = "",
    environment = [],
    secrets = [],
    mountPoints = [],
    portMappings = [],
    logConfiguration,
  } = container;
  if (!container.image) throw client(`Container.image should not be null or empty.`);
  if (!name) throw client("Container.name should not be null or empty.");
  const variables = [...environment, ...secrets].map((variable) => variable.name);
  const twice = variables.find((variable, index) => variables.indexOf(variable) !== index);
  if (twice !== undefined && secrets.some((secret) => secret.name === twice)) {
    throw client(
      "The secret name must be unique and not shared with any new or existing environment variables set on the container, " +
        `such as '${twice}'.`,
    );
  }
  if (secrets.length > 0 && input.executionRoleArn === undefined) {
    throw client("When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.");
  }
  const volumes = (input.volumes ?? []).map((volume) => volume.name);
  const unknown = mountPoints.find(({ sourceVolume }) => !volumes.includes(sourceVolume));
  if (unknown) throw client(`Unknown volume '${unknown.sourceVolume}'.`);
  const moved = portMappings.some(
    ({ containerPort, hostPort }) => hostPort !== undefined && hostPort !== containerPort,
  );
  if (input.networkMode === "awsvpc" && moved) {
    throw client("When networkMode=awsvpc, the host ports and container ports in port mappings must match.");
  }
  if (logConfiguration?.logDriver === "awslogs") {
    const options = logConfiguration.options ?? {};
    for (const option of ["awslogs-group", "awslogs-region"]) {
      if (!options[option]) throw client(`Log driver awslogs requires options: awslogs-group, awslogs-region`);
    }
    if (!options["awslogs-stream-prefix"] && input.requiresCompatibilities?.includes("FARGATE")) {
      throw client("Log driver awslogs requires option 'awslogs-stream-prefix' for Fargate tasks.");
    }
  }
}
