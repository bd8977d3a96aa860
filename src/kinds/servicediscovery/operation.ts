import { GetOperationCommand, type Operation, paginateListOperations } from "@aws-sdk/client-servicediscovery";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import { collect } from "../../aws/pages.ts";
import { unlessNotFound } from "../not-found.ts";

/**
 * Cloud Map makes namespaces by operations, which have ids of their own (Cloud Map API reference, GetOperation). Until
 * one has succeeded, the namespace is known by "operation|<operation id>".
 */
const PREFIX = "operation|";

export function operationId(operation: string | undefined): string {
  return `${PREFIX}${operation}`;
}

/** The operation that `id` names, or undefined when it names a namespace. */
export function operationIn(id: string): string | undefined {
  return id.startsWith(PREFIX) ? id.slice(PREFIX.length) : undefined;
}

/** Undefined when AWS has forgotten it. One call tells which of several are under way; each that has ended costs one. */
export const readOperation = batched<Operation>({
  max: Number.POSITIVE_INFINITY,
  read: async (aws, ids) => {
    const underWay = ids.length > 1 ? await operationsUnderWay(aws) : new Map<string, Operation>();
    const found = new Map(
      ids.flatMap((id) => (underWay.has(id) ? [[id, underWay.get(id) as Operation] as const] : [])),
    );
    const others = ids.filter((id) => !found.has(id));
    await Promise.all(
      others.map(async (OperationId) => {
        const answer = await unlessNotFound(aws.cloudMap.send(new GetOperationCommand({ OperationId })));
        if (answer?.Operation) found.set(OperationId, answer.Operation);
      }),
    );
    return found;
  },
});

async function operationsUnderWay(aws: Aws): Promise<ReadonlyMap<string, Operation>> {
  const Filters = [{ Name: "STATUS" as const, Values: ["SUBMITTED", "PENDING"], Condition: "IN" as const }];
  const pages = paginateListOperations({ client: aws.cloudMap }, { Filters, MaxResults: 100 });
  const listed = await collect(pages, (page) => page.Operations);
  return new Map(listed.flatMap(({ Id, Status }) => (Id && Status ? [[Id, { Id, Status }] as const] : [])));
}

/** Operations that this process has started and not yet seen the end of, by what they change. */
const started = new WeakMap<Aws, Map<string, string>>();
const LIMIT = 1_000;

/** Remembers the operation that a request about `subject` started, for inProgress(). */
export function follow(aws: Aws, subject: string, operation: string | undefined): void {
  const all = started.get(aws) ?? new Map<string, string>();
  if (all.size >= LIMIT) all.clear();
  if (operation) started.set(aws, all.set(subject, operation));
}

/**
 * Whether Cloud Map is still at the last change of `subject` that this process has asked for: its descriptions do not
 * tell. After a restart nothing is known; what is asked for again is then refused as busy until the first is done.
 */
export async function inProgress(aws: Aws, subject: string): Promise<boolean> {
  const operation = started.get(aws)?.get(subject);
  if (!operation) return false;
  const status = (await readOperation(aws, operation))?.Status;
  if (status === "SUBMITTED" || status === "PENDING") return true;
  started.get(aws)?.delete(subject);
  return false;
}
