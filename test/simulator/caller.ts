import type { WireRequest } from "./codec/wire.ts";
import { expired, unknownKey } from "./faults/wording.ts";
import { AwsError } from "./operation.ts";
import { sessions } from "./sessions.ts";
import type { World } from "./world.ts";

/** Who signed a request, for which service and region: the credential scope of Signature Version 4. */
export interface Signature {
  readonly accessKeyId: string;
  readonly region: string;
  /** Signing name. */
  readonly service: string;
  readonly sessionToken: string | undefined;
}

export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly principal: string;
  readonly accessKeyId: string;
}

const SCOPE = /^(?<accessKeyId>[^/]+)\/\d{8}\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request$/;

/** Of the Authorization header, or of a presigned URL. Undefined when the request is not signed. */
export function signatureOf(request: WireRequest): Signature | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(request.headers.authorization ?? "")?.[1] ?? request.query.get("X-Amz-Credential");
  const { accessKeyId, region, service } = SCOPE.exec(credential ?? "")?.groups ?? {};
  if (!accessKeyId || !region || !service) return undefined;
  const sessionToken =
    request.headers["x-amz-security-token"] ?? request.query.get("X-Amz-Security-Token") ?? undefined;
  return { accessKeyId, region, service, sessionToken };
}

/**
 * Whose credentials they are: an access key id of twelve digits is the root of the account of that number, any other
 * must be a session that STS has handed out here. Secret keys and signatures are not checked.
 *
 * @throws the service's error for an unknown key or an expired session
 */
export function callerOf(world: World, signature: Signature): Caller {
  const { accessKeyId, region, service } = signature;
  if (/^\d{12}$/.test(accessKeyId)) {
    return { account: accessKeyId, region, accessKeyId, principal: `arn:aws:iam::${accessKeyId}:root` };
  }
  const session = sessions(world).get(accessKeyId);
  if (!session || session.sessionToken !== signature.sessionToken) throw unknownKey(service);
  if (session.expiresAt <= world.clock.now()) throw expired(service);
  return { account: session.account, region, accessKeyId, principal: session.principal };
}

/** IAM, "Common Error Types". */
export const unsigned = (): AwsError => new AwsError("MissingAuthenticationToken", "Missing Authentication Token", 403);
