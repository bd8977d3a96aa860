import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as ecs from "@aws-sdk/client-ecs";
import * as efs from "@aws-sdk/client-efs";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import * as elastiCache from "@aws-sdk/client-elasticache";
import * as iam from "@aws-sdk/client-iam";
import * as rds from "@aws-sdk/client-rds";
import * as s3 from "@aws-sdk/client-s3";
import * as secrets from "@aws-sdk/client-secrets-manager";
import * as cloudMap from "@aws-sdk/client-servicediscovery";
import * as sts from "@aws-sdk/client-sts";
import { describe, expect, it } from "vitest";
import { inProcess } from "../doors/in-process.ts";
import type { Operation } from "../operation.ts";
import { seededRandom } from "../random.ts";
import { SimulatedAws } from "../simulated-aws.ts";
import { serviceModel } from "./service-model.ts";
import type { Member, Shape } from "./shape.ts";

// What each client package exports is looked up by name here, which no type of theirs describes.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Sdk = Record<string, any>;

const SDKS: readonly (readonly [name: string, sdk: Sdk, client: string])[] = [
  ["logs", logs, "CloudWatchLogsClient"],
  ["ec2", ec2, "EC2Client"],
  ["ecr", ecr, "ECRClient"],
  ["ecs", ecs, "ECSClient"],
  ["elasticfilesystem", efs, "EFSClient"],
  ["elasticache", elastiCache, "ElastiCacheClient"],
  ["elasticloadbalancing", elb, "ElasticLoadBalancingV2Client"],
  ["iam", iam, "IAMClient"],
  ["rds", rds, "RDSClient"],
  ["s3", s3, "S3Client"],
  ["secretsmanager", secrets, "SecretsManagerClient"],
  ["servicediscovery", cloudMap, "ServiceDiscoveryClient"],
  ["sts", sts, "STSClient"],
];

/** Operations that a generated input or output does not fit, each with the reason. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  "s3:SelectObjectContent": "answers with an event stream",
  "s3:WriteGetObjectResponse": "goes to a host of its own, with a request route as label",
  "s3:CreateSession": "belongs to directory buckets, for which the SDK asks for a session of its own first",
  "s3:ListDirectoryBuckets": "belongs to directory buckets",
  "logs:StartLiveTail": "answers with an event stream",
  "logs:GetLogObject": "answers with an event stream",
  "sts:AssumeRoleWithSAML": "is not signed",
  "sts:AssumeRoleWithWebIdentity": "is not signed",
  "rds:CopyDBSnapshot": "the SDK adds a presigned URL when a source region is given",
};

/** Members whose value the SDK itself makes, changes or uses to find the way. */
const GIVEN: Readonly<Record<string, unknown>> = {
  Bucket: "bucket",
  CopySource: "bucket/key",
  ContentMD5: undefined,
  ChecksumAlgorithm: undefined,
  SSECustomerKey: undefined,
  SSECustomerKeyMD5: undefined,
  CopySourceSSECustomerKey: undefined,
  CopySourceSSECustomerKeyMD5: undefined,
  SourceRegion: undefined,
  Expires: undefined,
  ExpiresString: undefined,
  ExpectedBucketOwner: "123456789012",
};

/** A value that fits a shape: every member present, so that every name is tried. */
function sample(shape: Shape, random: () => number, depth: number, unions: ReadonlySet<Shape>): unknown {
  const letters = () => Math.floor(random() * 36 ** 4).toString(36);
  switch (shape.kind) {
    case "structure": {
      if (depth > 6) return undefined;
      const made: Record<string, unknown> = {};
      for (const member of shape.members) {
        const value =
          member.name in GIVEN && member.shape.kind !== "structure"
            ? GIVEN[member.name]
            : memberOf(member, random, depth, unions);
        if (value !== undefined) made[member.name] = value;
        if (unions.has(shape) && value !== undefined) break;
      }
      return depth > 0 && Object.keys(made).length === 0 ? undefined : made;
    }
    case "list": {
      const items = [0, 1]
        .map(() => sample(shape.item, random, depth + 1, unions))
        .filter((item) => item !== undefined);
      return items.length > 0 ? items : undefined;
    }
    case "map": {
      const value = sample(shape.value, random, depth + 1, unions);
      return value === undefined ? undefined : { [`a${letters()}`]: value };
    }
    case "string":
      return `${letters()} <&">' ü`;
    case "number":
      return Math.floor(random() * 1000) + 1;
    case "boolean":
      return random() < 0.5;
    case "timestamp":
      return new Date(Date.UTC(2026, 0, 1) + Math.floor(random() * 1e6) * 1000);
    case "blob":
      return Uint8Array.from([1, 2, 250]);
    default:
      return undefined;
  }
}

