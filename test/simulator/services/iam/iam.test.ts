import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { code, must, type Simulated, simulate, words } from "../fixture.ts";
import { type PlatformClients, platformClients, policy, trust } from "../fixture-platform.ts";

let world: Simulated;
let clients: PlatformClients;
beforeEach(() => {
  world = simulate();
  clients = platformClients(world);
});
afterEach(() => expect(world.aws.failures).toEqual([]));

const MANAGED = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
const create = (RoleName: string) =>
  clients.iam.createRole({ RoleName, AssumeRolePolicyDocument: trust("ecs-tasks.amazonaws.com") });

describe("a role", () => {
  it("has a name that is unique without regard to case", async () => {
    await create("Worker");
    expect(await words(create("worker"))).toBe("Role with name worker already exists.");
    expect(await code(create("worker"))).toBe("EntityAlreadyExistsException");
  });

  it("comes back with its policies percent-encoded, as it was sent", async () => {
    await create("worker");
    const PolicyDocument = policy(["s3:GetObject"], "arn:aws:s3:::b/*");
    await clients.iam.putRolePolicy({ RoleName: "worker", PolicyName: "read", PolicyDocument });
    const { Role } = await clients.iam.getRole({ RoleName: "worker" });
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toBe(trust("ecs-tasks.amazonaws.com"));
    const inline = await clients.iam.getRolePolicy({ RoleName: "worker", PolicyName: "read" });
    expect(inline.PolicyDocument).not.toContain("{");
    expect(decodeURIComponent(inline.PolicyDocument ?? "")).toBe(PolicyDocument);
  });

  it("is deleted only when its policies are", async () => {
    await create("worker");
    await clients.iam.attachRolePolicy({ RoleName: "worker", PolicyArn: MANAGED });
    await clients.iam.putRolePolicy({ RoleName: "worker", PolicyName: "p", PolicyDocument: policy(["s3:*"]) });
    const remove = () => clients.iam.deleteRole({ RoleName: "worker" });
    expect(await words(remove())).toBe("Cannot delete entity, must detach all policies first.");
    await clients.iam.detachRolePolicy({ RoleName: "worker", PolicyArn: MANAGED });
    expect(await words(remove())).toBe("Cannot delete entity, must delete policies first.");
    await clients.iam.deleteRolePolicy({ RoleName: "worker", PolicyName: "p" });
    await remove();
    expect(await code(remove())).toBe("NoSuchEntityException");
  });

  it("refuses what is no policy, in IAM's words", async () => {
    const putTrust = (AssumeRolePolicyDocument: string) =>
      words(clients.iam.createRole({ RoleName: "worker", AssumeRolePolicyDocument }));
    expect(await putTrust("{")).toBe("This policy contains invalid Json");
    expect(await putTrust(policy(["sts:AssumeRole"]))).toBe("Has prohibited field Resource");
    expect(await putTrust(trust("nobody"))).toBe('Invalid principal in policy: "SERVICE":"nobody"');
    await create("worker");
    const put = (PolicyDocument: string) =>
      clients.iam.putRolePolicy({ RoleName: "worker", PolicyName: "p", PolicyDocument });
    expect(await words(put(policy(["GetObject"])))).toMatch(/must be prefaced by a vendor/);
    expect(await words(put(policy(["s3:GetObject"], "bucket")))).toBe('Resource bucket must be in ARN format or "*".');
    expect(await code(put(policy(["s3:GetObject"], "bucket")))).toBe("MalformedPolicyDocumentException");
  });

  it("takes ten attachments and 10,240 characters of inline policies", async () => {
    await create("worker");
    world.aws.setQuota("iam.policiesPerRole", 0);
    expect(await words(clients.iam.attachRolePolicy({ RoleName: "worker", PolicyArn: MANAGED }))).toBe(
      "Cannot exceed quota for PoliciesPerRole: 0",
    );
    const long = policy(Array.from({ length: 700 }, (_, index) => `s3:Action${index}`));
    expect(await words(clients.iam.putRolePolicy({ RoleName: "worker", PolicyName: "p", PolicyDocument: long }))).toBe(
      "Maximum policy size of 10240 bytes exceeded for role worker",
    );
  });

  it("is not shown by a read that is behind, although its name is taken", async () => {
    world.aws.consistencyLagMs = 10_000;
    await create("worker");
    expect(await code(clients.iam.getRole({ RoleName: "worker" }))).toBe("NoSuchEntityException");
    expect(await code(create("worker"))).toBe("EntityAlreadyExistsException");
    await world.pass(11);
    await clients.iam.getRole({ RoleName: "worker" });
  });
});

