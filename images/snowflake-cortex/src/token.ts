import { SignJWT } from "jose";
import type { Account } from "./account.ts";
import type { KeyPair, Keys } from "./key.ts";

/** Snowflake takes no token that lives longer than an hour. */
const LIFETIME_SECONDS = 50 * 60;
/** A token is used no longer when this little of its life is left, so that none ends on the way. */
const SPARE_SECONDS = 5 * 60;

/**
 * A key-pair token: RS256, `iss` ACCOUNT.USER.SHA256:fingerprint, `sub` ACCOUNT.USER.
 * https://docs.snowflake.com/en/developer-guide/snowflake-rest-api/authentication
 *
 * @param now seconds since the epoch
 */
export async function signToken(account: Account, user: string, pair: KeyPair, now: number): Promise<string> {
  const subject = `${account.name}.${user.toUpperCase()}`;
  return new SignJWT()
    .setProtectedHeader({ alg: "RS256", typ: "JWT" })
    .setIssuer(`${subject}.${pair.fingerprint}`)
    .setSubject(subject)
    .setIssuedAt(now)
    .setExpirationTime(now + LIFETIME_SECONDS)
    .sign(pair.privateKey);
}

/** Tokens for Snowflake's REST services: one is kept for most of its life, and given up when the key changes. */
export class KeyPairTokens {
  readonly #account: Account;
  readonly #user: string;
  readonly #keys: Keys;
  #token: { readonly text: string; readonly fingerprint: string; readonly until: number } | undefined;

  constructor(account: Account, user: string, keys: Keys) {
    this.#account = account;
    this.#user = user;
    this.#keys = keys;
  }

  /** @throws AgentError when the key cannot be had */
  async current(): Promise<string> {
    const pair = await this.#keys.current();
    const now = Math.floor(Date.now() / 1_000);
    if (this.#token?.fingerprint === pair.fingerprint && now < this.#token.until) return this.#token.text;
    const text = await signToken(this.#account, this.#user, pair, now);
    this.#token = { text, fingerprint: pair.fingerprint, until: now + LIFETIME_SECONDS - SPARE_SECONDS };
    return text;
  }

  /** Snowflake refused the token: the next caller signs anew, with the key read anew. */
  refused(): void {
    this.#token = undefined;
    this.#keys.refused();
  }
}
