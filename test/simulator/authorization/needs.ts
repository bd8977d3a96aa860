import type { Call } from "../operation.ts";
import { cacheArn } from "../services/elasticache/rows.ts";
import { rdsArn } from "../services/rds/rows.ts";
import { ec2Needs } from "./ec2.ts";
import { finders, type Named } from "./named.ts";
import { type Input, type Need, requestTags, text } from "./resource.ts";

/** Calls that IAM knows by other names: S3 User Guide, "Required permissions for Amazon S3 API operations". */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  "s3:DeleteBucketLifecycle": ["s3:PutLifecycleConfiguration"],
  "s3:DeleteObjects": ["s3:DeleteObject"],
  "s3:GetBucketEncryption": ["s3:GetEncryptionConfiguration"],
  "s3:GetBucketLifecycleConfiguration": ["s3:GetLifecycleConfiguration"],
  "s3:GetPublicAccessBlock": ["s3:GetBucketPublicAccessBlock"],
  "s3:HeadBucket": ["s3:ListBucket"],
  "s3:ListBuckets": ["s3:ListAllMyBuckets"],
  "s3:ListMultipartUploads": ["s3:ListBucketMultipartUploads"],
  "s3:ListObjectVersions": ["s3:ListBucketVersions"],
  "s3:ListObjectsV2": ["s3:ListBucket"],
  "s3:PutBucketEncryption": ["s3:PutEncryptionConfiguration"],
  "s3:PutBucketLifecycleConfiguration": ["s3:PutLifecycleConfiguration"],
  "s3:PutPublicAccessBlock": ["s3:PutBucketPublicAccessBlock"],
};

/** The action that tags on creation need besides: Service Authorization Reference, the tagging actions. */
const TAGGING: Readonly<Record<string, string>> = {
  ecr: "ecr:TagResource",
  ecs: "ecs:TagResource",
  elasticache: "elasticache:AddTagsToResource",
  elasticfilesystem: "elasticfilesystem:TagResource",
  elasticloadbalancing: "elasticloadbalancing:AddTags",
  iam: "iam:TagRole",
  logs: "logs:TagResource",
  rds: "rds:AddTagsToResource",
  secretsmanager: "secretsmanager:TagResource",
  servicediscovery: "servicediscovery:TagResource",
};

/** Permissions that the answer to nobody's question needs (STS API Reference, GetCallerIdentity). */
const FREE = new Set(["sts:GetCallerIdentity"]);

/** Everything that a request needs to be allowed, in the order in which AWS says what is missing. */
export function needsOf(call: Call, service: string, action: string, input: Input): readonly Need[] {
  if (FREE.has(`${service}:${action}`)) return [];
  if (service === "ec2") return ec2Needs(call, action, input);
  const tags = requestTags(input.Tags ?? input.tags ?? input.tagging);
  const named = finders[service]?.(call, action, input) ?? [];
  const creates = /^(Create|Register|Run)/.test(action);
  const needs = (OTHER_NAMES[`${service}:${action}`] ?? [`${service}:${action}`]).flatMap((name): Need[] => {
    const context = contextOf(input);
    if (named.length === 0)
      return [{ action: name, resource: text(input, "RoleArn") ?? "*", requestTags: tags, context }];
    // Buckets are not looked up.
    const missing = (one: Named) => !creates && service !== "s3" && one.tags === undefined;
    return named.map((one) => ({
      action: name,
      resource: one.arn,
      missing: missing(one),
      tags: one.tags,
      requestTags: tags,
      context,
    }));
  });
  const tagging = TAGGING[service];
  if (creates && tags && Object.keys(tags).length > 0 && tagging !== undefined) {
    const [made] = named.filter((one) => one.tags === undefined);
    needs.push({ action: tagging, resource: made?.arn ?? named[0]?.arn ?? "*", requestTags: tags });
  }
  return [...needs, ...passedRoles(service, action, input), ...alsoNeeded(call, service, action, input)];
}

/** Service Authorization Reference, "Condition keys for AWS Identity and Access Management". */
function contextOf(input: Input): Readonly<Record<string, string>> | undefined {
  const policyArn = text(input, "PolicyArn");
  const linked = text(input, "AWSServiceName");
  return {
    ...(policyArn !== undefined && { "iam:PolicyARN": policyArn }),
    ...(linked !== undefined && { "iam:AWSServiceName": linked }),
  };
}

/** IAM User Guide, "Grant a user permissions to pass a role to an AWS service". */
function passedRoles(service: string, action: string, input: Input): readonly Need[] {
  const passing: Readonly<Record<string, readonly [members: readonly string[], to: string]>> = {
    "ecs:RegisterTaskDefinition": [["taskRoleArn", "executionRoleArn"], "ecs-tasks.amazonaws.com"],
    "ecs:CreateService": [["role"], "ecs.amazonaws.com"],
    "rds:CreateDBInstance": [["MonitoringRoleArn"], "monitoring.rds.amazonaws.com"],
    "rds:ModifyDBInstance": [["MonitoringRoleArn"], "monitoring.rds.amazonaws.com"],
  };
  const [members, to] = passing[`${service}:${action}`] ?? [[], ""];
  return members.flatMap((member) => {
    const role = text(input, member);
    return role?.startsWith("arn:")
      ? [{ action: "iam:PassRole", resource: role, context: { "iam:PassedToService": to } }]
      : [];
  });
}

/**
 * What AWS checks with the caller's permissions besides: RDS User Guide, "Password management"; Cloud Map Developer
 * Guide, "API permissions reference"; EFS API Reference, the mount target actions.
 */
function alsoNeeded(call: Call, service: string, action: string, input: Input): readonly Need[] {
  const all = (...actions: string[]): Need[] => actions.map((one) => ({ action: one, resource: "*" }));
  switch (`${service}:${action}`) {
    case "rds:CreateDBInstance": {
      if (input.ManageMasterUserPassword !== true) return [];
      const resource = `arn:aws:secretsmanager:${call.region}:${call.account}:secret:rds!db-*`;
      return ["secretsmanager:CreateSecret", "secretsmanager:TagResource"].map((one) => ({ action: one, resource }));
    }
    case "rds:DeleteDBInstance": {
      const snapshot = text(input, "FinalDBSnapshotIdentifier");
      return snapshot === undefined
        ? []
        : [{ action: "rds:CreateDBSnapshot", resource: rdsArn(call, "snapshot", snapshot.toLowerCase()) }];
    }
    case "elasticache:DeleteReplicationGroup": {
      const snapshot = text(input, "FinalSnapshotIdentifier");
      return snapshot === undefined
        ? []
        : [{ action: "elasticache:CreateSnapshot", resource: cacheArn(call, "snapshot", snapshot.toLowerCase()) }];
    }
    case "servicediscovery:CreatePrivateDnsNamespace":
      return all("route53:CreateHostedZone", "route53:GetHostedZone", "route53:ListHostedZonesByName");
    case "elasticfilesystem:CreateMountTarget":
      return all("ec2:CreateNetworkInterface");
    case "elasticfilesystem:DeleteMountTarget":
      return all("ec2:DeleteNetworkInterface");
    case "elasticfilesystem:ModifyMountTargetSecurityGroups":
      return all("ec2:ModifyNetworkInterfaceAttribute");
    default:
      return [];
  }
}
