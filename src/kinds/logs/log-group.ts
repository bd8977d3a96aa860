import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  type LogGroup,
  PutRetentionPolicyCommand,
  TagResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import { afterCreate } from "../after-create.ts";
import type { Kind } from "../kind.ts";

export interface LogGroupProps {
  /** One of the numbers of days that PutRetentionPolicy takes: 1, 3, 5, 7, 14, 30, 60, 90 and on. Live 0: for ever. */
  readonly retentionDays: number;
}

export interface LogGroupOutputs {
  readonly logGroupName: string;
  /** Without the trailing ":*". */
  readonly arn: string;
}

/** 50 names a call (CloudWatch Logs API reference, DescribeLogGroups, logGroupIdentifiers). */
const describe = batched<LogGroup>({
  max: 50,
  read: async (aws, names) => {
    const wanted = new Set(names);
    const found = new Map<string, LogGroup>();
    let nextToken: string | undefined;
    do {
      const page = await aws.logs.send(new DescribeLogGroupsCommand({ logGroupIdentifiers: [...names], nextToken }));
      for (const group of page.logGroups ?? []) {
        if (group.logGroupName && wanted.has(group.logGroupName)) found.set(group.logGroupName, group);
      }
      nextToken = page.nextToken;
    } while (nextToken && found.size < wanted.size);
    return found;
  },
});

/** Its id is its name. */
export const logGroup: Kind<LogGroupProps, LogGroupOutputs> = {
  type: "AWS::Logs::LogGroup",
  identity: "naturalKey",
  createOnly: [],
  timing: { pollSeconds: 2, usually: "a few seconds" },

  async find(aws, { name }) {
    if (!(await describe(aws, name))) return [];
    const { tags = {} } = await aws.logs.send(new ListTagsForResourceCommand({ resourceArn: arnOf(aws, name) }));
    return [{ id: name, tags }];
  },

  async observe(aws, id) {
    const found = await describe(aws, id);
    return (
      found && {
        phase: "ready",
        live: { retentionDays: found.retentionInDays ?? 0 },
        outputs: { logGroupName: id, arn: arnOf(aws, id) },
      }
    );
  },

  async create(aws, { name, tags, props }) {
    await aws.logs.send(new CreateLogGroupCommand({ logGroupName: name, tags }));
    await afterCreate(() => putRetention(aws, name, props));
    return name;
  },

  async update(aws, id, { props }) {
    await putRetention(aws, id, props);
  },

  async delete(aws, id) {
    await aws.logs.send(new DeleteLogGroupCommand({ logGroupName: id }));
  },

  async tag(aws, id, tags) {
    await aws.logs.send(new TagResourceCommand({ resourceArn: arnOf(aws, id), tags }));
  },
};

async function putRetention(aws: Aws, logGroupName: string, { retentionDays }: LogGroupProps): Promise<void> {
  await aws.logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: retentionDays }));
}

function arnOf(aws: Aws, name: string): string {
  return `arn:${aws.partition}:logs:${aws.region}:${aws.account}:log-group:${name}`;
}
