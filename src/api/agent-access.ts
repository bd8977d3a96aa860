import { z } from "zod";
import { name, objectName } from "./common.ts";
import { asSet, atMost, ruled } from "./rule.ts";

/** Model ids, inference profile ids, and ARNs of what Bedrock can invoke; no wildcard, so that a role names its models. */
const modelPattern =
  /^(arn:aws[a-z-]*:bedrock:[a-z0-9-]*:[0-9]*:(foundation-model|inference-profile|application-inference-profile|provisioned-model|custom-model-deployment|imported-model)\/[A-Za-z0-9.:_-]+|[a-z0-9-]+(\.[A-Za-z0-9:_-]+)+)$/;

export const bedrock = z.strictObject({
  models: asSet(z.array(z.string().min(3).max(256).regex(modelPattern)).max(20).default([])).describe(
    "Models that the agent may invoke: ids of models or of inference profiles, or ARNs. The account needs access to each.",
  ),
  invokeAgents: z
    .boolean()
    .default(false)
    .describe("Whether the agent may invoke the Bedrock agents of the account in this region."),
});

/** Key of a Kubernetes Secret. https://kubernetes.io/docs/concepts/configuration/secret/ */
const secretKey = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[-._a-zA-Z0-9]+$/);

const source = ruled(
  z.strictObject({
    secretRef: z
      .strictObject({
        name: objectName.describe("Name of the Secret, in the namespace of the AgentOrchestrator."),
        key: secretKey
          .optional()
          .describe("One key of it. Default: all keys, each an environment variable of its own."),
      })
      .optional()
      .describe("A Kubernetes Secret. The operator copies it to AWS Secrets Manager and follows its changes."),
    arn: z
      .string()
      .max(600)
      .regex(/^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$/)
      .optional()
      .describe("Full ARN of a secret that exists in AWS Secrets Manager. The operator only reads its name."),
  }),
  {
    cel: "has(self.secretRef) != has(self.arn)",
    message: "a secret has exactly one source: set either secretRef or arn",
    holds: (from) => (from.secretRef !== undefined) !== (from.arn !== undefined),
  },
);

export const secretEntry = z.strictObject({
  name: name(32).describe(
    "Name of the secret for this agent; in upper case, the name of its environment variable or its prefix.",
  ),
  from: source.describe("Where the value comes from: exactly one of secretRef and arn."),
});

/** Names that the platform sets on every container. */
export const fixedVariables = ["AGENT_NAME", "AWS_REGION", "PORT"] as const;
const injected = ["LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"] as const;
const refused = [...fixedVariables, ...injected] as readonly string[];

export const envVariables = ruled(
  atMost(50, z.record(z.string(), z.string().max(4096))),
  {
    cel: "self.all(k, k.matches('^[A-Za-z_][A-Za-z0-9_]*$') && k.size() <= 128)",
    message:
      "names of environment variables are letters, digits and underscores, 128 at most, and begin with no digit: rename it",
    holds: (env) => Object.keys(env).every((key) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && key.length <= 128),
  },
  {
    cel: `self.all(k, !(k in [${refused.map((key) => `'${key}'`).join(", ")}]))`,
    message: `the platform sets ${refused.join(", ")} itself: remove them from env`,
    holds: (env) => Object.keys(env).every((key) => !refused.includes(key)),
  },
);
