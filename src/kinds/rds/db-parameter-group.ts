import {
  CreateDBParameterGroupCommand,
  type DBParameterGroup,
  DeleteDBParameterGroupCommand,
  DescribeDBParameterGroupsCommand,
  ModifyDBParameterGroupCommand,
  type Parameter,
  paginateDescribeDBParameters,
} from "@aws-sdk/client-rds";
import type { Aws } from "../../aws/aws.ts";
import { collect } from "../../aws/pages.ts";
import { afterCreate } from "../after-create.ts";
import { describedByName } from "../by-name.ts";
import type { Kind } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { toTagList } from "../tags.ts";
import { addTags, rdsArn, tagsOf } from "./shared.ts";

export interface DBParameterGroupProps {
  /** "postgres15" */
  readonly family: string;
  /** Only the ones named are compared and set; all others stay as they are. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface DBParameterGroupOutputs {
  readonly name: string;
}

const describe = describedByName<DBParameterGroup>(
  (group) => group.DBParameterGroupName,
  async (aws, query) => {
    const input = "name" in query ? { DBParameterGroupName: query.name } : query;
    const { DBParameterGroups, Marker } = await aws.rds.send(new DescribeDBParameterGroupsCommand(input));
    return { items: DBParameterGroups, Marker };
  },
);

/** Its id is its name, in lower case. */
export const dbParameterGroup: Kind<DBParameterGroupProps, DBParameterGroupOutputs> = {
  type: "AWS::RDS::DBParameterGroup",
  identity: "naturalKey",
  createOnly: ["family"],
  partial: ["parameters"],
  timing: { pollSeconds: 2, usually: "a few seconds" },

  async find(aws, { name }) {
    const found = await describe(aws, name);
    return found ? [{ id: name.toLowerCase(), tags: await tagsOf(aws, rdsArn(aws, "pg", name.toLowerCase())) }] : [];
  },

  async observe(aws, id) {
    const found = await describe(aws, id);
    const set = found && (await unlessNotFound(parametersOf(aws, id, "user")));
    if (!set) return undefined;
    const parameters = Object.fromEntries(set.map((one) => [one.ParameterName ?? "", one.ParameterValue ?? ""]));
    return { phase: "ready", live: { family: found.DBParameterGroupFamily ?? "", parameters }, outputs: { name: id } };
  },

  async create(aws, { name, tags, props }) {
    await aws.rds.send(
      new CreateDBParameterGroupCommand({
        DBParameterGroupName: name,
        DBParameterGroupFamily: props.family,
        Description: `Parameters of ${name}`,
        Tags: toTagList(tags),
      }),
    );
    await afterCreate(() => putParameters(aws, name, props));
    return name.toLowerCase();
  },

  async update(aws, id, { props }) {
    await putParameters(aws, id, props);
  },

  async delete(aws, id) {
    await aws.rds.send(new DeleteDBParameterGroupCommand({ DBParameterGroupName: id }));
  },

  async tag(aws, id, tags) {
    await addTags(aws, rdsArn(aws, "pg", id), tags);
  },
};

/** `source` "user": those that differ from the family's defaults; without it, all that the family has. */
async function parametersOf(aws: Aws, DBParameterGroupName: string, source?: "user"): Promise<Parameter[]> {
  const input = { DBParameterGroupName, MaxRecords: 100, ...(source && { Source: source }) };
  return collect(paginateDescribeDBParameters({ client: aws.rds }, input), (page) => page.Parameters);
}

/** Static parameters are refused with "immediate"; 20 a call (RDS API reference, ModifyDBParameterGroup). */
async function putParameters(aws: Aws, name: string, { parameters }: DBParameterGroupProps): Promise<void> {
  const wanted = Object.entries(parameters);
  if (wanted.length === 0) return;
  const known = new Map((await parametersOf(aws, name)).map((one) => [one.ParameterName, one.ApplyType]));
  const all = wanted.map(([ParameterName, ParameterValue]) => ({
    ParameterName,
    ParameterValue,
    ApplyMethod: known.get(ParameterName) === "static" ? ("pending-reboot" as const) : ("immediate" as const),
  }));
  for (let start = 0; start < all.length; start += 20) {
    const Parameters = all.slice(start, start + 20);
    await aws.rds.send(new ModifyDBParameterGroupCommand({ DBParameterGroupName: name, Parameters }));
  }
}