it("gives roles with their policies in pages, without their descriptions", async () => {
  for (const name of ["a", "b", "c"]) await create(name);
  await clients.iam.attachRolePolicy({ RoleName: "b", PolicyArn: MANAGED });
  await clients.iam.tagRole({ RoleName: "b", Tags: [{ Key: "k", Value: "v" }] });
  const first = await clients.iam.getAccountAuthorizationDetails({ Filter: ["Role"], MaxItems: 2 });
  expect(first.IsTruncated).toBe(true);
  expect(first.RoleDetailList?.[1]).toMatchObject({
    RoleName: "b",
    AttachedManagedPolicies: [{ PolicyArn: MANAGED, PolicyName: "AmazonECSTaskExecutionRolePolicy" }],
    Tags: [{ Key: "k", Value: "v" }],
  });
  const rest = await clients.iam.getAccountAuthorizationDetails({ Filter: ["Role"], Marker: must(first.Marker) });
  expect(rest.RoleDetailList?.map(({ RoleName }) => RoleName)).toEqual(["c"]);
});

it("refuses to delete a policy that is attached or has more than its default version", async () => {
  await create("worker");
  const made = await clients.iam.createPolicy({ PolicyName: "p", PolicyDocument: policy(["s3:*"]) });
  const PolicyArn = must(made.Policy?.Arn);
  await clients.iam.attachRolePolicy({ RoleName: "worker", PolicyArn });
  expect(await words(clients.iam.deletePolicy({ PolicyArn }))).toBe("Cannot delete a policy attached to entities.");
  await clients.iam.detachRolePolicy({ RoleName: "worker", PolicyArn });
  await clients.iam.createPolicyVersion({ PolicyArn, PolicyDocument: policy(["s3:Get*"]), SetAsDefault: true });
  expect(await words(clients.iam.deletePolicy({ PolicyArn }))).toMatch(/^This policy has more than one version\./);
  await clients.iam.deletePolicyVersion({ PolicyArn, VersionId: "v1" });
  await clients.iam.deletePolicy({ PolicyArn });
});

describe("AssumeRole", () => {
  const trusting = (condition?: object) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::111111111111:root" },
          Action: "sts:AssumeRole",
          ...(condition && { Condition: condition }),
        },
      ],
    });
  const assume = (RoleArn: string, ExternalId?: string) =>
    clients.sts.assumeRole({ RoleArn, RoleSessionName: "operator", ...(ExternalId && { ExternalId }) });

  it("wants the external id that the role's trust policy names", async () => {
    const AssumeRolePolicyDocument = trusting({ StringEquals: { "sts:ExternalId": "secret" } });
    const { Role } = await clients.iam.createRole({ RoleName: "target", AssumeRolePolicyDocument });
    const arn = must(Role?.Arn);
    const denied = `User: arn:aws:iam::111111111111:root is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
    expect(await words(assume(arn))).toBe(denied);
    expect(await words(assume(arn, "wrong"))).toBe(denied);
    const { Credentials } = await assume(arn, "secret");
    const { accessKeyId, secretAccessKey, sessionToken } = {
      accessKeyId: must(Credentials?.AccessKeyId),
      secretAccessKey: must(Credentials?.SecretAccessKey),
      sessionToken: must(Credentials?.SessionToken),
    };
    const session = platformClients(world);
    session.sts.config.credentials = async () => ({ accessKeyId, secretAccessKey, sessionToken });
    expect(await session.sts.getCallerIdentity({})).toMatchObject({
      Account: "111111111111",
      Arn: "arn:aws:sts::111111111111:assumed-role/target/operator",
    });
  });

  it("does not tell a role that is missing from one that does not trust the caller", async () => {
    const { Role } = await create("service-only");
    for (const arn of [must(Role?.Arn), "arn:aws:iam::111111111111:role/none"]) {
      expect(await code(assume(arn))).toBe("AccessDenied");
    }
  });
});
