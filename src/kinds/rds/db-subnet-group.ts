import {
  CreateDBSubnetGroupCommand,
  type DBSubnetGroup,
  DeleteDBSubnetGroupCommand,
  DescribeDBSubnetGroupsCommand,
  ModifyDBSubnetGroupCommand,
} from "@aws-sdk/client-rds";
import { describedByName } from "../by-name.ts";
import type { Kind } from "../kind.ts";
import { asSet } from "../same.ts";
import { toTagList } from "../tags.ts";
import { addTags, rdsArn, tagsOf } from "./shared.ts";

export interface DBSubnetGroupProps {
  readonly description: string;
  /** In two zones or more. */
  readonly subnetIds: readonly string[];
}

export interface DBSubnetGroupOutputs {
  readonly name: string;
}

const describe = describedByName<DBSubnetGroup>(
  (group) => group.DBSubnetGroupName,
  async (aws, query) => {
    const input = "name" in query ? { DBSubnetGroupName: query.name } : query;
    const { DBSubnetGroups, Marker } = await aws.rds.send(new DescribeDBSubnetGroupsCommand(input));
    return { items: DBSubnetGroups, Marker };
  },
);

/** Its id is its name, in lower case. */
export const dbSubnetGroup: Kind<DBSubnetGroupProps, DBSubnetGroupOutputs> = {
  type: "AWS::RDS::DBSubnetGroup",
  identity: "naturalKey",
  createOnly: [],
  same: { subnetIds: asSet("subnetIds") },
  timing: { pollSeconds: 2, usually: "a few seconds" },

  async find(aws, { name }) {
    const found = await describe(aws, name);
    return found
      ? [{ id: name.toLowerCase(), tags: await tagsOf(aws, rdsArn(aws, "subgrp", name.toLowerCase())) }]
      : [];
  },

  async observe(aws, id) {
    const found = await describe(aws, id);
    return (
      found && {
        phase: "ready",
        live: {
          description: found.DBSubnetGroupDescription ?? "",
          subnetIds: (found.Subnets ?? []).map((subnet) => subnet.SubnetIdentifier ?? "").sort(),
        },
        outputs: { name: id },
      }
    );
  },

  async create(aws, { name, tags, props }) {
    await aws.rds.send(
      new CreateDBSubnetGroupCommand({
        DBSubnetGroupName: name,
        DBSubnetGroupDescription: props.description,
        SubnetIds: [...props.subnetIds],
        Tags: toTagList(tags),
      }),
    );
    return name.toLowerCase();
  },

  async update(aws, id, { props }) {
    await aws.rds.send(
      new ModifyDBSubnetGroupCommand({
        DBSubnetGroupName: id,
        DBSubnetGroupDescription: props.description,
        SubnetIds: [...props.subnetIds],
      }),
    );
  },

  async delete(aws, id) {
    await aws.rds.send(new DeleteDBSubnetGroupCommand({ DBSubnetGroupName: id }));
  },

  async tag(aws, id, tags) {
    await addTags(aws, rdsArn(aws, "subgrp", id), tags);
  },
};
