import type {
  CreateCacheParameterGroupMessage,
  DeleteCacheParameterGroupMessage,
  DescribeCacheParameterGroupsMessage,
  DescribeCacheParametersMessage,
  ModifyCacheParameterGroupMessage,
  Parameter,
  ResetCacheParameterGroupMessage,
} from "@aws-sdk/client-elasticache";
import { AwsError, type Call } from "../../operation.ts";
import { fromTags } from "../common/tags.ts";
import { families } from "./catalog.ts";
import { markerPage } from "./pages.ts";
import { isAllowed, PARAMETERS } from "./parameters.ts";
import type { ParameterGroupRow } from "./rows.ts";
import * as rows from "./rows.ts";

export const parameterGroupNotFound = (name: string | undefined) =>
  new AwsError("CacheParameterGroupNotFoundFault", `CacheParameterGroup ${name} not found.`, 404);

type Used = Pick<ParameterGroupRow, "name" | "family">;

/** A group that a cluster can use: one of the account, or the default one of a family, which is always there. */
export function parameterGroup(call: rows.Where, name: string): Used | undefined {
  const family = name.startsWith("default.") ? name.slice("default.".length) : undefined;
  if (family !== undefined && families.has(family)) return { name, family };
  return rows.parameterGroups(call).get(name);
}

function existing(call: Call, given: string | undefined): ParameterGroupRow {
  const row = rows.parameterGroups(call).get(rows.lower(given));
  if (row) return row;
  if (given?.startsWith("default.")) {
    throw rows.badValue(`The default cache parameter group ${given} cannot be modified or deleted.`);
  }
  throw parameterGroupNotFound(given);
}

/** API_CreateCacheParameterGroup. */
export function createCacheParameterGroup(call: Call, input: CreateCacheParameterGroupMessage): object {
  const name = rows.lower(input.CacheParameterGroupName);
  rows.checkName("CacheParameterGroupName", name, 255);
  const table = rows.parameterGroups(call);
  if (table.get(name)) {
    throw new AwsError("CacheParameterGroupAlreadyExistsFault", `Cache parameter group ${name} already exists`);
  }
  const family = input.CacheParameterGroupFamily ?? "";
  if (!families.has(family)) {
    throw rows.badValue(`CacheParameterGroupFamily ${family} is not a valid parameter group family.`);
  }
  if (table.all().length >= call.world.quota("elasticache.parameterGroups")) {
    throw new AwsError(
      "CacheParameterGroupQuotaExceededFault",
      "The request would exceed the number of cache parameter groups.",
    );
  }
  const row = table.put(name, {
    name,
    arn: rows.cacheArn(call, "parametergroup", name),
    family,
    description: input.Description ?? "",
    values: {},
    tags: fromTags(input.Tags),
  });
  return { CacheParameterGroup: describe(row) };
}

const describe = (row: ParameterGroupRow) => ({
  CacheParameterGroupName: row.name,
  CacheParameterGroupFamily: row.family,
  Description: row.description,
  IsGlobal: false,
  ARN: row.arn,
});

/** API_DescribeCacheParameterGroups. */
export function describeCacheParameterGroups(call: Call, input: DescribeCacheParameterGroupsMessage): object {
  const name = input.CacheParameterGroupName;
  if (name !== undefined) {
    const row = rows.parameterGroups(call).shown(rows.lower(name));
    if (!row) throw parameterGroupNotFound(name);
    return { CacheParameterGroups: [describe(row)] };
  }
  const { items, Marker } = markerPage(rows.parameterGroups(call).shownAll(), (row) => row.name, input);
  return { CacheParameterGroups: items.map(describe), Marker };
}

/** API_ModifyCacheParameterGroup: 20 parameters at most, each known and with an allowed value. */
export function modifyCacheParameterGroup(call: Call, input: ModifyCacheParameterGroupMessage): object {
  const row = existing(call, input.CacheParameterGroupName);
  const parameters = input.ParameterNameValues ?? [];
  if (parameters.length === 0) {
    throw rows.badValue("The parameter ParameterNameValues must be provided and must not be blank.");
  }
  if (parameters.length > 20) throw rows.badValue("A maximum of 20 parameters can be modified in a single request.");
  for (const { ParameterName = "", ParameterValue = "" } of parameters) {
    const known = PARAMETERS[ParameterName];
    if (!known) throw rows.badValue(`Could not find parameter with name: ${ParameterName}`);
    if (!isAllowed(known, ParameterValue)) {
      throw rows.badValue(`The value ${ParameterValue} for parameter ${ParameterName} is not one of: ${known.allowed}`);
    }
  }
  rows.parameterGroups(call).change(row.name, (group) => {
    const changed = parameters.map(({ ParameterName = "", ParameterValue = "" }) => [ParameterName, ParameterValue]);
    group.values = { ...group.values, ...Object.fromEntries(changed) };
  });
  return { CacheParameterGroupName: row.name };
}

/** API_ResetCacheParameterGroup. */
export function resetCacheParameterGroup(call: Call, input: ResetCacheParameterGroupMessage): object {
  const row = existing(call, input.CacheParameterGroupName);
  const names = (input.ParameterNameValues ?? []).map(({ ParameterName = "" }) => ParameterName);
  rows.parameterGroups(call).change(row.name, (group) => {
    const kept = Object.entries(group.values).filter(([name]) => !names.includes(name));
    group.values = input.ResetAllParameters ? {} : Object.fromEntries(kept);
  });
  return { CacheParameterGroupName: row.name };
}

/** API_DeleteCacheParameterGroup: not while a cluster uses it. */
export function deleteCacheParameterGroup(call: Call, input: DeleteCacheParameterGroupMessage): undefined {
  const row = existing(call, input.CacheParameterGroupName);
  const [user] = rows
    .groups(call)
    .all()
    .filter((group) => group.parameterGroup === row.name);
  if (user) {
    throw new AwsError(
      "InvalidCacheParameterGroupStateFault",
      `One or more cache clusters are still members of this parameter group ${row.name}, so the group cannot be deleted.`,
    );
  }
  rows.parameterGroups(call).remove(row.name);
}

/** API_DescribeCacheParameters: Source user is what was set, system the rest. */
export function describeCacheParameters(call: Call, input: DescribeCacheParametersMessage): object {
  const name = rows.lower(input.CacheParameterGroupName);
  const row = rows.parameterGroups(call).shown(name);
  if (!row && !parameterGroup(call, name)) throw parameterGroupNotFound(input.CacheParameterGroupName);
  const values: ParameterGroupRow["values"] = row?.values ?? {};
  const all: Parameter[] = Object.entries(PARAMETERS).map(([ParameterName, known]) => ({
    ParameterName,
    ParameterValue: values[ParameterName] ?? known.default,
    Source: values[ParameterName] === undefined ? "system" : "user",
    DataType: known.dataType,
    AllowedValues: known.allowed,
    IsModifiable: true,
    ChangeType: known.static ? "requires-reboot" : "immediate",
  }));
  const chosen = all.filter(({ Source }) => input.Source === undefined || Source === input.Source);
  const { items, Marker } = markerPage(chosen, ({ ParameterName = "" }) => ParameterName, input);
  return { Parameters: [...items], Marker };
}
