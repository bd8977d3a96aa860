import { EC2 } from "@aws-sdk/client-ec2";
import { ECS } from "@aws-sdk/client-ecs";
import { S3 } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, it } from "vitest";
import { clientsConfig } from "../index.ts";
import { ACCOUNT, code, must, REGION, type Simulated, simulate, words } from "../services/fixture.ts";
import { type PlatformClients, platformClients, trust } from "../services/fixture-platform.ts";

let world: Simulated;
let root: PlatformClients;
beforeEach(() => {
  world = simulate({ enforceIam: true });
  root = platformClients(world);
});
afterEach(() => expect(world.aws.failures).toEqual([]));

/** Clients in a role that has these statements. */
async function as(...statements: object[]) {
  const account = { Effect: "Allow", Principal: { AWS: ACCOUNT }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [account] });
  const { Role } = await root.iam.createRole({ RoleName: "caller", AssumeRolePolicyDocument });
  const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  await root.iam.putRolePolicy({ RoleName: "caller", PolicyName: "p", PolicyDocument });
  const { Credentials } = await root.sts.assumeRole({ RoleArn: must(Role?.Arn), RoleSessionName: "session" });
  const config = {
    ...clientsConfig(world.aws, { account: ACCOUNT, region: REGION }),
    maxAttempts: 1,
    credentials: {
      accessKeyId: must(Credentials?.AccessKeyId),
      secretAccessKey: must(Credentials?.SecretAccessKey),
      sessionToken: must(Credentials?.SessionToken),
    },
  };
  return { ecs: new ECS(config), ec2: new EC2(config), s3: new S3(config) };
}

const WHO = `arn:aws:sts::${ACCOUNT}:assumed-role/caller/session`;

it("says who may not do what on which resource, in each service's own code and words", async () => {
  const { ecs, ec2, s3 } = await as({ Effect: "Deny", Action: "ecs:CreateCluster", Resource: "*" });
  expect(await words(ecs.createCluster({ clusterName: "main" }))).toBe(
    `User: ${WHO} is not authorized to perform: ecs:CreateCluster on resource: ` +
      `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/main with an explicit deny in an identity-based policy`,
  );
  expect(await code(ecs.listClusters({}))).toBe("AccessDeniedException");
  expect(await code(ec2.describeVpcs({}))).toBe("UnauthorizedOperation");
  expect(await words(ec2.describeVpcs({}))).toBe(
    `You are not authorized to perform this operation. User: ${WHO} is not authorized to perform: ec2:DescribeVpcs ` +
      "because no identity-based policy allows the ec2:DescribeVpcs action.",
  );
  expect(await code(s3.createBucket({ Bucket: "some-bucket" }))).toBe("AccessDenied");
});

it("lets the root of the account do everything", async () => {
  await root.ecs.createCluster({ clusterName: "main" });
});

it("holds changes to what carries a tag, and creates to those that give it", async () => {
  const tagged = (key: string) => ({ Null: { [`aws:${key}/owner`]: "false" } });
  const { ecs } = await as(
    {
      Effect: "Allow",
      Action: ["ecs:CreateCluster", "ecs:TagResource"],
      Resource: "*",
      Condition: tagged("RequestTag"),
    },
    { Effect: "Allow", Action: "ecs:DeleteCluster", Resource: "*", Condition: tagged("ResourceTag") },
  );
  const tags = [{ key: "owner", value: "me" }];
  expect(await code(ecs.createCluster({ clusterName: "own" }))).toBe("AccessDeniedException");
  await ecs.createCluster({ clusterName: "own", tags });
  await root.ecs.createCluster({ clusterName: "foreign" });
  expect(await code(ecs.deleteCluster({ cluster: "foreign" }))).toBe("AccessDeniedException");
  await ecs.deleteCluster({ cluster: "own" });
  expect(await code(ecs.deleteCluster({ cluster: "none" }))).toBe("ClusterNotFoundException");
});

it("wants the right to pass a role to ECS tasks, and only to those", async () => {
  const { Role } = await root.iam.createRole({
    RoleName: "task",
    AssumeRolePolicyDocument: trust("ecs-tasks.amazonaws.com"),
  });
  const register = (ecs: ECS) =>
    ecs.registerTaskDefinition({
      family: "web",
      taskRoleArn: must(Role?.Arn),
      containerDefinitions: [{ name: "web", image: "nginx", memory: 128 }],
    });
  const pass = (service: string) => ({
    Effect: "Allow",
    Action: "iam:PassRole",
    Resource: "*",
    Condition: { StringEquals: { "iam:PassedToService": service } },
  });
  const all = { Effect: "Allow", Action: "ecs:*", Resource: "*" };
  const { ecs } = await as(all, pass("lambda.amazonaws.com"));
  expect(await words(register(ecs))).toContain(`is not authorized to perform: iam:PassRole on resource: ${Role?.Arn}`);
  await root.iam.putRolePolicy({
    RoleName: "caller",
    PolicyName: "q",
    PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [pass("ecs-tasks.amazonaws.com")] }),
  });
  await register(ecs);
});

it("checks every resource that an EC2 action connects, and what it makes", async () => {
  const { Vpc } = await makeVpc();
  const on = (type: string) => `arn:aws:ec2:*:*:${type}/*`;
  const { ec2 } = await as({ Effect: "Allow", Action: "ec2:CreateSubnet", Resource: on("subnet") });
  const create = () => ec2.createSubnet({ VpcId: must(Vpc?.VpcId), CidrBlock: "10.0.0.0/24" });
  expect(await words(create())).toContain(`on resource: arn:aws:ec2:${REGION}:${ACCOUNT}:vpc/${Vpc?.VpcId}`);
  await root.iam.putRolePolicy({
    RoleName: "caller",
    PolicyName: "q",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "ec2:CreateSubnet", Resource: on("vpc") }],
    }),
  });
  await create();
});

const makeVpc = () => world.ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
