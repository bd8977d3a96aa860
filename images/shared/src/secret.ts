import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { z } from "zod";
import { AgentError } from "./errors.ts";
import { isSecretName, keepSecret } from "./redact.ts";

/** RDS takes minutes between a new password and the end of the old one's life; a minute's age is safe. */
const MAX_AGE_MS = 60_000;

/**
 * A value in Secrets Manager, read when asked: RDS rotates passwords, and ECS injects a value only at start. A value is
 * kept for at most 60 s; callers at once share one read; after `invalidate` (the password was refused) it is read anew.
 */
export class SecretValue {
  readonly #client: SecretsManagerClient;
  readonly #arn: string;
  #read: { readonly at: number; readonly text: Promise<string> } | undefined;

  constructor(client: SecretsManagerClient, arn: string) {
    this.#client = client;
    this.#arn = arn;
  }

  /**
   * The value parsed as JSON and checked by `schema`.
   *
   * @throws AgentError 503 SecretUnavailable when it cannot be read, 500 SecretMalformed when it is not of that shape
   */
  async json<T>(schema: z.ZodType<T>): Promise<T> {
    const text = await this.text();
    const result = schema.safeParse(parsed(text));
    if (result.success) return result.data;
    const fields = result.error.issues.map(({ path }) => path.join(".") || "(the whole)").join(", ");
    const message = `the secret ${this.#arn} is not of the expected shape, see its field ${fields}: correct its value`;
    throw new AgentError("SecretMalformed", message, { status: 500, retryable: false });
  }

  /** The value as it is. @throws AgentError 503 SecretUnavailable */
  async text(): Promise<string> {
    if (this.#read === undefined || performance.now() - this.#read.at >= MAX_AGE_MS) {
      const read = { at: performance.now(), text: this.#fetch() };
      this.#read = read;
      read.text.catch(() => {
        if (this.#read === read) this.#read = undefined;
      });
    }
    return this.#read.text;
  }

  /** Makes the next caller read it anew. */
  invalidate(): void {
    this.#read = undefined;
  }

  async #fetch(): Promise<string> {
    const answer = await this.#client
      .send(new GetSecretValueCommand({ SecretId: this.#arn }))
      .catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.name : "unknown error";
        const remedy = remedies[reason] ?? "try again; when it stays, see that Secrets Manager can be reached";
        const message = `the secret ${this.#arn} cannot be read (${reason}): ${remedy}`;
        throw new AgentError("SecretUnavailable", message, { status: 503, cause });
      });
    const text = answer.SecretString ?? Buffer.from(answer.SecretBinary ?? []).toString("utf8");
    keepValues(text);
    return text;
  }
}

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html, and the SDK's own */
const remedies: Readonly<Record<string, string>> = {
  AccessDeniedException: "the task role needs secretsmanager:GetSecretValue on it",
  CredentialsProviderError: "the task has no credentials: see that it has a task role",
  ResourceNotFoundException: "there is no such secret in this region",
  InvalidRequestException: "it is marked for deletion: restore it",
  DecryptionFailure: "the task role needs kms:Decrypt on the secret's key",
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of JSON the fields whose names say secret, or else the whole text. */
function keepValues(text: string): void {
  const value = parsed(text);
  if (typeof value !== "object" || value === null) keepSecret(text);
  for (const [name, field] of Object.entries(value ?? {})) {
    if (isSecretName(name) && typeof field === "string") keepSecret(field);
  }
}
