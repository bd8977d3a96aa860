import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");

/** Prefix of a service in IAM, by the name of its client package. */
const prefixes: Readonly<Record<string, string>> = {
  "cloudwatch-logs": "logs",
  ec2: "ec2",
  ecr: "ecr",
  ecs: "ecs",
  efs: "elasticfilesystem",
  elasticache: "elasticache",
  "elastic-load-balancing-v2": "elasticloadbalancing",
  iam: "iam",
  rds: "rds",
  s3: "s3",
  "secrets-manager": "secretsmanager",
  servicediscovery: "servicediscovery",
  sts: "sts",
};

/** Calls that are authorized by an action of another name: S3 user guide, "Required permissions for Amazon S3 API operations". */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  "s3:DeleteBucketLifecycle": ["s3:PutLifecycleConfiguration"],
  "s3:DeleteObjects": ["s3:DeleteObject", "s3:DeleteObjectVersion"],
  "s3:GetBucketEncryption": ["s3:GetEncryptionConfiguration"],
  "s3:GetBucketLifecycleConfiguration": ["s3:GetLifecycleConfiguration"],
  "s3:GetPublicAccessBlock": ["s3:GetBucketPublicAccessBlock"],
  "s3:HeadBucket": ["s3:ListBucket"],
  "s3:ListMultipartUploads": ["s3:ListBucketMultipartUploads"],
  "s3:ListObjectsV2": ["s3:ListBucket"],
  "s3:ListObjectVersions": ["s3:ListBucketVersions"],
  "s3:PutBucketEncryption": ["s3:PutEncryptionConfiguration"],
  "s3:PutBucketLifecycleConfiguration": ["s3:PutLifecycleConfiguration"],
  "s3:PutPublicAccessBlock": ["s3:PutBucketPublicAccessBlock"],
  // Anybody may ask who they are: STS API reference, GetCallerIdentity.
  "sts:GetCallerIdentity": [],
};

/** The IAM actions that the calls in src/ need by themselves: every Command and paginator that it imports. */
export async function calledActions(): Promise<ReadonlySet<string>> {
  const actions = new Set<string>();
  for await (const file of glob("src/**/*.ts", { cwd: root, exclude: ["**/*.test.ts"] })) {
    const text = await readFile(join(root, file), "utf8");
    for (const [, imported = "", client = ""] of text.matchAll(
      /import\s*\{([^}]*)\}\s*from "@aws-sdk\/client-([\w-]+)"/g,
    )) {
      for (const [, paginator, command] of imported.matchAll(/\b(?:paginate(\w+)|(\w+)Command)\b/g)) {
        const prefix = prefixes[client];
        if (!prefix) throw new Error(`${file} calls ${client}, whose prefix in IAM is not known here`);
        const call = `${prefix}:${paginator ?? command}`;
        for (const action of otherNames[call] ?? [call]) actions.add(action);
      }
    }
  }
  return actions;
}

/**
 * What AWS checks besides the call itself. Sources: Service Authorization Reference (dependent actions); Cloud Map
 * developer guide, "AWS Cloud Map API permissions reference"; EFS API reference, the mount target actions; RDS user
 * guide, "Password management with Amazon RDS and AWS Secrets Manager"; IAM user guide, "Create a service-linked role".
 */
export const alsoChecked: Readonly<Record<string, readonly string[]>> = {
  "ec2:CreateVpcEndpoint": ["route53:AssociateVPCWithHostedZone"],
  "ecs:CreateCluster": ["iam:CreateServiceLinkedRole"],
  "ecs:RegisterTaskDefinition": ["iam:PassRole"],
  "elasticache:CreateReplicationGroup": ["ec2:CreateNetworkInterface", "iam:CreateServiceLinkedRole"],
  "elasticache:DeleteReplicationGroup": ["ec2:DeleteNetworkInterface", "elasticache:CreateSnapshot"],
  "elasticfilesystem:CreateMountTarget": ["ec2:CreateNetworkInterface"],
  "elasticfilesystem:DeleteMountTarget": ["ec2:DeleteNetworkInterface"],
  "elasticfilesystem:ModifyMountTargetSecurityGroups": ["ec2:ModifyNetworkInterfaceAttribute"],
  "rds:CreateDBInstance": [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKey",
    "secretsmanager:CreateSecret",
    "secretsmanager:TagResource",
  ],
  "rds:DeleteDBInstance": ["rds:CreateDBSnapshot"],
  "servicediscovery:CreatePrivateDnsNamespace": [
    "ec2:DescribeRegions",
    "route53:CreateHostedZone",
    "route53:GetHostedZone",
    "route53:ListHostedZonesByName",
  ],
};
