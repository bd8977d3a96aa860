import type { ContainerDefinition, Volume } from "@aws-sdk/client-ecs";
import type { Call } from "../../operation.ts";
import { scriptOf } from "../../script.ts";
import { arn, globalArn } from "../common/arn.ts";
import { groupAllows, hasInternetRoute, vpcOf } from "../ec2/lookup.ts";
import { subnets, vpcEndpoints } from "../ec2/rows.ts";
import { pullable } from "../ecr/images.ts";
import { accessPoints, mountTargets } from "../efs/rows.ts";
import { roleDecision } from "../iam/identity.ts";
import { assumableRole } from "../iam/rows.ts";
import { logGroups } from "../logs/groups.ts";
import { matches, secrets } from "../secretsmanager/rows.ts";
import { anyTaskDefinition, type TaskRow } from "./rows.ts";

const SECRETS =
  "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ";
const CHECK_NETWORK = "Please check your task network configuration.";

/**
 * What Fargate needs before it starts a container, with the execution role and over the task's own network: registry
 * credentials, secrets and the log group. Undefined: all is there. Texts: ECS Developer Guide, "Stopped tasks error
 * messages", ResourceInitializationError.
 */
export function resourceFailure(call: Call, task: TaskRow): string | undefined {
  const definition = anyTaskDefinition(call, task.taskDefinition)?.definition;
  const containers = definition?.containerDefinitions ?? [];
  const role = definition?.executionRoleArn;
  const usesEcr = containers.some(({ image = "" }) => image.includes(".dkr.ecr."));
  const online = isOnline(call, task);
  if (usesEcr && !online && !hasEndpoint(call, task, "ecr.api")) {
    return (
      `${SECRETS}unable to retrieve ecr registry auth: service call has been retried 3 time(s): RequestError: send request ` +
      `failed caused by: Post "https://api.ecr.${call.region}.amazonaws.com/": dial tcp: i/o timeout. ${CHECK_NETWORK}`
    );
  }
  if (usesEcr && role !== undefined) {
    const refused = denial(call, role, "ecr:GetAuthorizationToken", "*", task);
    if (refused)
      return `${SECRETS}unable to retrieve ecr registry auth: service call has been retried 1 time(s): ${refused}`;
  }
  for (const container of containers) {
    const failure = secretFailure(call, task, container, role, online) ?? logFailure(call, task, container, role);
    if (failure) return failure;
  }
  return (definition?.volumes ?? []).map((volume) => mountFailure(call, task, volume)).find(Boolean);
}

/** EFS is mounted by its target in the task's zone, over NFS: EFS User Guide, "Troubleshooting mount issues". */
function mountFailure(call: Call, task: TaskRow, { efsVolumeConfiguration: efs }: Volume): string | undefined {
  if (!efs) return undefined;
  const id = efs.fileSystemId ?? "";
  const failed = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: ";
  const target = mountTargets(call)
    .all()
    .find((one) => one.fileSystemId === id && one.zone === task.zone && one.state === "available");
  if (!target) {
    return (
      `${failed}Failed to resolve "${id}.efs.${call.region}.amazonaws.com" - check that your file system ID is correct, and ` +
      "ensure that the VPC has an EFS mount target for this file system ID. : unsuccessful EFS utils command execution; code: 1"
    );
  }
  const point = efs.authorizationConfig?.accessPointId;
  if (point !== undefined && accessPoints(call).get(point)?.fileSystemId !== id) {
    return `${failed}b'mount.nfs4: access denied by server while mounting 127.0.0.1:/' : unsuccessful EFS utils command execution; code: 32`;
  }
  const open = groupAllows(call, task.groups, target.securityGroups, NFS_PORT);
  return open
    ? undefined
    : `${failed}b'mount.nfs4: Connection timed out' : unsuccessful EFS utils command execution; code: 32`;
}

const NFS_PORT = 2049;

/** Through a NAT gateway, or by an address of its own and an internet gateway. */
function isOnline(call: Call, task: TaskRow): boolean {
  const way = hasInternetRoute(call, task.subnetId);
  return way === "nat" || (way === "gateway" && task.publicIp !== undefined);
}

function hasEndpoint(call: Call, task: TaskRow, service: string): boolean {
  const vpcId = subnets(call).get(task.subnetId)?.VpcId ?? "";
  return (
    vpcOf(call, vpcId) !== undefined &&
    vpcEndpoints(call)
      .all()
      .some(
        (one) =>
          one.VpcId === vpcId && one.ServiceName.endsWith(`.${service}`) && one.State?.toLowerCase() === "available",
      )
  );
}

