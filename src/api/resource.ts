import type { z } from "zod";
import type { spec } from "./spec.ts";
import type { Status } from "./status.ts";

export const group = "agentorchestrator.io";
export const version = "v1alpha1";
export const kind = "AgentOrchestrator";
export const plural = "agentorchestrators";

/** Keeps the object until everything in AWS that is to go has gone. */
export const finalizer = `${group}/aws`;

export const annotations = {
  /** "true": nothing is changed in AWS, as with spec.paused. */
  paused: `${group}/paused`,
  /** Any new value: reconcile now. */
  reconcile: `${group}/reconcile`,
} as const;

/** Longest metadata.name: "namespace/name" must fit into the value of a tag. */
export const maxNameLength = 63;

/** The spec as users write it, before defaults. */
export type SpecInput = z.input<typeof spec>;

/** An object as the API server keeps it: defaults of the schema are applied. */
export interface AgentOrchestrator {
  readonly apiVersion: `${typeof group}/${typeof version}`;
  readonly kind: typeof kind;
  readonly metadata: { readonly name: string; readonly namespace?: string | undefined };
  readonly spec: z.output<typeof spec>;
  readonly status?: Status | undefined;
}
