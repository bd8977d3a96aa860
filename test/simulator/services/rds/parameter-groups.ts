import type {
  CreateDBParameterGroupMessage,
  DeleteDBParameterGroupMessage,
  DescribeDBParameterGroupsMessage,
  DescribeDBParametersMessage,
  ModifyDBParameterGroupMessage,
  Parameter,
  ResetDBParameterGroupMessage,
} from "@aws-sdk/client-rds";
import { AwsError, type Call } from "../../operation.ts";
import { fromTags } from "../common/tags.ts";
import { postgresVersions } from "./catalog.ts";
import { markerPage } from "./pages.ts";
import { PARAMETERS } from "./parameters.ts";
import type { ParameterGroupRow } from "./rows.ts";
import * as rows from "./rows.ts";

const FAMILIES = new Set(postgresVersions.map(({ family }) => family));

export const parameterGroupNotFound = (name: string | undefined) =>
  new AwsError("DBParameterGroupNotFoundFault", `DBParameterGroup not found: ${name}`, 404);

/** A group that a database can use: one of the account, or the default one of a family, which is always there. */
export function parameterGroup(call: rows.Where, name: string): Pick<ParameterGroupRow, "name" | "family"> | undefined {
  const family = name.startsWith("default.") ? name.slice("default.".length) : undefined;
  if (family !== undefined && FAMILIES.has(family)) return { name, family };
  return rows.parameterGroups(call).get(name);
}

function existing(call: Call, given: string | undefined): ParameterGroupRow {
  const row = rows.parameterGroups(call).get(rows.lower(given));
  if (row) return row;
  if (given?.startsWith("default.")) {
    throw new AwsError(
      "InvalidParameterValue",
      `The parameter group ${given} is a default group and cannot be modified.`,
    );
  }
  throw parameterGroupNotFound(given);
}

/** API_CreateDBParameterGroup. */
export function createDBParameterGroup(call: Call, input: CreateDBParameterGroupMessage): object {
  const name = rows.lower(input.DBParameterGroupName);
  rows.checkIdentifier("DBParameterGroupName", name);
  const table = rows.parameterGroups(call);
  if (table.get(name)) {
    throw new AwsError("DBParameterGroupAlreadyExistsFault", `Parameter group ${name} already exists`);
  }
  const family = input.DBParameterGroupFamily ?? "";
  if (!FAMILIES.has(family))
    throw rows.badValue(`ParameterGroupFamily ${family} is not a valid parameter group family`);
  if (table.all().length >= call.world.quota("rds.parameterGroups")) {
    throw new AwsError(
      "DBParameterGroupQuotaExceededFault",
      "The request would exceed the number of DB parameter groups.",
    );
  }
  const row = table.put(name, {
    name,
    arn: rows.rdsArn(call, "pg", name),
    family,
    description: input.Description ?? "",
    values: {},
    tags: fromTags(input.Tags),
  });
  return { DBParameterGroup: describe(row) };
}

const describe = (row: ParameterGroupRow) => ({
  DBParameterGroupName: row.name,
  DBParameterGroupFamily: row.family,
  Description: row.description,
  DBParameterGroupArn: row.arn,
});

/** API_DescribeDBParameterGroups. */
export function describeDBParameterGroups(call: Call, input: DescribeDBParameterGroupsMessage): object {
  const name = input.DBParameterGroupName;
  if (name !== undefined) {
    const row = rows.parameterGroups(call).shown(rows.lower(name));
    if (!row) throw parameterGroupNotFound(name);
    return { DBParameterGroups: [describe(row)] };
  }
  const { items, Marker } = markerPage(rows.parameterGroups(call).shownAll(), (row) => row.name, input);
  return { DBParameterGroups: items.map(describe), Marker };
}

