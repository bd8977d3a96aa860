import { expect, describe as group, test } from "vitest";
import {
  classify,
  describe,
  type ErrorClass,
  effectUnknown,
  failedIn,
  isNotFound,
  parseDenied,
  redact,
  StillWorking,
  TerminalError,
} from "./errors.ts";

function aws(name: string, message = "", status = 400): Error {
  return Object.assign(new Error(message), {
    name,
    $fault: status < 500 ? "client" : "server",
    $metadata: { httpStatusCode: status, requestId: "req-1" },
  });
}

const table: readonly [ErrorClass, string, string?, number?][] = [
  ["notFound", "InvalidVpcID.NotFound"],
  ["notFound", "InvalidGroup.NotFound"],
  ["notFound", "InvalidPermission.NotFound"],
  ["notFound", "NatGatewayNotFound"],
  ["notFound", "Gateway.NotAttached"],
  ["notFound", "DBInstanceNotFoundFault", "", 404],
  ["notFound", "DBInstanceNotFound", "", 404],
  ["notFound", "NoSuchEntityException", "", 404],
  ["notFound", "NoSuchBucketPolicy", "", 404],
  ["notFound", "NotFound", "", 404],
  ["notFound", "ServiceNotActiveException"],
  ["notFound", "ClientException", "Unable to describe task definition."],
  ["conflict", "RouteAlreadyExists"],
  ["conflict", "InvalidGroup.Duplicate"],
  ["conflict", "InvalidPermission.Duplicate"],
  ["conflict", "InvalidSubnet.Conflict"],
  ["conflict", "DuplicateListenerException"],
  ["conflict", "DBInstanceAlreadyExistsFault"],
  ["notFound", "ReplicationGroupNotFoundFault", "", 404],
  ["notFound", "CacheSubnetGroupNotFoundFault"],
  ["conflict", "CacheSubnetGroupAlreadyExistsFault"],
  ["conflict", "BucketAlreadyOwnedByYou", "", 409],
  ["conflict", "ResourceExistsException"],
  ["conflict", "InvalidRequestException", "a secret with this name is already scheduled for deletion."],
  ["dependency", "DependencyViolation"],
  ["dependency", "DeleteConflictException", "", 409],
  ["dependency", "CacheSubnetGroupInUse"],
  ["dependency", "BucketNotEmpty", "", 409],
  ["dependency", "ResourceInUseException"],
  ["dependency", "InvalidGroup.InUse"],
  ["dependency", "ClusterContainsServicesException"],
  ["dependency", "FileSystemInUse", "", 409],
  ["throttle", "RequestLimitExceeded", "", 503],
  ["throttle", "APICallRateForCustomerExceededFault"],
  ["throttle", "Throttling", "Rate exceeded"],
  ["throttle", "ThrottlingException", "Rate exceeded"],
  ["throttle", "SlowDown", "", 503],
  ["throttle", "ClientException", "Rate exceeded"],
  ["throttle", "SomethingNew", "", 429],
  ["quota", "LimitExceededException", "The number of clusters has been reached."],
  ["quota", "NodeQuotaForCustomerExceededFault"],
  ["quota", "InsufficientCacheClusterCapacityFault"],
  ["busy", "InvalidReplicationGroupStateFault", "Cluster not in available state to perform tagging operations."],
  ["busy", "NoOperationFault", "The operation was not performed because no changes were required."],
  ["busy", "ServiceLinkedRoleNotFoundFault"],
  ["quota", "VpcLimitExceeded"],
  ["quota", "AddressLimitExceeded"],
  ["quota", "InstanceQuotaExceeded"],
  ["quota", "InsufficientDBInstanceCapacityFault"],
  ["quota", "TooManyTargetGroupsException"],
  ["denied", "UnauthorizedOperation", "", 403],
  ["denied", "AccessDeniedException"],
  ["denied", "AccessDenied", "", 403],
  ["denied", "SomethingNew", "", 403],
  ["credentials", "ExpiredTokenException", "", 403],
  ["credentials", "InvalidClientTokenId", "", 403],
  ["credentials", "UnrecognizedClientException"],
  ["credentials", "SignatureDoesNotMatch", "", 403],
  ["credentials", "AuthFailure", "", 401],
  ["busy", "InvalidDBInstanceStateFault"],
  ["busy", "InvalidDBInstanceState"],
  ["busy", "UpdateInProgressException"],
  ["busy", "OperationAborted", "", 409],
  ["busy", "IncorrectState"],
  ["busy", "IncorrectFileSystemLifeCycleState", "", 409],
  ["busy", "InvalidParameterException", "Unable to assume the service linked role. Please verify that it exists."],
  ["busy", "MalformedPolicyDocument", "Invalid principal in policy"],
  ["busy", "ClientException", "Role is not valid"],
  ["busy", "InvalidParameterCombination", "The specified IAM role ARN value is invalid or does not include them"],
  ["busy", "InvalidParameterException", "Unable to Start a service that is still Draining."],
  ["transient", "InternalError", "", 500],
  ["transient", "ServerException", "", 500],
  ["transient", "SomethingNew", "", 502],
  ["transient", "DependencyTimeout", "", 504],
  ["terminal", "InvalidParameterValue"],
  ["terminal", "ValidationException"],
  ["terminal", "InvalidVpcID.Malformed"],
  ["terminal", "ClientException", "Invalid CPU or memory value"],
  ["terminal", "MalformedPolicyDocument", "Syntax errors in policy."],
  ["terminal", "UnknownOperationException", "", 404],
];

