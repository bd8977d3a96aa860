import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type HttpDoor, httpClientsConfig, type SimulatedAws, startHttpDoor } from "../index.ts";

const where = { account: "111111111111", region: "us-east-1" };
let aws: SimulatedAws;
let door: HttpDoor;

beforeEach(async () => {
  aws = createWorld();
  door = await startHttpDoor(aws);
});
afterEach(() => door.close());

const logsOf = (account: string) =>
  new CloudWatchLogsClient({ ...httpClientsConfig(door.url, { ...where, account }), maxAttempts: 1 });
const createGroup = (client: CloudWatchLogsClient, logGroupName: string) =>
  client.send(new CreateLogGroupCommand({ logGroupName }));
const names = async (client: CloudWatchLogsClient) =>
  (await client.send(new DescribeLogGroupsCommand({}))).logGroups?.map(({ logGroupName }) => logGroupName);

async function control(method: string, path: string, body?: object): Promise<{ status: number; body: never }> {
  const init = { method, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(`${door.url}/_simulator/${path}`, init);
  return { status: response.status, body: (await response.json()) as never };
}

describe("the HTTP door", () => {
  it("serves each account apart, by the access key id", async () => {
    await createGroup(logsOf("111111111111"), "one");
    await createGroup(logsOf("222222222222"), "two");
    expect(await names(logsOf("111111111111"))).toEqual(["one"]);
    expect(await names(logsOf("222222222222"))).toEqual(["two"]);
  });

  it("breaks the connection for a lost answer, after the effect", async () => {
    aws.faults.add({ fault: { kind: "lost" }, action: "CreateLogGroup", nth: 1 });
    const client = logsOf(where.account);
    await expect(createGroup(client, "a")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await names(client)).toEqual(["a"]);
  });

  it("tells who does not sign what to do", async () => {
    const response = await fetch(`${door.url}/`, { method: "POST", body: "Action=DescribeVpcs&Version=2016-11-15" });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("twelve digits");
  });

  it("refuses actions that the service does not have", async () => {
    const response = await fetch(`${door.url}/`, {
      method: "POST",
      headers: { authorization: "AWS4-HMAC-SHA256 Credential=111111111111/20260101/us-east-1/ec2/aws4_request" },
      body: "Action=Nonsense&Version=2016-11-15",
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("<Code>InvalidAction</Code>");
  });
});

describe("the control API", () => {
  it("says what it can do", async () => {
    const { status, body } = await control("GET", "");
    expect(status).toBe(200);
    expect(Object.keys(body)).toContain("POST faults");
  });

  it("sums up the state of accounts and the calls that were made", async () => {
    await createGroup(logsOf(where.account), "a");
    expect(await control("GET", "state")).toMatchObject({
      body: { now: aws.clock.now(), accounts: { [where.account]: { "logs.groups": 1 } } },
    });
    expect(await control("GET", "calls?write=true")).toMatchObject({
      body: { count: 1, byAction: { "logs:CreateLogGroup": 1 }, last: [{ account: where.account, outcome: "ok" }] },
    });
  });

  it("adds faults and takes them away", async () => {
    await control("POST", "faults", { fault: { kind: "throttle" }, service: "logs" });
    await expect(createGroup(logsOf(where.account), "a")).rejects.toMatchObject({ name: "ThrottlingException" });
    await control("DELETE", "faults");
    await createGroup(logsOf(where.account), "a");
  });

  it("moves a virtual clock", async () => {
    const before = aws.clock.now();
    await control("POST", "clock", { advanceMs: 3_600_000 });
    expect(aws.clock.now()).toBe(before + 3_600_000);
  });

  it("changes durations, quotas and limits, and refuses names that there are not", async () => {
    await control("POST", "settings", {
      quotas: { "logs.groups": 1 },
      durations: { "ec2.vpc.create": 3 },
      buckets: false,
    });
    expect(aws.duration("ec2.vpc.create")).toBe(3000);
    expect(aws.buckets).toBeUndefined();
    await createGroup(logsOf(where.account), "a");
    await expect(createGroup(logsOf(where.account), "b")).rejects.toMatchObject({ name: "LimitExceededException" });
    expect((await control("POST", "settings", { quotas: { nonsense: 1 } })).status).toBe(400);
    expect((await control("POST", "faults", { fault: { kind: "nonsense" } })).status).toBe(400);
    expect((await control("POST", "nonsense")).status).toBe(404);
  });

  it("resets everything", async () => {
    await createGroup(logsOf(where.account), "a");
    await control("POST", "reset");
    expect(await control("GET", "state")).toMatchObject({ body: { accounts: {} } });
    const ec2 = new EC2Client(httpClientsConfig(door.url, where));
    expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs?.every((vpc) => vpc.IsDefault)).toBe(true);
  });
});
