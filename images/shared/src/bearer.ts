import { createPublicKey } from "node:crypto";
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { AgentError } from "./errors.ts";

/** Who called, by his token. */
export interface Caller {
  /** Claim `sub`. */
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

export interface TokensOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer publishes its keys; kept for 10 minutes, read again when a key id is unknown. */
  readonly jwksUrl?: string;
  /** Or its one public key, PEM (SPKI). */
  readonly publicKey?: string;
  /** How far clocks may differ; default 60. */
  readonly clockToleranceSeconds?: number;
}

/** Signatures by a shared secret are not among them: a public key could be passed off as one. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** Longer headers are no token. */
const LONGEST_TOKEN = 16_384;

/** Checks bearer tokens: JWT with signature, issuer, audience, subject and life. */
export class Tokens {
  readonly #options: TokensOptions;
  readonly #key: JWTVerifyGetKey;

  /** @throws Error when neither or both of jwksUrl and publicKey are given, or publicKey is no key */
  constructor(options: TokensOptions) {
    if ((options.jwksUrl === undefined) === (options.publicKey === undefined)) {
      throw new Error("tokens are checked by a JWKS URL or by a public key: give one of the two");
    }
    this.#options = options;
    if (options.jwksUrl === undefined) {
      const key = createPublicKey(options.publicKey ?? "");
      this.#key = async () => key;
    } else {
      this.#key = createRemoteJWKSet(new URL(options.jwksUrl), { timeoutDuration: 5_000, cooldownDuration: 10_000 });
    }
  }

  /**
   * The caller that the header `Authorization: Bearer <JWT>` names.
   *
   * @throws AgentError 401 Unauthenticated with what is wrong, 503 TokenKeysUnavailable when the issuer's keys cannot be read
   */
  async verify(authorization: string | undefined): Promise<Caller> {
    const claims = await this.#claims(tokenOf(authorization));
    if (claims.sub === undefined || claims.sub === "") throw unauthenticated("its claim sub is missing");
    return { subject: claims.sub, claims };
  }

  async #claims(token: string): Promise<JWTPayload> {
    const { issuer, audience, clockToleranceSeconds = 60 } = this.#options;
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ["exp"],
      });
      return payload;
    } catch (cause) {
      throw refusal(cause);
    }
  }
}

function tokenOf(authorization: string | undefined): string {
  if (authorization === undefined) throw unauthenticated("the header Authorization: Bearer <token> is missing", false);
  if (authorization.length > LONGEST_TOKEN) throw unauthenticated("it is too long");
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw unauthenticated("the header Authorization is not of the form Bearer <token>", false);
  return token;
}

function refusal(cause: unknown): AgentError {
  if (cause instanceof errors.JWTExpired) return unauthenticated("it has expired", true, cause);
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return unauthenticated(
      `its claim ${cause.claim} is ${cause.reason === "missing" ? "missing" : "not the one that is wanted"}`,
      true,
      cause,
    );
  }
  if (cause instanceof errors.JWSSignatureVerificationFailed)
    return unauthenticated("its signature is wrong", true, cause);
  if (cause instanceof errors.JWKSNoMatchingKey) return unauthenticated("its key is none of the issuer's", true, cause);
  if (cause instanceof errors.JOSEAlgNotAllowed) return unauthenticated("its algorithm is not allowed", true, cause);
  if (cause instanceof errors.JWTInvalid || cause instanceof errors.JWSInvalid || cause instanceof TypeError) {
    return unauthenticated("it is malformed", true, cause);
  }
  const message = "the issuer's keys cannot be read, so that no token can be checked: see that its JWKS URL answers";
  return new AgentError("TokenKeysUnavailable", message, { status: 503, retryAfterSeconds: 5, cause });
}

function unauthenticated(reason: string, token = true, cause?: unknown): AgentError {
  const message = token ? `the bearer token is refused: ${reason}` : reason;
  return new AgentError("Unauthenticated", message, { status: 401, cause });
}
