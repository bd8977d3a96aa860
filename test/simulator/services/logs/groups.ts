import type {
  CreateLogGroupRequest,
  DeleteLogGroupRequest,
  DescribeLogGroupsRequest,
  ListTagsForResourceRequest,
  LogGroup,
  PutRetentionPolicyRequest,
  TagResourceRequest,
  UntagResourceRequest,
} from "@aws-sdk/client-cloudwatch-logs";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { arn } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { type TagMap, without } from "../common/tags.ts";

/** A log group; its id in the table is its name. */
export interface LogGroupRow {
  readonly name: string;
  /** Without ":*". */
  readonly arn: string;
  readonly created: number;
  readonly logGroupClass: LogGroup["logGroupClass"];
  readonly kmsKeyId: string | undefined;
  retentionInDays: number | undefined;
  deletionProtected: boolean;
  tags: TagMap;
}

export const logGroups = (call: Pick<Call, "world" | "account" | "region">): Table<LogGroupRow> =>
  call.world.table(call, "logs.groups");

/** API_PutRetentionPolicy: "Possible values are". */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const notFound = () => new AwsError("ResourceNotFoundException", "The specified log group does not exist.");
const invalid = (message: string) => new AwsError("InvalidParameterException", message);

function existing(call: Call, name: string | undefined): LogGroupRow {
  const row = logGroups(call).get(name ?? "");
  if (!row) throw notFound();
  return row;
}

/** API_CreateLogGroup: names are unique in an account's region; 1,000,000 groups by quota. */
export function createLogGroup(call: Call, input: CreateLogGroupRequest): undefined {
  const groups = logGroups(call);
  const name = input.logGroupName ?? "";
  if (groups.get(name)) throw new AwsError("ResourceAlreadyExistsException", "The specified log group already exists");
  if (name.startsWith("aws/")) throw invalid("Log groups starting with AWS/ are reserved for AWS.");
  if (groups.all().length >= call.world.quota("logs.groups")) {
    throw new AwsError("LimitExceededException", "Resource limit exceeded.");
  }
  groups.put(name, {
    name,
    arn: arn(call, "logs", `log-group:${name}`),
    created: call.world.clock.now(),
    logGroupClass: input.logGroupClass ?? "STANDARD",
    kmsKeyId: input.kmsKeyId,
    retentionInDays: undefined,
    deletionProtected: input.deletionProtectionEnabled ?? false,
    tags: { ...input.tags },
  });
}

/** API_DeleteLogGroup, and "Protecting log groups from deletion" in the user guide. */
export function deleteLogGroup(call: Call, input: DeleteLogGroupRequest): undefined {
  const row = existing(call, input.logGroupName);
  if (row.deletionProtected) {
    throw new AwsError("ValidationException", "The log group has deletion protection enabled.");
  }
  logGroups(call).remove(row.name);
}

/** API_DescribeLogGroups: by prefix or by pattern or by up to 50 identifiers (names or ARNs); 50 a page. */
export function describeLogGroups(call: Call, input: DescribeLogGroupsRequest): object {
  const { logGroupIdentifiers: identifiers, logGroupNamePrefix: prefix, logGroupNamePattern: pattern } = input;
  if (prefix !== undefined && pattern !== undefined) {
    throw invalid("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  }
  if (identifiers && (prefix !== undefined || pattern !== undefined)) {
    throw invalid("LogGroup identifiers and LogGroup name prefix or pattern are mutually exclusive parameters.");
  }
  if (identifiers && identifiers.length > 50) {
    throw invalid(
      "1 validation error detected: Value at 'logGroupIdentifiers' failed to satisfy constraint: " +
        "Member must have length less than or equal to 50",
    );
  }
  const matching = logGroups(call)
    .shownAll()
    .filter(
      (row) =>
        (!identifiers || identifiers.some((id) => id === row.name || id === row.arn)) &&
        (prefix === undefined || row.name.startsWith(prefix)) &&
        (pattern === undefined || row.name.includes(pattern)) &&
        (input.logGroupClass === undefined || row.logGroupClass === input.logGroupClass),
    );
  const { items, next } = page(matching, (row) => row.name, input.nextToken, input.limit ?? 50);
  return { logGroups: items.map(describe), nextToken: next };
}

const describe = (row: LogGroupRow): LogGroup => ({
  logGroupName: row.name,
  arn: `${row.arn}:*`,
  logGroupArn: row.arn,
  creationTime: row.created,
  metricFilterCount: 0,
  storedBytes: 0,
  logGroupClass: row.logGroupClass,
  deletionProtectionEnabled: row.deletionProtected,
  ...(row.kmsKeyId !== undefined && { kmsKeyId: row.kmsKeyId }),
  ...(row.retentionInDays !== undefined && { retentionInDays: row.retentionInDays }),
});

/** API_PutRetentionPolicy. */
export function putRetentionPolicy(call: Call, input: PutRetentionPolicyRequest): undefined {
  const row = existing(call, input.logGroupName);
  const days = input.retentionInDays ?? 0;
  if (!RETENTION_DAYS.includes(days)) {
    throw invalid(
      `1 validation error detected: Value '${days}' at 'retentionInDays' failed to satisfy constraint: ` +
        `Member must satisfy enum value set: [${RETENTION_DAYS.join(", ")}]`,
    );
  }
  logGroups(call).change(row.name, (group) => {
    group.retentionInDays = days;
  });
}

/** API_DeleteRetentionPolicy: events never expire from now on. */
export function deleteRetentionPolicy(call: Call, input: { logGroupName?: string }): undefined {
  logGroups(call).change(existing(call, input.logGroupName).name, (group) => {
    group.retentionInDays = undefined;
  });
}

/** API_TagResource: the ARN goes without ":*", which its pattern refuses. */
function byArn(call: Call, resourceArn: string | undefined): LogGroupRow {
  const given = resourceArn ?? "";
  if (given.endsWith(":*")) {
    throw invalid(
      `1 validation error detected: Value '${given}' at 'resourceArn' failed to satisfy constraint: ` +
        "Member must satisfy regular expression pattern: [\\w+=/:,.@-]*",
    );
  }
  const row = logGroups(call)
    .all()
    .find((group) => group.arn === given);
  if (!row) throw new AwsError("ResourceNotFoundException", "The specified resource does not exist.");
  return row;
}

export function tagResource(call: Call, input: TagResourceRequest): undefined {
  const row = byArn(call, input.resourceArn);
  const tags = { ...row.tags, ...input.tags };
  if (Object.keys(tags).length > 50) {
    throw new AwsError("TooManyTagsException", "A resource can have no more than 50 tags.", 400, {
      resourceName: row.arn,
    });
  }
  logGroups(call).change(row.name, (group) => {
    group.tags = tags;
  });
}

export function untagResource(call: Call, input: UntagResourceRequest): undefined {
  logGroups(call).change(byArn(call, input.resourceArn).name, (group) => {
    group.tags = without(group.tags, input.tagKeys);
  });
}

/** API_ListTagsForResource. */
export function listTagsForResource(call: Call, input: ListTagsForResourceRequest): object {
  const row = byArn(call, input.resourceArn);
  return { tags: { ...(logGroups(call).shown(row.name) ?? row).tags } };
}
