import { z } from "zod";
import type { FaultRule } from "./faults.ts";

const fault = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("throttle") }),
  z.strictObject({ kind: z.literal("denied") }),
  z.strictObject({ kind: z.literal("expired") }),
  z.strictObject({
    kind: z.literal("refuse"),
    code: z.string(),
    message: z.string().exactOptional(),
    status: z.number().int().exactOptional(),
  }),
  z.strictObject({ kind: z.literal("error"), after: z.boolean().exactOptional() }),
  z.strictObject({ kind: z.literal("lost"), before: z.boolean().exactOptional() }),
  z.strictObject({ kind: z.literal("stale"), ms: z.number().positive() }),
  z.strictObject({ kind: z.literal("slow"), ms: z.number().positive() }),
]);

/** A fault rule as JSON, for the control API. */
export const faultRule: z.ZodType<FaultRule> = z.strictObject({
  fault,
  service: z.string().exactOptional(),
  action: z.string().exactOptional(),
  account: z.string().exactOptional(),
  region: z.string().exactOptional(),
  write: z.boolean().exactOptional(),
  nth: z.union([z.number().int().positive(), z.array(z.number().int().positive())]).exactOptional(),
  probability: z.number().min(0).max(1).exactOptional(),
  times: z.number().int().positive().exactOptional(),
});
