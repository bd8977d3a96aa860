import { selfHostedLangfuse } from "../api/langfuse.ts";
import type { RandomValue } from "../kinds/secretsmanager/secret.ts";
import { text } from "./ref.ts";
import type { Scope } from "./scope.ts";
import { addCopy, clickhouseKeys, type SecretPart } from "./secrets.ts";

/** What a Langfuse that runs here is given; each a secret of its own, so that agents are near no more than they need. */
export interface LangfuseSecrets {
  /** publicKey and secretKey of the project: what agents send traces with. */
  readonly keys: SecretPart;
  /** salt, encryptionKey, sessionSecret, databasePassword, adminPassword: what only Langfuse itself knows. */
  readonly server: SecretPart;
  /** user and password. */
  readonly clickhouse: SecretPart;
}

/** Hexadecimal throughout: Langfuse puts passwords into URLs as they are. `openssl rand -hex 32` is 32 bytes. */
const random = (bytes: number, prefix = ""): RandomValue => ({ prefix, bytes });

/** The secrets of a Langfuse that runs here, made at random once and kept as data is: undefined in other modes. */
export function addLangfuseSecrets(scope: Scope): LangfuseSecrets | undefined {
  const langfuse = selfHostedLangfuse(scope.spec.observability.langfuse);
  if (!langfuse) return undefined;
  return {
    keys: addGenerated(scope, "keys", "Keys of the project in Langfuse that agents send traces to", {
      publicKey: random(16, "pk-lf-"),
      secretKey: random(32, "sk-lf-"),
    }),
    server: addGenerated(scope, "server", "What Langfuse encrypts and signs with: without it its data cannot be read", {
      salt: random(32),
      encryptionKey: random(32),
      sessionSecret: random(32),
      databasePassword: random(32),
      adminPassword: random(16, "Lf-"),
    }),
    clickhouse: addCopy(scope, {
      id: "langfuse/clickhouse",
      part: "langfuse-clickhouse",
      from: langfuse.clickhouse.secretRef.name,
      keys: clickhouseKeys,
    }),
  };
}

function addGenerated(
  scope: Scope,
  id: string,
  description: string,
  generate: Readonly<Record<string, RandomValue>>,
): SecretPart {
  const name = scope.names.part(`langfuse-${id}`);
  const { secretArn, currentVersion } = scope.add(
    "AWS::SecretsManager::Secret",
    `langfuse/${id}`,
    { description, generate },
    { name, fact: "SecretsReady" },
  );
  return {
    pattern: scope.arn("secretsmanager", `secret:${name}-??????`),
    arn: secretArn,
    keys: Object.keys(generate),
    // A value that a person writes in its place is another version, and reaches running tasks by a rollout.
    valueFrom: (key = "") => text`${secretArn}:${key}::${currentVersion}`,
  };
}
