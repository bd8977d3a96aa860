import type { DescribeSecretRequest, Filter, ListSecretsRequest } from "@aws-sdk/client-secrets-manager";
import { AwsError, type Call } from "../../operation.ts";
import { page } from "../common/page.ts";
import { toTags } from "../common/tags.ts";
import type { SecretRow } from "./rows.ts";
import * as rows from "./rows.ts";

const stagesOf = (row: SecretRow): Record<string, string[]> =>
  Object.fromEntries(row.versions.filter(({ stages }) => stages.length > 0).map(({ id, stages }) => [id, [...stages]]));

const common = (row: SecretRow) => ({
  ARN: row.arn,
  Name: row.name,
  CreatedDate: new Date(row.created),
  LastChangedDate: new Date(row.changed),
  ...(row.description !== undefined && { Description: row.description }),
  ...(row.kmsKeyId !== undefined && { KmsKeyId: row.kmsKeyId }),
  ...(row.owningService !== undefined && { OwningService: row.owningService }),
  ...(row.deletionDate !== undefined && { DeletedDate: new Date(row.deletionDate) }),
  ...(Object.keys(row.tags).length > 0 && { Tags: toTags(row.tags) }),
});

/** API_DescribeSecret: also of a secret that is scheduled for deletion. */
export function describeSecret(call: Call, input: DescribeSecretRequest): object {
  const row = rows.shown(call, input.SecretId);
  return { ...common(row), VersionIdsToStages: stagesOf(row) };
}

/** API_ListSecrets: 100 a page; secrets scheduled for deletion only when asked for. */
export function listSecrets(call: Call, input: ListSecretsRequest): object {
  const matching = rows
    .secrets(call)
    .shownAll()
    .filter((row) => (input.IncludePlannedDeletion || row.deletionDate === undefined) && !row.forced)
    .filter((row) => (input.Filters ?? []).every((filter) => passes(row, filter)));
  const { items, next } = page(
    matching,
    (row) => `${String(row.created).padStart(16, "0")} ${row.name}`,
    input.NextToken,
    input.MaxResults ?? 100,
    () => new AwsError("InvalidNextTokenException", "The NextToken value is invalid."),
  );
  return {
    SecretList: items.map((row) => ({ ...common(row), SecretVersionsToStages: stagesOf(row) })),
    NextToken: next,
  };
}

/** API_Filter: prefixes, case-sensitive but for descriptions; "!" before a value means all but those. */
function passes(row: SecretRow, { Key, Values = [] }: Filter): boolean {
  const texts = searched(row, Key ?? "all");
  return Values.some((value) => {
    const wanted = value.startsWith("!") ? value.slice(1) : value;
    return texts.some((text) => hasPrefix(Key, text, wanted)) !== value.startsWith("!");
  });
}

function hasPrefix(key: Filter["Key"], text: string, wanted: string): boolean {
  if (key === "description" || key === "all") return text.toLowerCase().includes(wanted.toLowerCase());
  return text.startsWith(wanted);
}

function searched(row: SecretRow, key: string): readonly string[] {
  switch (key) {
    case "name":
      return [row.name];
    case "description":
      return [row.description ?? ""];
    case "tag-key":
      return Object.keys(row.tags);
    case "tag-value":
      return Object.values(row.tags);
    case "owning-service":
      return row.owningService === undefined ? [] : [row.owningService];
    case "all":
      return [row.name, row.description ?? "", ...Object.keys(row.tags), ...Object.values(row.tags)];
    default:
      throw rows.invalidParameter(`Invalid filter key: ${key}`);
  }
}
