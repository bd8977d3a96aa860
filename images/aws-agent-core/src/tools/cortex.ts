import { z } from "zod";
import type { CortexService } from "../peers/cortex.ts";
import { defineTool, type Tool } from "./toolbox.ts";

/** Rows of one answer: a model reads them all. */
const ROWS = 50;

/** Not among its operations is `complete`: a model needs no other one to think. */
export function cortexTool(cortex: CortexService): Tool {
  return defineTool({
    name: "ask_cortex",
    description:
      "Asks the company's data in Snowflake. analyst: a question about figures in plain words, answered with SQL that you " +
      "then run with query. search: finds passages in documents. query: runs one SQL statement that only reads.",
    input: z.strictObject({
      operation: z.enum(["analyst", "search", "query"]),
      input: z.string().min(1).max(25_000).describe("the question, the words to search for, or the SQL"),
      parameters: z
        .strictObject({
          semanticView: z.string().optional().describe("analyst: database.schema.view instead of the default"),
          service: z.string().optional().describe("search: name of the search service instead of the default"),
          columns: z.array(z.string()).optional().describe("search: columns of the result"),
          filter: z.record(z.string(), z.unknown()).optional().describe("search: a filter of Cortex Search"),
          limit: z.int().min(1).max(50).optional().describe("search: most results"),
          binds: z
            .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
            .optional()
            .describe("query: values for each ? of the SQL"),
        })
        .optional(),
    }),
    run: ({ operation, input, parameters = {} }, { signal }) => {
      const rows = operation === "query" ? { pageRows: ROWS } : {};
      return cortex.ask({ operation, parameters: { ...parameters, ...rows } }, input, signal);
    },
  });
}