function memberOf(member: Member, random: () => number, depth: number, unions: ReadonlySet<Shape>): unknown {
  const { traits, shape } = member;
  // Headers hold no line of their own making: plain ASCII without spaces at either end.
  if (traits.httpHeader || traits.httpPrefixHeaders || traits.httpLabel || traits.httpQuery) {
    const text = () => Math.floor(random() * 36 ** 6).toString(36);
    if (shape.kind === "string") return text();
    if (shape.kind === "list" && shape.item.kind === "string") return [text(), text()];
    if (traits.httpPrefixHeaders) return { [text()]: text() };
  }
  if (traits.httpResponseCode) return 200;
  if (traits.streaming || (traits.httpPayload && shape.kind === "blob")) return undefined;
  if (traits.mediaType || traits.xmlAttribute) return undefined;
  return sample(shape, random, depth + 1, unions);
}

const isNode = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** What the SDK adds to inputs and answers. */
const ADDED = ["$metadata", "ChecksumAlgorithm", "Body", "AnnotationPayload"];

/** Without what the SDK adds, and with blobs in one form. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (value instanceof Date || !isNode(value)) return value;
  if (Array.isArray(value)) return value.map(plain);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => !ADDED.includes(key) && item !== undefined)
      .map(([key, item]) => [key, plain(item)]),
  );
}

/** The union shapes of a client package, of which a value has one member only (Smithy's mark for them is 4). */
const isUnion = (schema: unknown): boolean => Array.isArray(schema) && schema[0] === 4;

describe.each(SDKS)("%s", (name, sdk, clientName) => {
  const model = serviceModel(sdk, sdk[clientName]);
  const unionNames = new Set(
    Object.values(sdk)
      .filter(isUnion)
      .map((schema) => schema[2] as string),
  );
  const unions = new Set<Shape>();
  const collect = (shape: Shape, seen: Set<Shape>): void => {
    if (seen.has(shape)) return;
    seen.add(shape);
    if (shape.kind === "structure") {
      if (unionNames.has(shape.name)) unions.add(shape);
      for (const member of shape.members) collect(member.shape, seen);
    } else if (shape.kind === "list") collect(shape.item, seen);
    else if (shape.kind === "map") collect(shape.value, seen);
  };
  const operations = [...model.operations.values()].filter((operation) => !LEFT_OUT[`${name}:${operation.name}`]);
  const seen = new Set<Shape>();
  for (const { input, output } of operations) {
    collect(input, seen);
    collect(output, seen);
  }

  let received: unknown;
  let output: object | undefined;
  const echo: Operation = (_call, input) => {
    received = input;
    return output;
  };
  const aws = new SimulatedAws(
    [
      {
        model,
        operations: Object.fromEntries(operations.map((operation) => [operation.name, echo])),
        durations: {},
        quotas: {},
      },
    ],
    { buckets: false },
  );
  const client = new sdk[clientName]({
    region: "us-east-1",
    credentials: { accessKeyId: "123456789012", secretAccessKey: "x" },
    requestHandler: inProcess(aws),
    maxAttempts: 1,
    disableHostPrefix: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });

  it(`reads what the SDK writes and writes what the SDK reads, in all ${operations.length} operations`, async () => {
    const random = seededRandom(42);
    const wrong: string[] = [];
    for (const operation of operations) {
      const input = (sample(operation.input, random, 0, unions) as object | undefined) ?? {};
      output = sample(operation.output, random, 0, unions) as object | undefined;
      received = undefined;
      const command = new sdk[`${operation.name}Command`](structuredClone(input));
      try {
        const answer = await client.send(command);
        expect(plain(received), `${operation.name} input`).toEqual(plain(input));
        expect(plain(answer), `${operation.name} output`).toEqual(plain(output ?? {}));
      } catch (error) {
        wrong.push(`${operation.name}: ${error instanceof Error ? error.message.slice(0, 1500) : error}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
