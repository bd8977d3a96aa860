import { DescribeTaskDefinitionCommand, type TaskDefinition } from "@aws-sdk/client-ecs";
import type { Aws } from "../../aws/aws.ts";
import type { Tags } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { fromEcsTags } from "./tags.ts";

/** A revision of a task definition: immutable but for its status and tags. */
export interface Revision {
  readonly definition: TaskDefinition;
  readonly tags: Tags;
}

/** Revisions remembered for each account and region; the oldest go first. */
const LIMIT = 5_000;
const remembered = new WeakMap<Aws, Map<string, Revision>>();

/**
 * An ACTIVE revision by ARN; undefined when there is none, or only an INACTIVE one, which no service can be given any
 * more. Read once, then remembered: forgetRevision makes the next look a fresh one.
 */
export async function activeRevision(aws: Aws, arn: string): Promise<Revision | undefined> {
  const known = remembered.get(aws)?.get(arn);
  if (known) return known;
  const answer = await unlessNotFound(
    aws.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ["TAGS"] })),
  );
  const definition = answer?.taskDefinition;
  if (definition?.status !== "ACTIVE") return undefined;
  const revision = { definition, tags: fromEcsTags(answer?.tags) };
  const all = remembered.get(aws) ?? new Map<string, Revision>();
  if (all.size >= LIMIT) for (const oldest of [...all.keys()].slice(0, LIMIT / 10)) all.delete(oldest);
  remembered.set(aws, all.set(arn, revision));
  return revision;
}

/** ACTIVE, INACTIVE (deregistered) or DELETE_IN_PROGRESS; undefined when there is none. Always a fresh look. */
export async function revisionStatus(aws: Aws, arn: string): Promise<string | undefined> {
  const answer = await unlessNotFound(aws.ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn })));
  return answer?.taskDefinition?.status;
}

export function forgetRevision(aws: Aws, arn: string): void {
  remembered.get(aws)?.delete(arn);
}

/** Of a family whose ACTIVE revisions have just been listed, forgets all others: one that somebody deregistered shows. */
export function forgetOthers(aws: Aws, family: string, active: readonly string[]): void {
  for (const arn of remembered.get(aws)?.keys() ?? []) {
    if (arn.includes(`:task-definition/${family}:`) && !active.includes(arn)) forgetRevision(aws, arn);
  }
}
