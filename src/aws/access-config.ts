import { parse } from "yaml";
import { z } from "zod";

/** What the namespaces that an entry stands for may use. */
const entry = z
  .strictObject({
    account: z
      .string()
      .regex(/^\d{12}$/, "must be the 12 digits of an AWS account, in quotes")
      .describe("Account that the resources are made in."),
    roleArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, "must be the ARN of an IAM role")
      .optional()
      .describe("Role that the operator assumes; without one it acts with its own credentials."),
    externalId: z
      .string()
      .regex(/^[\w+=,.@:/-]{2,1224}$/, "must be 2 to 1224 letters, digits or +=,.@:/-")
      .optional()
      .describe("External id that the role's trust policy asks for."),
    regions: z
      .array(z.string().regex(/^(\*|[a-z]{2,}(-[a-z]+)+-\d+)$/, 'must be regions, or "*" for all'))
      .min(1, 'must name regions, or "*" for all'),
  })
  .superRefine(({ account, roleArn, externalId }, context) => {
    if (roleArn !== undefined && roleArn.split(":")[4] !== account) {
      context.addIssue({ code: "custom", path: ["roleArn"], message: `must be a role of account ${account}` });
    }
    if (externalId !== undefined && roleArn === undefined) {
      context.addIssue({ code: "custom", path: ["externalId"], message: "has a meaning only with roleArn" });
    }
  });

const config = z.strictObject({
  namespaces: z.record(
    z.string().regex(/^[a-z0-9*-]{1,63}$/, "must be a namespace; * stands for any characters"),
    entry,
  ),
  endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Instead of AWS's own endpoints: tests and demonstrations."),
});

/**
 * The cluster admin's word on what may be used in AWS by which namespace. `namespaces` has an entry by namespace; `*`
 * in a name stands for any characters, and "*" alone for all others. A namespace that no entry covers may use nothing.
 */
export type AccessConfig = z.output<typeof config>;
export type AccessEntry = AccessConfig["namespaces"][string];

/**
 * Reads the configuration, YAML or JSON. `file` is for messages only.
 * @throws an Error with one line for each fault: file, path, what it must be.
 */
export function parseAccessConfig(text: string, file: string): AccessConfig {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
  const parsed = config.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${file}: ${path.join(".") || "(whole)"}: ${message}`);
  throw new Error(faults.join("\n"));
}

/** The entry for a namespace: its own, else the one whose pattern has the most characters besides `*`. */
export function entryFor(config: AccessConfig, namespace: string): AccessEntry | undefined {
  const own = config.namespaces[namespace];
  if (own) return own;
  const fitting = Object.entries(config.namespaces)
    .filter(([pattern]) => matches(pattern, namespace))
    .sort(([a], [b]) => b.replaceAll("*", "").length - a.replaceAll("*", "").length || a.localeCompare(b));
  return fitting[0]?.[1];
}

function matches(pattern: string, namespace: string): boolean {
  return new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(namespace);
}
