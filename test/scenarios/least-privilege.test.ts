import { CreateVpcCommand, DeleteVpcCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DescribeSnapshotsCommand } from "@aws-sdk/client-elasticache";
import { CreateRoleCommand, DeleteRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { afterEach, beforeEach, expect, test } from "vitest";
import policy from "../../manifests/iam/policy.json" with { type: "json" };
import { clientsConfig } from "../simulator/index.ts";
import { ACCOUNT } from "../support/platform.ts";
import { Stage } from "../support/stage.ts";
import { Tenant } from "../support/tenant.ts";

const ROLE = "agentorchestrator-operator";
let stage: Stage;

beforeEach(() => {
  stage = new Stage({ enforceIam: true });
});
afterEach(async () => {
  await stage.stop();
  expect(stage.aws.failures).toEqual([]);
});

/** Starts the operator in a role that may do what the policy says and nothing else. */
async function startAs(document: object): Promise<void> {
  const { iam } = stage.client();
  const trust = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  await iam.send(new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument }));
  const PolicyDocument = JSON.stringify(document);
  await iam.send(new PutRolePolicyCommand({ RoleName: ROLE, PolicyName: "agentorchestrator", PolicyDocument }));
  stage.start({ roleArn: `arn:aws:iam::${ACCOUNT}:role/${ROLE}` });
}

const denials = (): readonly string[] => [
  ...new Set(
    stage.aws.calls
      .find()
      .filter(({ outcome }) => /^(AccessDenied|Unauthorized)/.test(outcome))
      .map(({ service, action, outcome }) => `${service}:${action} ${outcome}`),
  ),
];

test("the operator's own IAM policy is enough to make the reference case, to keep it and to take it down", async () => {
  await startAs(policy);
  await stage.create();
  expect(denials()).toEqual([]);
  await stage.clock.sleep(600_000);
  stage.delete();
  await stage.gone();
  expect(denials()).toEqual([]);
  expect(await stage.resources()).toEqual([`role ${ROLE}`]);
});

test("it is enough for a cache that gets replicas, parameters and another version, and leaves a last snapshot", async () => {
  await startAs(policy);
  const shop = new Tenant(stage);
  const ready = (cache: object): Promise<void> => {
    shop.apply({ data: { cache }, deletionPolicy: "Snapshot" });
    return shop.ready();
  };
  await ready({ version: "8.0" });
  await ready({ version: "9.0", replicas: 1, maxMemoryPolicy: "noeviction" });
  await ready({ version: "9.0", replicas: 0 });
  shop.delete();
  await shop.gone();
  expect(denials()).toEqual([]);
  const { Snapshots } = await stage.client().elasticache.send(new DescribeSnapshotsCommand({}));
  expect(Snapshots).toMatchObject([{ EngineVersion: "9.0.0" }]);
});

test("an action that its role lacks is named, with the resource, and nothing else waits for it", async () => {
  const without = "rds:CreateDBInstance";
  const statements = policy.Statement.map((one) => ({ ...one, Action: one.Action.filter((name) => name !== without) }));
  await startAs({ ...policy, Statement: statements });
  await stage.apply();
  const message = await stage.reason("AccessDenied");
  expect(message).toContain(without);
  expect(message).toContain(`:db:multi-agent-orchestrator-dev`);
  await stage.until(() => stage.condition("NetworkReady")?.status === "True");
  expect(denials()).toEqual(["rds:CreateDBInstance AccessDenied"]);
});

test("what belongs to somebody else stays untouched: the policy allows changes only of what carries the owner's tags", async () => {
  await startAs(policy);
  await stage.create();
  const { iam, ec2, sts } = stage.client();
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.9.0.0/16" }));
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/${ROLE}`, RoleSessionName: "intruder" }),
  );
  const intruder = new EC2Client({
    ...clientsConfig(stage.aws, { account: ACCOUNT, region: "us-east-1" }),
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    },
  });
  const refusal = await intruder.send(new DeleteVpcCommand({ VpcId: Vpc?.VpcId })).catch((error: Error) => error);
  expect(refusal).toMatchObject({ name: "UnauthorizedOperation" });
  const untagged = await intruder
    .send(new CreateVpcCommand({ CidrBlock: "10.8.0.0/16" }))
    .catch((error: Error) => error);
  expect(untagged).toMatchObject({ name: "UnauthorizedOperation" });
  await iam.send(new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: "agentorchestrator" }));
  const nothing = await intruder.send(new DescribeVpcsCommand({})).catch((error: Error) => error);
  expect(nothing).toMatchObject({ name: "UnauthorizedOperation" });
});
