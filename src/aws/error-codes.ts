/**
 * What AWS's error codes mean for whoever asked, as data. A code stands here without the suffix `Exception` or `Fault`:
 * the wire has `DBInstanceNotFound`, the SDK calls the same `DBInstanceNotFoundFault`.
 *
 * Sources: "Error codes for the Amazon EC2 API" (AWSEC2/latest/APIReference/errors-overview.html), "Common Error Types"
 * and the Errors section of each action in the API references of ECS, ECR, EFS, Elastic Load Balancing v2, IAM,
 * CloudWatch Logs, ElastiCache, RDS, S3 ("Error responses"), Secrets Manager, Cloud Map and STS.
 */

/** What an error of AWS means for whoever asked. */
export type ErrorClass =
  /** It does not exist (any more, or not visibly yet). */
  | "notFound"
  /** It exists already. */
  | "conflict"
  /** Something else still uses it. */
  | "dependency"
  /** Asked too often; nothing happened. */
  | "throttle"
  /** A quota, or AWS's capacity, is used up: only a person or time helps. */
  | "quota"
  /** The caller is known and may not. */
  | "denied"
  /** The caller is not known: credentials missing, expired or wrong. */
  | "credentials"
  /** Right request, wrong moment: it is being changed, or a change elsewhere is not visible everywhere yet. */
  | "busy"
  /** AWS or the network failed. */
  | "transient"
  /** The same request will never succeed. */
  | "terminal";

export const codes: Readonly<Record<Exclude<ErrorClass, "terminal">, readonly string[]>> = {
  notFound: [
    "NatGatewayNotFound",
    "NoSuchEntity",
    "NotFound",
    "ReportNotPresent",
    "ServerSideEncryptionConfigurationNotFoundError",
    "OwnershipControlsNotFoundError",
    "ReplicationConfigurationNotFoundError",
    "ServiceNotActive",
    "Gateway.NotAttached",
  ],
  conflict: [
    "BucketAlreadyExists",
    "BucketAlreadyOwnedByYou",
    "EntityAlreadyExists",
    "InvalidSubnet.Conflict",
    "InvalidVpc.Conflict",
    "IpAddressInUse",
    "MountTargetConflict",
    "PriorityInUse",
    "Resource.AlreadyAssociated",
    "ResourceExists",
    "RouteAlreadyExists",
  ],
  dependency: [
    "BucketNotEmpty",
    "ClusterContainsCapacityProvider",
    "ClusterContainsContainerInstances",
    "ClusterContainsServices",
    "ClusterContainsTasks",
    "DeleteConflict",
    "DependencyViolation",
    "FileSystemInUse",
    "InvalidParameterInUse",
    "RepositoryNotEmpty",
    "ResourceInUse",
  ],
  throttle: [
    "APICallRateForCustomerExceeded",
    "BandwidthLimitExceeded",
    "EC2Throttled",
    "RequestLimitExceeded",
    "RequestThrottled",
    "SlowDown",
    "Throttled",
    "Throttling",
    "TooManyRequests",
  ],
  quota: [
    "AddressLimitExceeded",
    "ClusterQuotaForCustomerExceeded",
    "InsufficientAddressCapacity",
    "InsufficientCacheClusterCapacity",
    "InsufficientCapacity",
    "InsufficientDBInstanceCapacity",
    "InsufficientFreeAddressesInSubnet",
    "InsufficientAvailableIPsInSubnet",
    "InsufficientInstanceCapacity",
    "InsufficientThroughputCapacity",
    "LimitExceeded",
    "MaxDBShardGroupLimitReached",
    "NoFreeAddressesInSubnet",
    "NodeQuotaForClusterExceeded",
    "NodeQuotaForCustomerExceeded",
    "PendingVerification",
    "TargetGroupAssociationLimit",
    "TooManyBuckets",
    "TooManyCertificates",
    "TooManyListeners",
    "TooManyLoadBalancers",
    "TooManyRegistrationsForTargetId",
    "TooManyRules",
    "TooManyTargetGroups",
    "TooManyTargets",
    "TooManyUniqueTargetGroupsPerLoadBalancer",
  ],
  denied: [
    "403",
    "AccessDenied",
    "AuthorizationError",
    "BlockedByOrganizationPolicy",
    "Forbidden",
    "NotAuthorized",
    "OptInRequired",
    "RegionDisabled",
    "UnauthorizedOperation",
  ],
  credentials: [
    "AuthFailure",
    "CredentialsProviderError",
    "CredentialsError",
    "ExpiredToken",
    "ExpiredTradeInToken",
    "IDPRejectedClaim",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidIdentityToken",
    "InvalidSignature",
    "InvalidToken",
    "MissingAuthenticationToken",
    "RequestExpired",
    "RequestInTheFuture",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenProviderError",
    "TokenRefreshRequired",
    "UnrecognizedClient",
  ],
  busy: [
    "CapacityReservationPending",
    "Conflict",
    "ConcurrentModification",
    "DBInstanceNotReady",
    "DuplicateRequest",
    "EntityTemporarilyUnmodifiable",
    "IncorrectFileSystemLifeCycleState",
    "IncorrectMountTargetState",
    "IncorrectState",
    "InvalidAddress.Locked",
    "InvalidState",
    "LifecyclePolicyPreviewInProgress",
    // ElastiCache: replicas are as many as asked for already, only the read was behind.
    "NoOperation",
    "OperationAborted",
    "PriorRequestNotComplete",
    "ReportInProgress",
    "UpdateInProgress",
  ],
  transient: [
    "AbortError",
    "DependencyTimeout",
    "HealthUnavailable",
    "IDPCommunicationError",
    "InternalError",
    "InternalFailure",
    "InternalServer",
    "InternalServerError",
    "InternalServiceError",
    "NetworkingError",
    "RequestTimeout",
    "Server",
    "ServiceFailure",
    "ServiceUnavailable",
    "TimeoutError",
    "Unavailable",
  ],
};

