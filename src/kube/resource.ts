import type { ObjectKey } from "./object-store.ts";

/** The custom resource that the operator serves, as crds/ defines it. */
export const apiVersion = "agentorchestrator.io/v1alpha1";
export const kind = "AgentOrchestrator";

/** Owner, in managedFields, of what the operator writes; never to be changed, or fields would have two owners. */
export const fieldManager = "agentorchestrator";

/** Path of all objects of all namespaces. */
export const allObjectsPath = `/apis/${apiVersion}/agentorchestrators`;

/** Path of one object. */
export function objectPath(key: ObjectKey): string {
  return `/apis/${apiVersion}/namespaces/${encodeURIComponent(key.namespace)}/agentorchestrators/${encodeURIComponent(key.name)}`;
}
