import { baseConfig, peerUrl, wholeNumber } from "@agentorchestrator/shared";
import { z } from "zod";

const database = "wired by uses: [{ component: database }]";
const artifacts = "wired by uses: [{ component: artifacts }]";
const own = "may be set in the agent's env";

/** A number that need not be whole, so that tests and trials can be quick. */
const amount = (most: number) =>
  z
    .string()
    .regex(/^\d{1,9}(\.\d{1,9})?$/, `has to be a number above 0 and up to ${most}`)
    .transform(Number)
    .refine((value) => value > 0 && value <= most, `has to be a number above 0 and up to ${most}`);

/** The environment of this agent: docs/wiring.md, and what may be set in the agent's env. */
export const schema = z
  .object({
    ...baseConfig,
    DATABASE_HOST: z.string().describe(`host of PostgreSQL; ${database}`),
    DATABASE_PORT: wholeNumber(1, 65_535).default(5432).describe(`its port; ${database}`),
    DATABASE_NAME: z.string().describe(`database in it; ${database}`),
    DATABASE_SSLMODE: z
      .enum(["disable", "require", "verify-full"])
      .default("require")
      .describe(`whether connections are encrypted; ${database}`),
    DATABASE_CA_FILE: z
      .string()
      .optional()
      .describe(`file with the certificates (PEM) that the server's must come from, which is then checked; ${own}`),
    DATABASE_SECRET_ARN: z.string().describe(`secret with the user's name and password; ${database}`),
    DATABASE_POOL_SIZE: wholeNumber(2, 200)
      .default(10)
      .describe(`connections at most, besides one that listens; ${own}`),
    ARTIFACTS_BUCKET: z
      .string()
      .optional()
      .describe(`bucket for the results of steps, which are kept in the database alone without one; ${artifacts}`),
    ARTIFACTS_PREFIX: z.string().default("artifacts/").describe(`what their keys begin with; ${artifacts}`),
    BEDROCK_MODELS: z
      .string()
      .transform((list) => list.split(",").map((model) => model.trim()))
      .pipe(z.array(z.string().min(1)).min(1))
      .optional()
      .describe("models, with commas between; the first is asked; wired by bedrock.models"),
    AWS_AGENT_CORE_URL: peerUrl("aws-agent-core").optional(),
    EVENT_BUS_NAME: z
      .string()
      .optional()
      .describe(
        "bus for events of workflows, which are told to nobody without one; wired by uses: [{ component: events }]",
      ),
    APPROVAL_TIMEOUT_HOURS: amount(8_760).default(24).describe(`time to decide; ${own}`),
    CALLBACK_TIMEOUT_MINUTES: amount(43_200).default(60).describe(`time for an agent elsewhere to do a step; ${own}`),
    RETENTION_DAYS: amount(3_650).default(90).describe(`after which ended workflows are removed; ${own}`),
    MAX_CONCURRENT_WORKFLOWS: wholeNumber(1, 1_000).default(16).describe(`workflows in hand at once, a task; ${own}`),
    LEASE_SECONDS: amount(600).default(30).describe(`silence after which a task is taken for dead; ${own}`),
    POLL_SECONDS: amount(60).default(1).describe(`how often work is looked for when nobody tells of any; ${own}`),
    SWEEP_SECONDS: amount(3_600).default(10).describe(`how often timeouts and retention are looked at; ${own}`),
    MODEL_TIMEOUT_SECONDS: amount(3_600).default(180).describe(`time for a model's answer; ${own}`),
    MODEL_MAX_TOKENS: wholeNumber(1, 200_000).default(4_096).describe(`longest answer of a model; ${own}`),
    MODEL_BAD_ANSWERS: wholeNumber(1, 100).default(4).describe(`answers without use after which a step fails; ${own}`),
    RETRY_SECONDS: amount(600).default(2).describe(`wait before a step is tried again, doubled each time; ${own}`),
    RETRY_MAX_SECONDS: amount(3_600).default(120).describe(`longest such wait; ${own}`),
    STEP_TIMEOUT_HOURS: amount(8_760).default(24).describe(`time after which a step is not tried again; ${own}`),
    MAX_CRASHES: wholeNumber(1, 1_000)
      .default(20)
      .describe(`tasks that may die in a row during one step before it fails; ${own}`),
    REPORT_URL_SECONDS: wholeNumber(1, 604_800).default(900).describe(`life of a report's presigned URL; ${own}`),
    GRPC_PORT: wholeNumber(0, 65_535).default(50_051).describe("port of the gRPC door; wired by grpcPort of the agent"),
    APPROVAL_ISSUER: z.string().optional().describe(`issuer (iss) of approvers' tokens; ${own}`),
    APPROVAL_AUDIENCE: z.string().optional().describe(`audience (aud) of approvers' tokens; ${own}`),
    APPROVAL_JWKS_URL: z.url().optional().describe(`where the issuer publishes its keys; ${own}`),
    APPROVAL_PUBLIC_KEY: z.string().optional().describe(`or its public key (PEM); ${own}`),
    APPROVAL_CLAIM: z.string().default("roles").describe(`claim that says what a caller may; ${own}`),
    APPROVAL_CLAIM_VALUE: z.string().default("workflow-approver").describe(`what it has to contain; ${own}`),
  })
  .superRefine((config, context) => {
    const wrong = (name: string, message: string) => context.addIssue({ code: "custom", path: [name], message });
    if (config.BEDROCK_MODELS === undefined && config.AWS_AGENT_CORE_URL === undefined)
      wrong("BEDROCK_MODELS", "is missing, and so is AWS_AGENT_CORE_URL: one of them says which model is asked");
    const keys = [config.APPROVAL_JWKS_URL, config.APPROVAL_PUBLIC_KEY].filter((key) => key !== undefined).length;
    const named = [config.APPROVAL_ISSUER, config.APPROVAL_AUDIENCE].filter((name) => name !== undefined).length;
    if (keys + named === 0 || (keys === 1 && named === 2)) return;
    const message =
      "approvers' tokens need APPROVAL_AUDIENCE beside it, and exactly one of APPROVAL_JWKS_URL and APPROVAL_PUBLIC_KEY";
    wrong("APPROVAL_ISSUER", message);
  });

export type Config = z.output<typeof schema>;