function denial(call: Call, roleArn: string, action: string, resource: string, task: TaskRow): string | undefined {
  const role = assumableRole(call, roleArn);
  if (role && roleDecision(call, role, { action, resource, context: {} }) === "allow") return undefined;
  const session = globalArn(call, "sts", `assumed-role/${role?.name ?? roleArn.split("/").at(-1)}/${task.id}`);
  return (
    `AccessDeniedException: User: ${session} is not authorized to perform: ${action} on resource: ${resource} because ` +
    `no identity-based policy allows the ${action} action status code: 400`
  );
}

/** A secret as a container names it: ARN, then optionally ":json-key:version-stage:version-id". */
function secretFailure(
  call: Call,
  task: TaskRow,
  container: ContainerDefinition,
  role: string | undefined,
  online: boolean,
): string | undefined {
  for (const { valueFrom = "" } of container.secrets ?? []) {
    const parts = valueFrom.split(":");
    if (parts[2] !== "secretsmanager") continue;
    const [secretArn, jsonKey] = [parts.slice(0, 7).join(":"), parts[7]];
    const asm = `${SECRETS}unable to retrieve secret from asm: service call has been retried 1 time(s): `;
    if (!online && !hasEndpoint(call, task, "secretsmanager")) {
      return (
        `${asm}failed to fetch secret ${secretArn} from secrets manager: RequestCanceled: request context canceled ` +
        `caused by: context deadline exceeded. ${CHECK_NETWORK}`
      );
    }
    const refused =
      role === undefined ? undefined : denial(call, role, "secretsmanager:GetSecretValue", secretArn, task);
    if (refused) return `${asm}failed to fetch secret ${secretArn} from secrets manager: ${refused}`;
    const row = secrets(call)
      .all()
      .find((secret) => matches(secret, secretArn));
    const current = row?.versions.find((version) => version.stages.includes("AWSCURRENT"));
    if (!row || !current || row.deletionDate !== undefined) {
      return (
        `${asm}failed to fetch secret ${secretArn} from secrets manager: ResourceNotFoundException: Secrets Manager ` +
        "can't find the specified secret."
      );
    }
    if (jsonKey && !hasKey(current.value, jsonKey)) {
      return `${asm}retrieved secret from Secrets Manager did not contain json key ${jsonKey}`;
    }
  }
  return undefined;
}

function hasKey(value: string | Uint8Array | undefined, key: string): boolean {
  try {
    return key in (JSON.parse(String(value)) as object);
  } catch {
    return false;
  }
}

function logFailure(
  call: Call,
  task: TaskRow,
  { logConfiguration }: ContainerDefinition,
  role: string | undefined,
): string | undefined {
  if (logConfiguration?.logDriver !== "awslogs") return undefined;
  const options = logConfiguration.options ?? {};
  const group = options["awslogs-group"] ?? "";
  const there = { ...call, region: options["awslogs-region"] ?? call.region };
  const prefix =
    "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: ";
  if (!logGroups(there).get(group) && options["awslogs-create-group"] !== "true") {
    return (
      `${prefix}failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. ` +
      ": exit status 1"
    );
  }
  if (role === undefined) return undefined;
  const stream = arn(there, "logs", `log-group:${group}:log-stream:${options["awslogs-stream-prefix"]}/${task.id}`);
  const refused = denial(call, role, "logs:CreateLogStream", stream, task);
  return refused && `${prefix}failed to create Cloudwatch log stream: ${refused}: exit status 1`;
}

/** Why an image cannot be pulled: ECS Developer Guide, "CannotPullContainer task errors". Undefined: it can. */
export function pullFailure(call: Call, task: TaskRow, image: string): string | undefined {
  const scripted = scriptOf(call.world, image)?.kind;
  if (scripted !== undefined && scripted !== "missing") return undefined;
  const found = scripted === "missing" ? "noImage" : pullable(call, image);
  const failed = "CannotPullContainerError: pull image manifest has been retried";
  if (found === "noImage")
    return `${failed} 1 time(s): failed to resolve ref ${reference(image)}: ${reference(image)}: not found`;
  if (found === "noRepository") {
    return (
      `${failed} 1 time(s): failed to resolve ref ${reference(image)}: pull access denied, repository does not exist or may ` +
      "require authorization: authorization failed: no basic auth credentials"
    );
  }
  const reachable = isOnline(call, task) || (found === "found" && hasEndpoint(call, task, "ecr.dkr"));
  if (reachable) return undefined;
  const host = reference(image).split("/")[0];
  return (
    `${failed} 7 time(s): failed to resolve ref ${reference(image)}: failed to do request: Head "https://${host}/v2/": ` +
    `dial tcp: i/o timeout`
  );
}

/** An image without a registry is Docker Hub's, one without a tag the latest. */
function reference(image: string): string {
  const [first = "", ...path] = image.split("/");
  const hosted = path.length > 0 && /[.:]/.test(first);
  const full = hosted ? image : image.includes("/") ? `docker.io/${image}` : `docker.io/library/${image}`;
  return /(:[^/]+|@sha256:.+)$/.test(full) ? full : `${full}:latest`;
}
