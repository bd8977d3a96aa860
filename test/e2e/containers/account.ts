import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from "@aws-sdk/client-ecs";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { GetSecretValueCommand, ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import pg from "pg";
import type { AccountConfig } from "../../support/account.ts";
import { PREFIX } from "../reference-case.ts";

/** What ECS shows of an agent's tasks. */
export async function tasksOf(account: AccountConfig, agent: string): Promise<readonly Task[]> {
  const ecs = new ECSClient(account);
  const listed = await ecs.send(new ListTasksCommand({ cluster: PREFIX, serviceName: `${PREFIX}-${agent}` }));
  const { taskArns: tasks = [] } = listed;
  if (tasks.length === 0) return [];
  return (await ecs.send(new DescribeTasksCommand({ cluster: PREFIX, tasks }))).tasks ?? [];
}

/** Values of all secrets of the account, by name. */
export async function secretsOf(account: AccountConfig): Promise<ReadonlyMap<string, string>> {
  const secrets = new SecretsManagerClient(account);
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
  const values = SecretList.map(async ({ ARN, Name = "" }) => {
    const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId: ARN }));
    return [Name, SecretString] as const;
  });
  return new Map(await Promise.all(values));
}

/** Rows of the platform's database, which its secret lets one in. */
export async function databaseRows(
  account: AccountConfig,
  text: string,
  values: readonly unknown[],
): Promise<readonly Record<string, unknown>[]> {
  const { DBInstances: [instance] = [] } = await new RDSClient(account).send(new DescribeDBInstancesCommand({}));
  const [, secret = ""] = [...(await secretsOf(account))].find(([name]) => name.startsWith("rds!")) ?? [];
  const { username: user, password } = JSON.parse(secret);
  const { Address: host, Port: port } = instance?.Endpoint ?? {};
  const ssl = { rejectUnauthorized: false };
  const client = new pg.Client({ host, port, user, password, database: instance?.DBName, ssl });
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Lines of all log groups, with the group that each is in. */
export async function logLines(account: AccountConfig): Promise<readonly { group: string; line: string }[]> {
  const logs = new CloudWatchLogsClient(account);
  const lines: { group: string; line: string }[] = [];
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({}));
  for (const { logGroupName: group = "" } of logGroups)
    for (let nextToken: string | undefined, first = true; first || nextToken; first = false) {
      const page = await logs.send(new FilterLogEventsCommand({ logGroupName: group, nextToken }));
      for (const { message = "" } of page.events ?? []) lines.push({ group, line: message });
      nextToken = page.nextToken;
    }
  return lines;
}
