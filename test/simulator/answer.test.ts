import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateVpcCommand, DescribeSecurityGroupsCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { beforeEach, describe, expect, it } from "vitest";
import type { VirtualClock } from "./clock/virtual.ts";
import { clientsConfig, createWorld, type SimulatedAws } from "./index.ts";

const account = "111111111111";
const where = { account, region: "us-east-1" };
let aws: SimulatedAws;
let logs: CloudWatchLogsClient;
let ec2: EC2Client;

beforeEach(() => {
  connect(createWorld());
});
function connect(world: SimulatedAws): void {
  aws = world;
  const config = { ...clientsConfig(aws, where), maxAttempts: 1 };
  logs = new CloudWatchLogsClient(config);
  ec2 = new EC2Client(config);
}

const advance = (ms: number) => (aws.time as VirtualClock).advance(ms);
const createGroup = (logGroupName = "g") => logs.send(new CreateLogGroupCommand({ logGroupName }));
const groups = async () => (await logs.send(new DescribeLogGroupsCommand({}))).logGroups?.length;
const createVpc = () => ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => "answered",
    (error: { name: string; $metadata?: { httpStatusCode?: number } }) =>
      `${error.name} ${error.$metadata?.httpStatusCode}`,
  );

describe("a fault", () => {
  it("throttles in each service's own words and leaves no effect", async () => {
    aws.faults.add({ fault: { kind: "throttle" }, times: 2 });
    expect(await refusal(createGroup())).toBe("ThrottlingException 400");
    expect(await refusal(createVpc())).toBe("RequestLimitExceeded 503");
    expect(await groups()).toBe(0);
  });

  it("loses the answer after the effect, or the request before it", async () => {
    aws.faults.add({ fault: { kind: "lost" }, action: "CreateLogGroup", nth: 1 });
    await expect(createGroup("a")).rejects.toMatchObject({ name: "TimeoutError", code: "ECONNRESET" });
    expect(await groups()).toBe(1);
    aws.faults.add({ fault: { kind: "lost", before: true }, action: "CreateLogGroup" });
    await expect(createGroup("b")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await groups()).toBe(1);
    expect(aws.calls.find({ outcome: "lost" }).map(({ effect }) => effect)).toEqual([true, false]);
  });

  it("answers 500 before or after the effect", async () => {
    aws.faults.add({ fault: { kind: "error" }, action: "Create*", nth: 1 });
    expect(await refusal(createGroup())).toMatch(/ 500$/);
    expect(await groups()).toBe(0);
    aws.faults.add({ fault: { kind: "error", after: true }, action: "Create*", nth: 1 });
    expect(await refusal(createGroup())).toMatch(/ 500$/);
    expect(await groups()).toBe(1);
  });

  it("refuses as denied, expired or with any code", async () => {
    aws.faults.add({ fault: { kind: "denied" }, service: "logs", action: "CreateLogGroup" });
    await expect(createGroup()).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(
        `User: arn:aws:iam::${account}:root is not authorized to perform: logs:CreateLogGroup`,
      ),
    });
    aws.faults.clear();
    aws.faults.add({ fault: { kind: "expired" }, nth: 1 });
    expect(await refusal(createVpc())).toBe("RequestExpired 400");
    aws.faults.add({ fault: { kind: "refuse", code: "VpcLimitExceeded", message: "no more" }, nth: 1 });
    expect(await refusal(createVpc())).toBe("VpcLimitExceeded 400");
  });

  it("shows an old state, or answers late, on the world's clock", async () => {
    await createGroup();
    await advance(1000);
    aws.faults.add({ fault: { kind: "stale", ms: 5000 }, action: "Describe*", nth: 1 });
    aws.faults.add({ fault: { kind: "slow", ms: 30_000 }, action: "Describe*", nth: 2 });
    expect(await groups()).toBe(0);
    const before = aws.time.now();
    expect(await groups()).toBe(1);
    expect(aws.time.now() - before).toBe(30_000);
  });

  it("strikes only the calls that its rule is for", async () => {
    const take = aws.faults.add({ fault: { kind: "throttle" }, service: "logs", write: true, account: "222222222222" });
    await createGroup();
    take();
    aws.faults.add({ fault: { kind: "throttle" }, write: true, nth: [2, 3] });
    const outcomes: string[] = [];
    for (const name of ["a", "b", "c", "d"]) outcomes.push(await refusal(createGroup(name)));
    expect(outcomes).toEqual(["answered", "ThrottlingException 400", "ThrottlingException 400", "answered"]);
  });

  it("by chance strikes the same calls for the same seed", async () => {
    const run = async (seed: number) => {
      connect(createWorld({ seed, buckets: false }));
      aws.faults.add({ fault: { kind: "throttle" }, probability: 0.3 });
      const outcomes: string[] = [];
      for (let call = 0; call < 40; call++) outcomes.push(await refusal(createGroup(`g${call}`)));
      return outcomes.map((outcome) => (outcome === "answered" ? "." : "x")).join("");
    };
    const one = await run(1);
    expect(await run(1)).toBe(one);
    expect(await run(2)).not.toBe(one);
    expect(one).toMatch(/x/);
  });
});

