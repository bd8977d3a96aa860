import { z } from "zod";
import { type CortexService, cortexOperations } from "../peers/cortex.ts";
import { defineTool, type Tool } from "./toolbox.ts";

export function cortexTool(cortex: CortexService): Tool {
  return defineTool({
    name: "ask_cortex",
    description: "Asks the company's data in Snowflake.",
    input: z.strictObject({
      operation: z.enum(cortexOperations),
      input: z.string().min(1).max(25_000),
      parameters: z.record(z.string(), z.unknown()).optional(),
    }),
    run: ({ operation, input, parameters }, { signal }) =>
      cortex.ask({ operation, ...(parameters && { parameters }) }, input, signal),
  });
}
