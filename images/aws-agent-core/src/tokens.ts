import { Tokens } from "@agentorchestrator/shared";
import type { Config } from "./config.ts";

/** What checks callers' tokens; undefined where none is configured, and everybody is let in. */
export function tokensOf({ AUTH_ISSUER, AUTH_AUDIENCE, AUTH_JWKS_URL, AUTH_PUBLIC_KEY }: Config): Tokens | undefined {
  if (AUTH_ISSUER === undefined || AUTH_AUDIENCE === undefined) return undefined;
  return new Tokens({
    issuer: AUTH_ISSUER,
    audience: AUTH_AUDIENCE,
    ...(AUTH_JWKS_URL !== undefined && { jwksUrl: AUTH_JWKS_URL }),
    ...(AUTH_PUBLIC_KEY !== undefined && { publicKey: AUTH_PUBLIC_KEY }),
  });
}
