import { AgentError, type Caller, Tokens } from "@agentorchestrator/shared";

/** Whose tokens are believed, and what they must claim to decide. Exactly one of `jwksUrl` and `publicKey` (PEM). */
export interface ApproverOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUrl?: string;
  readonly publicKey?: string;
  /** Name of the claim; where no claim has that name, dots lead into objects, as in `realm_access.roles`. */
  readonly claim: string;
  /** What the claim must be, or contain: one of a list, or one of the words of a string, as in `scope` (RFC 8693, 4.2). */
  readonly value: string;
}

/** Who may decide on workflows, by a bearer token. Without options nobody may: who is to be believed is not configured. */
export class Approvers {
  readonly #tokens: Tokens | undefined;
  readonly #claim: string;
  readonly #value: string;

  constructor(options: ApproverOptions | undefined) {
    this.#tokens = options && new Tokens(options);
    this.#claim = options?.claim ?? "";
    this.#value = options?.value ?? "";
  }

  /**
   * Subject of a token that may decide.
   *
   * @param authorization the header as it came: `Bearer <JWT>`
   * @throws AgentError 401 Unauthenticated, 403 Forbidden, 503 ApprovalsNotConfigured; the message names the claim that is
   * missing, never the token
   */
  async approver(authorization: string | undefined): Promise<string> {
    if (!this.#tokens) throw notConfigured();
    const { subject, claims } = await this.#tokens.verify(authorization);
    const found = claimOf(claims, this.#claim);
    if (contains(found, this.#value)) return subject;
    const has = found === undefined ? `has no claim "${this.#claim}"` : `has a claim "${this.#claim}" without that`;
    throw new AgentError(
      "Forbidden",
      `deciding needs "${this.#value}" in the claim "${this.#claim}"; the token ${has}`,
      {
        status: 403,
      },
    );
  }

  /**
   * Subject of the token, "anonymous" where none was sent or none can be believed.
   *
   * @throws AgentError 401 Unauthenticated: a token that is sent must be good
   */
  async caller(authorization: string | undefined): Promise<string> {
    if (authorization === undefined || !this.#tokens) return "anonymous";
    return (await this.#tokens.verify(authorization)).subject;
  }
}

const notConfigured = (): AgentError =>
  new AgentError(
    "ApprovalsNotConfigured",
    "nobody can decide yet: set APPROVAL_ISSUER, APPROVAL_AUDIENCE and one of APPROVAL_JWKS_URL and APPROVAL_PUBLIC_KEY in the env of this agent",
    { status: 503, retryable: false },
  );

function claimOf(claims: Caller["claims"], name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split(".").reduce<unknown>((value, part) => {
    return typeof value === "object" && value !== null && Object.hasOwn(value, part)
      ? (value as Record<string, unknown>)[part]
      : undefined;
  }, claims);
}

function contains(claim: unknown, value: string): boolean {
  if (Array.isArray(claim)) return claim.includes(value);
  return typeof claim === "string" && (claim === value || claim.split(" ").includes(value));
}
