import { Explorer } from "./explorer.ts";
import type { Plan } from "./plan.ts";

/** A process that plays the plans it is sent, one at a time. */
const explorer = new Explorer();
const unhandled: string[] = [];
process.on("unhandledRejection", (error) => unhandled.push(`unhandled rejection: ${(error as Error)?.stack ?? error}`));
process.on("message", async (plan: Plan) => {
  const { violations, tookMs } = await explorer.play(plan);
  process.send?.({ plan, violations: [...violations, ...unhandled.splice(0)], tookMs });
});