group("classify", () => {
  for (const [meaning, name, message = "", status = 400] of table) {
    test(`calls it ${meaning} when AWS says ${[name, message].filter(Boolean).join(": ")} (${status})`, () => {
      expect(classify(aws(name, message, status))).toBe(meaning);
    });
  }

  test("calls a broken connection transient", () => {
    expect(classify(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }))).toBe("transient");
    expect(classify(Object.assign(new Error("late"), { name: "TimeoutError" }))).toBe("transient");
  });

  test("calls credentials that cannot be loaded credentials", () => {
    expect(classify(Object.assign(new Error("Could not load"), { name: "CredentialsProviderError" }))).toBe(
      "credentials",
    );
  });

  test("a 404 that AWS's service did not word is no absence", () => {
    expect(isNotFound(aws("UnknownError", "", 404))).toBe(false);
  });

  test("work that goes on is busy, and what only a person can change is terminal", () => {
    expect(classify(new StillWorking("1,200 objects left"))).toBe("busy");
    expect(classify(new TerminalError("WrongAccount", "…"))).toBe("terminal");
  });
});

group("describe", () => {
  const refusal =
    "You are not authorized to perform this operation. User: arn:aws:sts::111122223333:assumed-role/op/s is not authorized to perform: ec2:CreateVpc on resource: arn:aws:ec2:us-east-1:111122223333:vpc/* because no identity-based policy allows the ec2:CreateVpc action. Encoded authorization failure message: AbCdEf0123";

  test("names the denied action, its resource and the remedy, without the encoded message", () => {
    const told = describe(aws("UnauthorizedOperation", refusal, 403));
    expect(told).toMatchObject({
      class: "denied",
      action: "ec2:CreateVpc",
      resource: "arn:aws:ec2:us-east-1:111122223333:vpc/*",
      requestId: "req-1",
    });
    expect(told.message).toContain("Allow ec2:CreateVpc on arn:aws:ec2:us-east-1:111122223333:vpc/*");
    expect(told.message).not.toContain("AbCdEf0123");
  });

  test("parses a refusal without a resource", () => {
    expect(parseDenied("User: arn:x is not authorized to perform: ecs:CreateCluster")).toEqual({
      action: "ecs:CreateCluster",
    });
  });

  test("names the call that failed, and keeps the request id out of the message", () => {
    const error = failedIn(aws("VpcLimitExceeded", "The maximum number of VPCs has been reached."), {
      service: "ec2",
      action: "CreateVpc",
      effectUnknown: false,
    });
    const told = describe(error);
    expect(told.message).toMatch(/^ec2:CreateVpc VpcLimitExceeded: .* Ask for a higher quota/);
    expect(told.message).not.toContain("req-1");
    expect(effectUnknown(error)).toBe(false);
  });

  test.each([
    ["Value 'hunter2' at 'secretString' failed to satisfy constraint", "hunter2"],
    ["MasterUserPassword: hunter2 is too short", "hunter2"],
    ["The key AKIAIOSFODNN7EXAMPLE is unknown", "AKIAIOSFODNN7EXAMPLE"],
    ["postgres://user:hunter2@host/db refused", "hunter2"],
  ])("shows nothing secret of: %s", (text, secret) => {
    expect(redact(text)).not.toContain(secret);
    expect(describe(aws("ValidationException", text)).message).not.toContain(secret);
  });
});
