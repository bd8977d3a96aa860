import { z } from "zod";
import { objectName } from "./common.ts";
import { ruled } from "./rule.ts";

export const langfuseCloud = "https://cloud.langfuse.com";

/** Major version that the variables of images/langfuse/variables.json are documented for. */
const version = "4";

const image = (repository: string) =>
  z.strictObject({
    repository: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[a-z0-9][a-z0-9._:/-]*[a-z0-9]$/)
      .default(repository)
      .describe("Registry and repository without a tag."),
    tag: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/)
      .default(version)
      .describe("Tag of the image. Not looked at when digest is set."),
    digest: z
      .string()
      .max(71)
      .regex(/^sha256:[a-f0-9]{64}$/)
      .optional()
      .describe("Digest of the image: pins exactly this one. Set it in production, for web and worker of one version."),
  });

const host = z
  .string()
  .min(3)
  .max(128)
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/);

const clickhouse = z.strictObject({
  url: z
    .string()
    .max(256)
    .regex(/^https?:\/\/[a-z0-9.-]+(:[0-9]{1,5})?$/)
    .describe("HTTP address of ClickHouse 25.12 or newer: https://x.eu-west-1.aws.clickhouse.cloud:8443."),
  migrationUrl: z
    .string()
    .max(256)
    .regex(/^clickhouse:\/\/[a-z0-9.-]+(:[0-9]{1,5})?$/)
    .optional()
    .describe(
      "Address of its native protocol, for migrations. Default: the host of url, port 9440 with https, else 9000.",
    ),
  database: z
    .string()
    .min(1)
    .max(63)
    .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/)
    .default("default")
    .describe("Database in ClickHouse."),
  cluster: z
    .boolean()
    .default(false)
    .describe(
      "Whether statements run ON CLUSTER: true for replicas that you run yourself, false for one server and for ClickHouse Cloud.",
    ),
  secretRef: z
    .strictObject({ name: objectName.describe("Name of the Secret, in the namespace of the AgentOrchestrator.") })
    .describe("Kubernetes Secret with the keys user and password; the password of letters, digits, - and _ only."),
});

const selfHosted = ruled(
  z.strictObject({
    clickhouse: clickhouse.describe("Where traces are kept: a ClickHouse of your own, or ClickHouse Cloud."),
    web: z
      .strictObject({
        image: image("docker.io/langfuse/langfuse").prefault({}).describe("What its tasks run."),
        replicas: z
          .int32()
          .min(1)
          .max(20)
          .default(1)
          .describe("Tasks that shall run; two or more to survive the loss of one."),
        ingress: z
          .strictObject({
            host: host.describe("Host name of its own; the certificate of access.domain must cover it."),
          })
          .optional()
          .describe("People reach it through the load balancer. Default: only from inside the VPC."),
      })
      .prefault({})
      .describe("Receives traces and shows them: port 3000, 2 vCPU and 4 GiB a task."),
    worker: z
      .strictObject({
        image: image("docker.io/langfuse/langfuse-worker").prefault({}).describe("What its tasks run."),
        replicas: z.int32().min(1).max(20).default(1).describe("Tasks that shall run."),
      })
      .prefault({})
      .describe("Writes what was received to ClickHouse: 2 vCPU and 4 GiB a task."),
    adminEmail: z
      .string()
      .min(3)
      .max(254)
      .regex(/^[^@\s"]+@[a-zA-Z0-9.-]+$/)
      .optional()
      .describe("Address of the first user, who owns the organization; the password is generated. Default: none."),
    signUp: z
      .boolean()
      .default(false)
      .describe("Whether whoever reaches it can make an account; without, only those that exist can log in."),
  }),
  {
    cel: "!has(self.web.ingress) || has(self.adminEmail) || self.signUp",
    message: "with web.ingress people reach it, and nobody could log in: set adminEmail, or signUp to true",
    holds: ({ web, adminEmail, signUp }) => web.ingress === undefined || adminEmail !== undefined || signUp,
  },
);
export type SelfHostedLangfuse = z.output<typeof selfHosted>;

export const langfuse = ruled(
  z.strictObject({
    mode: z
      .enum(["Cloud", "SelfHosted", "None"])
      .default("None")
      .describe(
        "Where agents that use the component langfuse send traces: Cloud to host, SelfHosted to a Langfuse that the operator runs in the VPC. None sends nothing.",
      ),
    host: z
      .string()
      .max(256)
      .regex(/^https:\/\/[a-z0-9.-]+(:[0-9]+)?$/)
      .default(langfuseCloud)
      .describe(
        "Address of Langfuse in mode Cloud: its region (https://us.cloud.langfuse.com), or a server of your own.",
      ),
    secretRef: z
      .strictObject({ name: objectName.describe("Name of the Secret, in the namespace of the AgentOrchestrator.") })
      .optional()
      .describe(
        "Kubernetes Secret with the keys publicKey and secretKey of a Langfuse project. Needed with mode Cloud; SelfHosted makes its own.",
      ),
    selfHosted: selfHosted
      .optional()
      .describe("The Langfuse that the operator runs. Needed with mode SelfHosted, not looked at in other modes."),
  }),
  {
    cel: "self.mode != 'Cloud' || has(self.secretRef)",
    message: "mode Cloud needs the project's keys: set secretRef to a Secret with publicKey and secretKey",
    holds: (value) => value.mode !== "Cloud" || value.secretRef !== undefined,
  },
  {
    cel: "self.mode != 'SelfHosted' || has(self.selfHosted)",
    message: "mode SelfHosted needs selfHosted, at the least selfHosted.clickhouse: set it",
    holds: (value) => value.mode !== "SelfHosted" || value.selfHosted !== undefined,
  },
);

/** The Langfuse that is to run here; undefined in other modes. */
export function selfHostedLangfuse(of: z.output<typeof langfuse>): SelfHostedLangfuse | undefined {
  return of.mode === "SelfHosted" ? of.selfHosted : undefined;
}
