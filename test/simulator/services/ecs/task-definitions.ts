import type {
  ContainerDefinition,
  DeleteTaskDefinitionsRequest,
  DeregisterTaskDefinitionRequest,
  DescribeTaskDefinitionRequest,
  Failure,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionsRequest,
  RegisterTaskDefinitionRequest,
  TaskDefinition,
} from "@aws-sdk/client-ecs";
import type { Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { fromLowerTags, toLowerTags } from "../common/tags.ts";
import type { TaskDefinitionRow } from "./rows.ts";
import * as rows from "./rows.ts";
import { checkedTaskDefinition } from "./task-definition-checks.ts";

/** What ECS fills in where a container definition is silent (API_ContainerDefinition, as DescribeTaskDefinition answers). */
function filled(container: ContainerDefinition, awsvpc: boolean): ContainerDefinition {
  const { healthCheck } = container;
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    environment: container.environment ?? [],
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    portMappings: (container.portMappings ?? []).map((mapping) => ({
      ...mapping,
      hostPort: mapping.hostPort ?? (awsvpc ? mapping.containerPort : 0),
      protocol: mapping.protocol ?? "tcp",
    })),
    ...(healthCheck && { healthCheck: { interval: 30, timeout: 5, retries: 3, ...healthCheck } }),
  };
}

/** API_RegisterTaskDefinition: each call makes the family's next revision, the same content or not. */
export function registerTaskDefinition(call: Call, input: RegisterTaskDefinitionRequest): object {
  const { cpu, memory } = checkedTaskDefinition(input);
  const family = input.family ?? "";
  const counter = rows.families(call);
  if (!counter.get(family)) counter.put(family, { family, revision: 0 });
  const { revision } = counter.change(family, (row) => {
    row.revision++;
  });
  const taskDefinitionArn = arn(call, "ecs", `task-definition/${family}:${revision}`);
  const { tags, ...given } = input;
  const fargate = input.requiresCompatibilities?.includes("FARGATE") ?? false;
  const definition: TaskDefinition = {
    ...given,
    taskDefinitionArn,
    revision,
    containerDefinitions: (input.containerDefinitions ?? []).map((one) => filled(one, input.networkMode === "awsvpc")),
    volumes: input.volumes ?? [],
    placementConstraints: input.placementConstraints ?? [],
    compatibilities: fargate ? ["EC2", "FARGATE"] : ["EC2"],
    requiresAttributes: [],
    registeredAt: new Date(call.world.clock.now()),
    registeredBy: call.principal,
    ...(cpu !== undefined && { cpu: String(cpu) }),
    ...(memory !== undefined && { memory: String(memory) }),
  };
  const row = rows.taskDefinitions(call).put(taskDefinitionArn, {
    arn: taskDefinitionArn,
    family,
    revision,
    definition,
    status: "ACTIVE",
    deregistered: undefined,
    tags: fromLowerTags(tags),
  });
  return { taskDefinition: describe(row), tags: toLowerTags(row.tags) };
}

const describe = (row: TaskDefinitionRow): TaskDefinition => ({
  ...row.definition,
  status: row.status,
  ...(row.deregistered !== undefined && { deregisteredAt: new Date(row.deregistered) }),
});

/** API_DescribeTaskDefinition: also INACTIVE ones by revision; tags stand beside it when asked for. */
export function describeTaskDefinition(call: Call, input: DescribeTaskDefinitionRequest): object {
  const row = rows.taskDefinitionOf(call, input.taskDefinition);
  const name = rows.nameIn(input.taskDefinition);
  const shown = row
    ? rows.taskDefinitions(call).shown(row.arn)
    : rows
        .deletedTaskDefinitions(call)
        .shownAll()
        .find((one) => `${one.family}:${one.revision}` === name);
  if (!shown) throw rows.client("Unable to describe task definition.");
  return {
    taskDefinition: describe(shown),
    ...(input.include?.includes("TAGS") && { tags: toLowerTags(shown.tags) }),
  };
}

