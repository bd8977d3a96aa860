import { AgentError } from "@agentorchestrator/shared";
import type { z } from "zod";

/**
 * What `schema` makes of `value`, for doors that do not validate by themselves; the HTTP server says the same.
 *
 * @param name of the value where it is no object
 * @throws AgentError 400 InvalidRequest; details: { fields: [{ path, message }] }
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown, name?: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path, message }) => ({
    path: [...(name === undefined ? [] : [name]), ...path].join(".") || "request",
    message,
  }));
  const told = fields.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new AgentError("InvalidRequest", `the request is refused: ${told}`, { status: 400, details: { fields } });
}
