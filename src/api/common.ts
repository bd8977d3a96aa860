import { z } from "zod";

/** Lower-case words joined by single hyphens: valid in every AWS name that it becomes part of. */
export const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** A name that becomes part of AWS names and DNS labels. */
export function name(maxLength: number): z.ZodString {
  return z.string().min(1).max(maxLength).regex(namePattern);
}

/** Name of a Kubernetes object, a DNS subdomain. */
export const objectName: z.ZodString = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);

/** "langgraph-2" → "LANGGRAPH_2": part of the name of an environment variable. */
export function envName(text: string): string {
  return text.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
}
