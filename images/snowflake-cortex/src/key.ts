import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from "node:crypto";
import { AgentError, keepSecret, type SecretValue } from "@agentorchestrator/shared";
import { z } from "zod";
import type { Config } from "./config.ts";

/** A private key that was read and understood. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  /** PKCS #8, not encrypted, for the driver. */
  readonly pem: string;
  /** `SHA256:` and the digest of the public key in base64: RSA_PUBLIC_KEY_FP of DESCRIBE USER. */
  readonly fingerprint: string;
  /** 32 bytes that only holders of the key know, the same on every replica. */
  derive(purpose: string): Buffer;
}

/**
 * @param pem PKCS #1 or PKCS #8, encrypted or not; `\n` may stand for line ends, as where a PEM was made one line
 * @throws AgentError 500 PrivateKeyInvalid; nothing of the key is quoted
 */
export function keyPairOf(pem: string, passphrase?: string): KeyPair {
  keepSecret(pem);
  const privateKey = parse(pem.replaceAll("\\n", "\n").trim(), passphrase);
  if (privateKey.asymmetricKeyType !== "rsa") throw invalid(`it is of type ${privateKey.asymmetricKeyType}, not RSA`);
  const plain = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  keepSecret(plain);
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
  const fingerprint = `SHA256:${createHash("sha256").update(publicKey).digest("base64")}`;
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync("sha256", privateKey.export({ type: "pkcs8", format: "der" }), "", purpose, 32));
  return { privateKey, pem: plain, fingerprint, derive };
}

function parse(key: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key, format: "pem", ...(passphrase && { passphrase }) });
  } catch {
    if (!passphrase && /ENCRYPTED/.test(key)) throw invalid("it is encrypted, and no passphrase is given");
    throw invalid(passphrase ? "it is no PEM, or the passphrase does not fit" : "it is no private key in PEM");
  }
}

function invalid(why: string): AgentError {
  const message = `Snowflake's private key cannot be used: ${why}. Put an RSA key in PEM under privateKey of the Secret, and its passphrase under privateKeyPassphrase`;
  return new AgentError("PrivateKeyInvalid", message, { status: 500, retryable: false });
}

/** What the operator copies from the Secret: keys in camelCase or snake_case. */
const secretFields = z
  .object({
    privateKey: z.string().optional(),
    private_key: z.string().optional(),
    privateKeyPassphrase: z.string().optional(),
    private_key_passphrase: z.string().optional(),
  })
  .transform((fields) => ({
    key: fields.privateKey ?? fields.private_key,
    passphrase: fields.privateKeyPassphrase ?? fields.private_key_passphrase,
  }));

/** The key in force: from Secrets Manager where the secret is wired, so that a rotated key needs no restart. */
export class Keys {
  readonly #config: Config;
  readonly #secret: SecretValue | undefined;
  #parsed: { readonly key: string; readonly passphrase: string | undefined; readonly pair: KeyPair } | undefined;

  /** @param secret of SNOWFLAKE_SECRET_ARN, when set */
  constructor(config: Config, secret: SecretValue | undefined) {
    this.#config = config;
    this.#secret = secret;
  }

  /** @throws AgentError SecretUnavailable, SecretMalformed or PrivateKeyInvalid */
  async current(): Promise<KeyPair> {
    const { key, passphrase } = await this.#read();
    if (!key) throw invalid(`the secret ${this.#config.SNOWFLAKE_SECRET_ARN} has no privateKey`);
    if (this.#parsed?.key !== key || this.#parsed.passphrase !== passphrase) {
      if (passphrase) keepSecret(passphrase);
      this.#parsed = { key, passphrase, pair: keyPairOf(key, passphrase) };
    }
    return this.#parsed.pair;
  }

  /** Snowflake refused the key: the next caller reads it anew. */
  refused(): void {
    this.#secret?.invalidate();
  }

  async #read(): Promise<{ key?: string | undefined; passphrase?: string | undefined }> {
    if (this.#secret) return this.#secret.json(secretFields);
    return { key: this.#config.SNOWFLAKE_PRIVATE_KEY, passphrase: this.#config.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE };
  }
}