/** API_ModifyDBParameterGroup: 20 parameters at most; a static one only with pending-reboot. */
export function modifyDBParameterGroup(call: Call, input: ModifyDBParameterGroupMessage): object {
  const row = existing(call, input.DBParameterGroupName);
  const parameters = input.Parameters ?? [];
  if (parameters.length === 0) throw rows.badValue("The parameter Parameters must be provided and must not be blank.");
  if (parameters.length > 20) throw rows.badValue("A maximum of 20 parameters can be modified in a single request.");
  for (const parameter of parameters) checkParameter(parameter);
  rows.parameterGroups(call).change(row.name, (group) => {
    const changed = parameters.map(({ ParameterName = "", ParameterValue = "", ApplyMethod = "immediate" }) => [
      ParameterName,
      { value: ParameterValue, method: ApplyMethod },
    ]);
    group.values = { ...group.values, ...Object.fromEntries(changed) };
  });
  applyToMembers(call, row.name, parameters);
  return { DBParameterGroupName: row.name };
}

function checkParameter({ ParameterName = "", ApplyMethod }: Parameter): void {
  const known = PARAMETERS[ParameterName];
  if (!known) throw rows.badValue(`Could not find parameter with name: ${ParameterName}`);
  if (known.type === "static" && ApplyMethod === "immediate") {
    throw rows.badCombination("cannot use immediate apply method for static parameter");
  }
}

/** RDS User Guide, "Overview of parameter groups": a static parameter waits for a reboot. */
function applyToMembers(call: Call, name: string, parameters: readonly Parameter[]): void {
  const waits = parameters.some(({ ApplyMethod }) => ApplyMethod === "pending-reboot");
  for (const db of members(call, name)) {
    if (waits) {
      rows.dbInstances(call).change(db.id, (row) => {
        row.parameterStatus = "pending-reboot";
      });
    }
  }
}

const members = (call: Call, name: string) =>
  rows
    .dbInstances(call)
    .all()
    .filter((db) => db.parameterGroup === name);

/** API_ResetDBParameterGroup. */
export function resetDBParameterGroup(call: Call, input: ResetDBParameterGroupMessage): object {
  const row = existing(call, input.DBParameterGroupName);
  const all = input.ResetAllParameters ?? true;
  const names = (input.Parameters ?? []).map(({ ParameterName = "" }) => ParameterName);
  rows.parameterGroups(call).change(row.name, (group) => {
    const kept = Object.fromEntries(Object.entries(group.values).filter(([name]) => !names.includes(name)));
    group.values = all && names.length === 0 ? {} : kept;
  });
  applyToMembers(call, row.name, [{ ApplyMethod: "pending-reboot" }]);
  return { DBParameterGroupName: row.name };
}

/** API_DeleteDBParameterGroup: not while a database uses it. */
export function deleteDBParameterGroup(call: Call, input: DeleteDBParameterGroupMessage): undefined {
  const row = existing(call, input.DBParameterGroupName);
  if (members(call, row.name).length > 0) {
    throw new AwsError(
      "InvalidDBParameterGroupStateFault",
      `One or more database instances are still members of this parameter group ${row.name}, so the group cannot be deleted`,
    );
  }
  rows.parameterGroups(call).remove(row.name);
}

/** API_DescribeDBParameters: Source user is what was set, engine-default the rest. */
export function describeDBParameters(call: Call, input: DescribeDBParametersMessage): object {
  const name = rows.lower(input.DBParameterGroupName);
  const row = rows.parameterGroups(call).shown(name);
  if (!row && !parameterGroup(call, name)) throw parameterGroupNotFound(input.DBParameterGroupName);
  const values: ParameterGroupRow["values"] = row?.values ?? {};
  const all: Parameter[] = Object.entries(PARAMETERS).map(([ParameterName, known]) => {
    const set = values[ParameterName];
    return {
      ParameterName,
      ApplyType: known.type,
      DataType: known.dataType,
      IsModifiable: true,
      Source: set ? "user" : "engine-default",
      ApplyMethod: set?.method ?? "pending-reboot",
      ...((set?.value ?? known.default) !== undefined && { ParameterValue: set?.value ?? known.default }),
    };
  });
  const chosen = all.filter(({ Source }) => input.Source === undefined || Source === input.Source);
  const { items, Marker } = markerPage(chosen, ({ ParameterName = "" }) => ParameterName, input);
  return { Parameters: [...items], Marker };
}
