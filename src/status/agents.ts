import type { AgentStatus } from "../api/status.ts";
import type { NodeResult, Outcome } from "../apply/result.ts";
import type { Aws } from "../aws/aws.ts";
import type { service } from "../kinds/ecs/service.ts";
import type { taskDefinition } from "../kinds/ecs/task-definition.ts";
import type { OutputsOf, PropsOf } from "../kinds/kind.ts";
import { kindOf } from "../kinds/registry.ts";

type Service = Partial<OutputsOf<typeof service>>;
type TaskDefinition = Partial<PropsOf<typeof taskDefinition>>;

/**
 * Each agent: what it should run and what runs. The image is read from the revision that runs, which after a rollback
 * is not the one that was asked for; revisions never change and are read once.
 */
export async function agentsOf(aws: Aws, outcome: Outcome): Promise<AgentStatus[]> {
  const services = outcome.nodes.filter(({ node }) => node.type === "AWS::ECS::Service" && node.agent !== undefined);
  return Promise.all(services.map((result) => agentOf(aws, result)));
}

async function agentOf(aws: Aws, result: NodeResult): Promise<AgentStatus> {
  const { node, outputs = {} } = result;
  const { desired, running, taskDefinition, lastFailure } = outputs as Service;
  const wanted = node.props.desiredCount;
  const failure = lastFailure ?? (result.state === "refused" ? result.message : undefined);
  const image = taskDefinition ? await imageOf(aws, taskDefinition) : undefined;
  return {
    name: node.agent ?? node.id,
    desired: desired ?? (typeof wanted === "number" ? wanted : 0),
    running: running ?? 0,
    ...(image && { image }),
    ...(taskDefinition && { revision: taskDefinition.split("/").at(-1) ?? taskDefinition }),
    ...(failure && { lastFailure: failure.slice(0, 2048) }),
  };
}

/** Undefined when it cannot be read now: a status is not worth failing a pass. */
async function imageOf(aws: Aws, taskDefinitionArn: string): Promise<string | undefined> {
  try {
    const observed = await kindOf("AWS::ECS::TaskDefinition").observe(aws, taskDefinitionArn);
    return (observed?.live as TaskDefinition | undefined)?.container?.image;
  } catch {
    return undefined;
  }
}
