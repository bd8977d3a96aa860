import { z } from "zod";
import { langfuse } from "./langfuse.ts";

/** Days that CloudWatch Logs can keep a group. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

export const observability = z.strictObject({
  langfuse: langfuse.prefault({}).describe("Traces of the agents."),
  logs: z
    .strictObject({
      retentionDays: z
        .literal(retentionDays)
        .meta({ type: "integer" })
        .optional()
        .describe(
          "Days that logs are kept, one of the numbers that CloudWatch knows. Default: 7 in Development, 30 in Production.",
        ),
    })
    .prefault({})
    .describe("Logs of the agents in CloudWatch."),
  containerInsights: z
    .boolean()
    .default(true)
    .describe(
      "CloudWatch Container Insights: CPU, memory, network and task counts of the cluster, billed as custom metrics.",
    ),
});
export type Observability = z.output<typeof observability>;
