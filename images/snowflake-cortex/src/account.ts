/** Where an account is, and how tokens name it. */
export interface Account {
  /** Base URL of the account's services, without a slash at its end. */
  readonly url: string;
  /** As `iss` and `sub` of a key-pair token name it: upper case, without region. */
  readonly name: string;
  /** As the driver takes it. */
  readonly identifier: string;
}

/**
 * @param identifier organization-account, or locator.region(.cloud)
 * @param url instead of the public address, as by PrivateLink
 * https://docs.snowflake.com/en/user-guide/admin-account-identifier: host names have hyphens for underscores;
 * https://docs.snowflake.com/en/developer-guide/sql-api/authenticating: a locator's region is left out of tokens
 */
export function accountOf(identifier: string, url?: string): Account {
  const name = identifier.split(".", 1)[0] ?? identifier;
  const host = identifier.toLowerCase().replaceAll("_", "-");
  return { url: url ?? `https://${host}.snowflakecomputing.com`, name: name.toUpperCase(), identifier };
}
