import { z } from "zod";
import { objectName } from "./common.ts";
import { ruled } from "./rule.ts";

/** Days that CloudWatch Logs can keep a group. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

export const langfuseCloud = "https://cloud.langfuse.com";

const langfuse = ruled(
  z.strictObject({
    mode: z
      .enum(["Cloud", "None"])
      .default("None")
      .describe("Cloud sends traces of agents that use the component langfuse to Langfuse. None sends nothing."),
    host: z
      .string()
      .max(256)
      .regex(/^https:\/\/[a-z0-9.-]+(:[0-9]+)?$/)
      .default(langfuseCloud)
      .describe("Address of Langfuse: its region (https://us.cloud.langfuse.com), or a server of your own."),
    secretRef: z
      .strictObject({ name: objectName.describe("Name of the Secret, in the namespace of the AgentOrchestrator.") })
      .optional()
      .describe(
        "Kubernetes Secret with the keys publicKey and secretKey of a Langfuse project. Needed with mode Cloud.",
      ),
  }),
  {
    cel: "self.mode != 'Cloud' || has(self.secretRef)",
    message: "mode Cloud needs the project's keys: set secretRef to a Secret with publicKey and secretKey",
    holds: (value) => value.mode !== "Cloud" || value.secretRef !== undefined,
  },
);

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