/** API_DeregisterTaskDefinition: INACTIVE from now on; services that use it keep using it. */
export function deregisterTaskDefinition(call: Call, input: DeregisterTaskDefinitionRequest): object {
  if (!rows.nameIn(input.taskDefinition).includes(":")) throw rows.client("Invalid revision number. Number is empty.");
  const row = rows.taskDefinitionOf(call, input.taskDefinition);
  if (!row) throw rows.client("The specified task definition does not exist.");
  if (row.status === "INACTIVE")
    throw rows.client("The specified task definition is inactive. Deregistering it again has no effect.");
  rows.taskDefinitions(call).change(row.arn, (definition) => {
    definition.status = "INACTIVE";
    definition.deregistered = call.world.clock.now();
  });
  return { taskDefinition: describe(row) };
}

/**
 * API_DeleteTaskDefinitions: ten at most, INACTIVE ones; DELETE_IN_PROGRESS until no task and no service refers to them.
 */
export function deleteTaskDefinitions(call: Call, input: DeleteTaskDefinitionsRequest): object {
  const wanted = input.taskDefinitions ?? [];
  if (wanted.length > 10) throw rows.invalid("taskDefinitions can have at most 10 items.");
  const deleted: TaskDefinition[] = [];
  const failures: Failure[] = [];
  for (const name of wanted) {
    const row = rows.taskDefinitionOf(call, name);
    if (!row) {
      failures.push({ arn: name, reason: "The specified task definition does not exist." });
      continue;
    }
    if (row.status === "ACTIVE") {
      failures.push({
        arn: row.arn,
        reason: "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
      });
      continue;
    }
    const going: TaskDefinitionRow = { ...row, status: "DELETE_IN_PROGRESS" };
    rows.taskDefinitions(call).remove(row.arn);
    rows.deletedTaskDefinitions(call).put(row.arn, going);
    forgetLater(call, row.arn);
    deleted.push({ ...describe(going), deleteRequestedAt: new Date(call.world.clock.now()) });
  }
  return { taskDefinitions: deleted, failures };
}

function forgetLater(call: Call, definitionArn: string): void {
  call.world.clock.after(call.world.duration("ecs.taskDefinition.delete"), () => {
    const used =
      rows
        .tasks(call)
        .all()
        .some((task) => task.taskDefinition === definitionArn) ||
      rows
        .services(call)
        .all()
        .some((one) => one.deployments.some(({ spec }) => spec.taskDefinition === definitionArn));
    if (used) forgetLater(call, definitionArn);
    else rows.deletedTaskDefinitions(call).remove(definitionArn);
  });
}

const byRevision = (row: TaskDefinitionRow): string => `${row.family}:${String(row.revision).padStart(9, "0")}`;

/** API_ListTaskDefinitions: 100 a page, by family prefix and status. */
export function listTaskDefinitions(call: Call, input: ListTaskDefinitionsRequest): object {
  const status = input.status ?? "ACTIVE";
  const source = status === "DELETE_IN_PROGRESS" ? rows.deletedTaskDefinitions(call) : rows.taskDefinitions(call);
  const matching = source
    .shownAll()
    .filter((row) => row.status === status && (input.familyPrefix === undefined || row.family === input.familyPrefix));
  const descending = input.sort === "DESC";
  const { items, next } = page(
    matching,
    (row) => (descending ? `${row.family}:${String(999_999_999 - row.revision).padStart(9, "0")}` : byRevision(row)),
    input.nextToken,
    input.maxResults ?? 100,
  );
  return { taskDefinitionArns: items.map((row) => row.arn), nextToken: next };
}

/** API_ListTaskDefinitionFamilies. */
export function listTaskDefinitionFamilies(call: Call, input: ListTaskDefinitionFamiliesRequest): object {
  const status = input.status ?? "ALL";
  const names = new Set(
    rows
      .taskDefinitions(call)
      .shownAll()
      .filter((row) => row.family.startsWith(input.familyPrefix ?? "") && (status === "ALL" || row.status === status))
      .map((row) => row.family),
  );
  const { items, next } = page([...names], (name) => name, input.nextToken, input.maxResults ?? 100);
  return { families: [...items], nextToken: next };
}