describe("limits", () => {
  it("are AWS's token buckets, by account, region and action, and refill with time", async () => {
    const burst = async () => {
      let taken = 0;
      while ((await refusal(createGroup(`g${aws.time.now()}-${taken}`))) === "answered") taken += 1;
      return taken;
    };
    expect(await burst()).toBe(10);
    expect(await groups()).toBe(10);
    await advance(500);
    expect(await burst()).toBe(5);
    aws.limit(false);
    expect(await refusal(createGroup("more"))).toBe("answered");
  });

  it("hold some of EC2's reads to a smaller bucket when they come without filter or page", async () => {
    const burst = async (input: object) => {
      let taken = 0;
      while ((await refusal(ec2.send(new DescribeSecurityGroupsCommand(input)))) === "answered") taken += 1;
      return taken;
    };
    expect(await burst({})).toBe(50);
    expect(await burst({ MaxResults: 5 })).toBe(100);
  });
});

describe("a request", () => {
  it("that breaks the service's model is refused in that service's words", async () => {
    await expect(createGroup("no spaces")).rejects.toMatchObject({
      name: "InvalidParameterException",
      message:
        "1 validation error detected: Value 'no spaces' at 'logGroupName' failed to satisfy constraint: " +
        "Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
    });
    const bad = new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", InstanceTenancy: "shared" as "default" });
    await expect(ec2.send(bad)).rejects.toMatchObject({
      name: "InvalidParameterValue",
      message: expect.stringContaining("Value (shared) for parameter instanceTenancy is invalid"),
    });
  });

  it("by an access key that nobody handed out is refused", async () => {
    const stranger = {
      ...clientsConfig(aws, where),
      credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "x" },
    };
    expect(await refusal(new CloudWatchLogsClient(stranger).send(new DescribeLogGroupsCommand({})))).toBe(
      "UnrecognizedClientException 400",
    );
    expect(await refusal(new EC2Client(stranger).send(new DescribeVpcsCommand({})))).toBe("AuthFailure 401");
  });

  it("by an assumed role acts in the role's account until the session expires", async () => {
    const target = { account: "222222222222", region: "us-east-1" };
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "sts:AssumeRole" }],
    };
    const iam = new IAMClient(clientsConfig(aws, target));
    const made = await iam.send(
      new CreateRoleCommand({ RoleName: "operator", AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    await advance(60_000);
    const sts = new STSClient(clientsConfig(aws, where));
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: made.Role?.Arn, RoleSessionName: "session", DurationSeconds: 900 }),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    const assumed = { ...clientsConfig(aws, where), credentials };
    const identity = await new STSClient(assumed).send(new GetCallerIdentityCommand({}));
    expect(identity.Account).toBe(target.account);
    expect(identity.Arn).toBe(`arn:aws:sts::${target.account}:assumed-role/operator/session`);
    await advance(901_000);
    expect(await refusal(new CloudWatchLogsClient(assumed).send(new DescribeLogGroupsCommand({})))).toBe(
      "ExpiredTokenException 400",
    );
  });

  it("for what the simulator has no rule is refused once, and said aloud", async () => {
    const { DescribeFleetsCommand } = await import("@aws-sdk/client-ec2");
    expect(await refusal(ec2.send(new DescribeFleetsCommand({})))).toBe("NotImplemented 501");
  });
});

describe("the log of calls", () => {
  it("tells who called what, when, whether it wrote and how it ended", async () => {
    await createGroup();
    await refusal(createGroup());
    await groups();
    expect(aws.calls.find()).toEqual([
      {
        service: "logs",
        action: "CreateLogGroup",
        account,
        region: "us-east-1",
        accessKeyId: account,
        write: true,
        at: aws.time.now(),
        effect: true,
        outcome: "ok",
      },
      expect.objectContaining({ write: true, effect: false, outcome: "ResourceAlreadyExistsException" }),
      expect.objectContaining({ action: "DescribeLogGroups", write: false, outcome: "ok" }),
    ]);
    expect(aws.calls.count({ write: true })).toBe(2);
    expect(aws.calls.byAction()).toEqual({ "logs:CreateLogGroup": 2, "logs:DescribeLogGroups": 1 });
  });

  it("is the same, ids and all, for the same seed", async () => {
    const run = async () => {
      connect(createWorld({ seed: 5, latencyMs: 80 }));
      const { Vpc } = await createVpc();
      await createGroup();
      return { id: Vpc?.VpcId, calls: aws.calls.find(), now: aws.time.now() };
    };
    expect(await run()).toEqual(await run());
  });
});

it("a failing rule is no refusal: it is kept for the test to see", async () => {
  const service = aws.services.get("logs");
  if (!service) throw new Error("no logs");
  const broken = { ...service, operations: { DescribeLogGroups: () => JSON.parse("{") as object } };
  (aws.services as Map<string, typeof service>).set("logs", broken);
  expect(await refusal(logs.send(new DescribeLogGroupsCommand({})))).toBe("SimulatorFailure 501");
  expect(aws.failures).toHaveLength(1);
});
