import type {
  ContainerDefinition,
  PortMapping,
  RegisterTaskDefinitionCommandInput,
  TaskDefinition,
} from "@aws-sdk/client-ecs";
import type { Container, HealthCheck, InitContainer, TaskDefinitionProps } from "./task-definition.ts";

type Request = Omit<RegisterTaskDefinitionCommandInput, "tags">;

const VOLUME = "data";
/** Name of the mapping of the second port. */
const GRPC = "grpc";

/** The props as RegisterTaskDefinition takes them. propsOf() reads back exactly what this writes. */
export function requestOf(props: TaskDefinitionProps): Request {
  const { mount } = props.container;
  return {
    family: props.family,
    cpu: props.cpu,
    memory: props.memory,
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    executionRoleArn: props.executionRoleArn,
    taskRoleArn: props.taskRoleArn,
    runtimePlatform: { cpuArchitecture: props.architecture, operatingSystemFamily: "LINUX" },
    containerDefinitions: [
      containerOf(props.container),
      ...(props.container.init ? [initOf(props.container.init, props.container)] : []),
    ],
    ...(mount && {
      volumes: [
        {
          name: VOLUME,
          efsVolumeConfiguration: {
            fileSystemId: mount.volume.fileSystemId,
            transitEncryption: "ENABLED",
            authorizationConfig: { accessPointId: mount.volume.accessPointId, iam: "ENABLED" },
          },
        },
      ],
    }),
  };
}

function containerOf(container: Container): ContainerDefinition {
  const { grpcPort, healthCheck, command, user, mount, init } = container;
  return {
    name: container.name,
    image: container.image,
    essential: true,
    portMappings: [
      mappingOf(container.port),
      ...(grpcPort === undefined ? [] : [{ ...mappingOf(grpcPort), name: GRPC }]),
    ],
    ...variablesOf(container),
    logConfiguration: logsOf(container.name, container),
    readonlyRootFilesystem: container.readonlyRoot,
    stopTimeout: container.stopTimeoutSeconds,
    ...(healthCheck && {
      healthCheck: {
        command: [...healthCheck.command],
        interval: healthCheck.intervalSeconds,
        timeout: healthCheck.timeoutSeconds,
        retries: healthCheck.retries,
        startPeriod: healthCheck.startPeriodSeconds,
      },
    }),
    ...(command && { command: [...command] }),
    ...(user && { user }),
    ...(mount && { mountPoints: [{ sourceVolume: VOLUME, containerPath: mount.path, readOnly: false }] }),
    ...(init && { dependsOn: [{ containerName: init.name, condition: "SUCCESS" }] }),
  };
}

const mappingOf = (port: number): PortMapping => ({ containerPort: port, hostPort: port, protocol: "tcp" });

/** ECS developer guide, "Container dependency": one whose success is waited for cannot be essential. */
function initOf(init: InitContainer, container: Container): ContainerDefinition {
  return {
    name: init.name,
    image: init.image,
    essential: false,
    command: [...init.command],
    ...variablesOf(init),
    logConfiguration: logsOf(init.name, container),
  };
}

function variablesOf({ environment, secrets }: Pick<Container, "environment" | "secrets">): ContainerDefinition {
  return {
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    secrets: Object.entries(secrets).map(([name, valueFrom]) => ({ name, valueFrom })),
  };
}

function logsOf(prefix: string, { logGroup, logRegion }: Container): ContainerDefinition["logConfiguration"] {
  return {
    logDriver: "awslogs",
    options: { "awslogs-group": logGroup, "awslogs-region": logRegion, "awslogs-stream-prefix": prefix },
  };
}

/** A described task definition in the shape of our props: equal to what requestOf() was given, when it was ours. */
export function propsOf(found: TaskDefinition): TaskDefinitionProps {
  return {
    family: found.family ?? "",
    cpu: found.cpu ?? "",
    memory: found.memory ?? "",
    executionRoleArn: found.executionRoleArn ?? "",
    taskRoleArn: found.taskRoleArn ?? "",
    architecture: found.runtimePlatform?.cpuArchitecture === "ARM64" ? "ARM64" : "X86_64",
    container: containerIn(found),
  };
}

function containerIn(found: TaskDefinition): Container {
  const all = found.containerDefinitions ?? [];
  const one = all.find(({ essential }) => essential !== false) ?? {};
  const init = all.find(({ essential }) => essential === false);
  const logs = one.logConfiguration?.options ?? {};
  const mount = one.mountPoints?.[0];
  const efs = found.volumes?.find((volume) => volume.name === mount?.sourceVolume)?.efsVolumeConfiguration;
  const healthCheck = one.healthCheck && healthCheckIn(one.healthCheck);
  const grpcPort = one.portMappings?.find(({ name }) => name === GRPC)?.containerPort;
  return {
    name: one.name ?? "",
    image: one.image ?? "",
    port: one.portMappings?.find(({ name }) => name !== GRPC)?.containerPort ?? 0,
    ...(grpcPort !== undefined && { grpcPort }),
    environment: record(one.environment?.map(({ name, value }) => [name, value])),
    secrets: record(one.secrets?.map(({ name, valueFrom }) => [name, valueFrom])),
    logGroup: logs["awslogs-group"] ?? "",
    logRegion: logs["awslogs-region"] ?? "",
    readonlyRoot: one.readonlyRootFilesystem ?? false,
    stopTimeoutSeconds: one.stopTimeout ?? 30,
    ...(healthCheck && { healthCheck }),
    ...(one.command?.length && { command: one.command }),
    ...(one.user && { user: one.user }),
    ...(mount && {
      mount: {
        volume: {
          fileSystemId: efs?.fileSystemId ?? "",
          accessPointId: efs?.authorizationConfig?.accessPointId ?? "",
        },
        path: mount.containerPath ?? "",
      },
    }),
    ...(init && {
      init: {
        name: init.name ?? "",
        image: init.image ?? "",
        command: init.command ?? [],
        environment: record(init.environment?.map(({ name, value }) => [name, value])),
        secrets: record(init.secrets?.map(({ name, valueFrom }) => [name, valueFrom])),
      },
    }),
  };
}

/** What is not said are ECS's defaults (ECS API reference, HealthCheck). */
function healthCheckIn(check: NonNullable<ContainerDefinition["healthCheck"]>): HealthCheck {
  return {
    command: check.command ?? [],
    intervalSeconds: check.interval ?? 30,
    timeoutSeconds: check.timeout ?? 5,
    retries: check.retries ?? 3,
    startPeriodSeconds: check.startPeriod ?? 0,
  };
}

function record(pairs: readonly (readonly [string | undefined, string | undefined])[] = []): Record<string, string> {
  return Object.fromEntries(pairs.map(([name = "", value = ""]) => [name, value]));
}
