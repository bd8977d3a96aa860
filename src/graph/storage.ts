import type { Ref } from "./ref.ts";
import type { Scope } from "./scope.ts";

export interface StorageParts {
  readonly bucketName?: Ref<string> | undefined;
  readonly bucketArn?: Ref<string> | undefined;
}

/** Where agents read and write in the bucket. */
export const artifactsPrefix = "artifacts/";
/** Where the load balancer writes its access logs. */
export const accessLogsPrefix = "access-logs";
/** Days that access logs are kept. */
const accessLogsDays = 90;

/** The bucket of artifacts and access logs, when the spec asks for one. */
export function addStorage(scope: Scope): StorageParts {
  const { artifacts } = scope.spec.data;
  if (!artifacts) return {};
  const { bucketName, arn } = scope.add(
    "AWS::S3::Bucket",
    "artifacts/bucket",
    {
      versioning: true,
      // Load balancers deliver access logs to buckets with keys of S3 only, not of KMS.
      encryption: "AES256",
      publicAccessBlocked: true,
      tlsOnly: true,
      lifecycle: [
        { id: "access-logs", prefix: `${accessLogsPrefix}/`, expireAfterDays: accessLogsDays },
        { id: "versions", expireNoncurrentAfterDays: artifacts.noncurrentDays, abortUploadsAfterDays: 7 },
      ],
      accessLogDelivery: { sourceAccount: scope.facts.account, prefixes: [accessLogsPrefix] },
    },
    { name: scope.names.bucket("artifacts"), fact: "StorageReady" },
  );
  return { bucketName, bucketArn: arn };
}