/** Families of codes, asked in this order once the code itself is not listed: RDS and EC2 have one a resource type. */
export const families: readonly (readonly [RegExp, ErrorClass])[] = [
  [/^NoSuch|NotFound$/, "notFound"],
  [/AlreadyExists?$|AlreadyInUse$|^Duplicate(?!TagKeys)|\.Duplicate$/, "conflict"],
  [/InUse$/, "dependency"],
  [/(Limit|Quota)(s)?Exceeded$|^QuotaExceeded/, "quota"],
  [/^(Invalid|Incorrect).*(?<!Object)State$/, "busy"],
];

/** Codes that say several things: what the message adds decides. Asked before the code. */
export const byMessage: readonly (readonly [code: RegExp, message: RegExp, meaning: ErrorClass])[] = [
  // Elastic Load Balancing: the bucket's new policy is not visible yet when access logs are switched on.
  [/^InvalidConfigurationRequest$/, /access denied for bucket/i, "busy"],
  // RDS: storage can change again once the last change has been optimized, which takes hours ("Working with storage").
  [/^InvalidParameterCombination$/, /previous storage change|storage optimi[sz]ation|being optimi[sz]ed/i, "busy"],
  // ElastiCache makes its role on first use, and may not see it at once.
  [/^ServiceLinkedRoleNotFound$/, /^/, "busy"],
  // Elastic Load Balancing: a certificate is never ours, so that no wait makes it appear.
  [/^CertificateNotFound$/, /^/, "terminal"],
  // EC2: ModifyVpcEndpoint removes what a read that was behind still showed.
  [/^InvalidParameter(Value)?$/, /endpoint is not associated with/i, "busy"],
  // Services that say LimitExceeded or Client for their request rate as well.
  [/^(LimitExceeded|Client|InvalidParameter|ThrottlingError)$/, /rate exceeded/i, "throttle"],
  // IAM is eventually consistent: a role that was just made is not known everywhere yet ("Changes that I make are not
  // always immediately visible", IAM user guide). Services word it as they like.
  [
    /^(InvalidParameter(Value|Combination)?|Client|AccessDenied|InvalidRequest|ValidationError)$/,
    /(unable to|cannot be) assume|service[- ]linked role|role being passed has the proper permissions|role is not valid|IAM role ARN value is invalid/i,
    "busy",
  ],
  [/^MalformedPolicyDocument$/, /invalid principal/i, "busy"],
  // ECS: DescribeTaskDefinition and DeregisterTaskDefinition of one that does not exist.
  [/^Client$/, /unable to describe task definition|task definition does not exist/i, "notFound"],
  // ECS: CreateService before the listener's attachment to the target group is visible, or while the last service of
  // that name drains.
  [/^InvalidParameter$/, /does not have an associated load balancer|still draining/i, "busy"],
  // ECS: CreateService of one that exists with other properties.
  [/^InvalidParameter$/, /not idempotent/i, "conflict"],
  // Secrets Manager: the name is held by a secret in its recovery window.
  [/^InvalidRequest$/, /scheduled for deletion|marked (for deletion|deleted)/i, "conflict"],
];
