import { AwsError } from "../operation.ts";

/** How a service says what all of them say, each in its own words. */
interface Wording {
  readonly throttle: readonly [code: string, status: number, message: string];
  readonly denied: readonly [code: string, status: number];
  readonly expired: readonly [code: string, status: number];
  readonly unknownKey: readonly [code: string, status: number];
  readonly internal: readonly [code: string, status: number];
  /** A request that breaks the model: enum, pattern, range, length, required. */
  readonly invalid: string;
}

/** "Common Error Types" of the query services' API references. */
const query: Wording = {
  throttle: ["Throttling", 400, "Rate exceeded"],
  denied: ["AccessDenied", 403],
  expired: ["ExpiredToken", 403],
  unknownKey: ["InvalidClientTokenId", 403],
  internal: ["InternalFailure", 500],
  invalid: "ValidationError",
};

/** "Common Error Types" of the JSON services' API references. */
const json: Wording = {
  throttle: ["ThrottlingException", 400, "Rate exceeded"],
  denied: ["AccessDeniedException", 400],
  expired: ["ExpiredTokenException", 400],
  unknownKey: ["UnrecognizedClientException", 400],
  internal: ["InternalFailure", 500],
  invalid: "ValidationException",
};

/** By signing name. Where a service models an error of its own for it, that one. */
const WORDINGS: Readonly<Record<string, Wording>> = {
  // Amazon EC2 API Reference, "Error codes for the Amazon EC2 API"
  ec2: {
    throttle: ["RequestLimitExceeded", 503, "Request limit exceeded."],
    denied: ["UnauthorizedOperation", 403],
    expired: ["RequestExpired", 400],
    unknownKey: ["AuthFailure", 401],
    internal: ["InternalError", 500],
    invalid: "InvalidParameterValue",
  },
  // The guide says ThrottlingException, the wire says Throttling: github.com/boto/boto3/issues/3125
  elasticache: { ...query, invalid: "InvalidParameterValue" },
  elasticloadbalancing: query,
  iam: { ...query, internal: ["ServiceFailure", 500] },
  rds: { ...query, invalid: "InvalidParameterValue" },
  sts: query,
  // Amazon S3 API Reference, "Error responses"
  s3: {
    throttle: ["SlowDown", 503, "Please reduce your request rate."],
    denied: ["AccessDenied", 403],
    expired: ["ExpiredToken", 400],
    unknownKey: ["InvalidAccessKeyId", 403],
    internal: ["InternalError", 500],
    invalid: "InvalidArgument",
  },
  ecs: { ...json, internal: ["ServerException", 500], invalid: "InvalidParameterException" },
  ecr: { ...json, internal: ["ServerException", 500], invalid: "InvalidParameterException" },
  logs: { ...json, internal: ["ServiceUnavailableException", 500], invalid: "InvalidParameterException" },
  secretsmanager: { ...json, internal: ["InternalServiceError", 500] },
  servicediscovery: { ...json, invalid: "InvalidInput" },
  elasticfilesystem: {
    ...json,
    internal: ["InternalServerError", 500],
    unknownKey: ["UnrecognizedClientException", 403],
  },
};

const wordingOf = (service: string): Wording => WORDINGS[service] ?? json;

export function throttled(service: string): AwsError {
  const [code, status, message] = wordingOf(service).throttle;
  return new AwsError(code, message, status);
}

/** IAM User Guide, "Troubleshoot access denied error messages". */
export function denied(service: string, action: string, principal: string): AwsError {
  const [code, status] = wordingOf(service).denied;
  const who = `User: ${principal} is not authorized to perform: ${service}:${action}`;
  const why = `because no identity-based policy allows the ${service}:${action} action`;
  const message =
    service === "ec2" ? `You are not authorized to perform this operation. ${who} ${why}` : `${who} ${why}`;
  return new AwsError(code, message, status);
}

export function expired(service: string): AwsError {
  const [code, status] = wordingOf(service).expired;
  const message = service === "ec2" ? "Request has expired." : "The security token included in the request is expired";
  return new AwsError(code, message, status);
}

export function unknownKey(service: string): AwsError {
  const [code, status] = wordingOf(service).unknownKey;
  const message =
    service === "ec2"
      ? "AWS was not able to validate the provided access credentials"
      : "The security token included in the request is invalid.";
  return new AwsError(code, message, status);
}

export function internal(service: string): AwsError {
  const [code, status] = wordingOf(service).internal;
  return new AwsError(code, "An internal error occurred. Please retry your request.", status);
}

export const invalidCode = (service: string): string => wordingOf(service).invalid;
