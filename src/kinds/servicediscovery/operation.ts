import { GetOperationCommand, type Operation } from "@aws-sdk/client-servicediscovery";
import type { Aws } from "../../aws/aws.ts";
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

/** Undefined when AWS has forgotten it. */
export async function readOperation(aws: Aws, OperationId: string): Promise<Operation | undefined> {
  return (await unlessNotFound(aws.cloudMap.send(new GetOperationCommand({ OperationId }))))?.Operation;
}
