import { needed, type Scenario } from "./scenario.ts";

const trust = (Service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
  });
const policy = (Action: string, Resource: string): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });
const role = { RoleName: "worker", AssumeRolePolicyDocument: trust("ecs-tasks.amazonaws.com") };

export const identityScenarios: readonly Scenario[] = [
  {
    name: "a role from coming to going",
    async run({ iam }, step) {
      await step("create", iam.createRole(role), (answer) => answer.Role?.Path);
      await step("create again", iam.createRole(role));
      await step("create in other case", iam.createRole({ ...role, RoleName: "WORKER" }));
      await step("look", iam.getRole({ RoleName: "worker" }), (answer) =>
        decodeURIComponent(answer.Role?.AssumeRolePolicyDocument ?? ""),
      );
      const inline = { RoleName: "worker", PolicyName: "read" };
      await step("put", iam.putRolePolicy({ ...inline, PolicyDocument: policy("s3:GetObject", "*") }));
      await step("look at policy", iam.getRolePolicy(inline), (answer) => answer.PolicyDocument?.includes("{"));
      await step("look at none", iam.getRolePolicy({ ...inline, PolicyName: "none" }));
      await step("delete with a policy", iam.deleteRole({ RoleName: "worker" }));
      await step("delete policy", iam.deleteRolePolicy(inline));
      await step("delete policy again", iam.deleteRolePolicy(inline));
      await step("delete", iam.deleteRole({ RoleName: "worker" }));
      await step("delete again", iam.deleteRole({ RoleName: "worker" }));
    },
  },
  {
    name: "policies that are none",
    async run({ iam }, step) {
      const create = (RoleName: string, AssumeRolePolicyDocument: string) =>
        iam.createRole({ RoleName, AssumeRolePolicyDocument });
      await step("trust that is no JSON", create("a", "{"));
      await step("trust with a resource", create("b", policy("sts:AssumeRole", "*")));
      await step("trust of nobody", create("c", trust("nobody")));
      await iam.createRole(role);
      const put = (PolicyDocument: string) =>
        iam.putRolePolicy({ RoleName: "worker", PolicyName: "p", PolicyDocument });
      await step("no JSON", put("{"));
      await step("no vendor", put(policy("GetObject", "*")));
      await step("no ARN", put(policy("s3:GetObject", "bucket")));
      await step("another version", put(policy("s3:GetObject", "*").replace("2012-10-17", "2020-01-01")));
      await step("too long", put(policy("s3:GetObject", `arn:aws:s3:::${"b".repeat(11_000)}`)));
    },
  },
  {
    name: "managed policies",
    async run({ iam }, step) {
      await iam.createRole(role);
      const attach = (PolicyArn: string) => iam.attachRolePolicy({ RoleName: "worker", PolicyArn });
      await step("attach none", attach("arn:aws:iam::aws:policy/None"));
      const aws = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
      await step("attach AWS's own", attach(aws));
      await step("attach it again", attach(aws));
      const made = await step(
        "create",
        iam.createPolicy({ PolicyName: "p", PolicyDocument: policy("s3:*", "*") }),
        (answer) => answer.Policy?.DefaultVersionId,
      );
      const PolicyArn = needed(made?.Policy?.Arn, "policy");
      await attach(PolicyArn);
      await step("list", iam.listAttachedRolePolicies({ RoleName: "worker" }), (answer) =>
        (answer.AttachedPolicies ?? []).map((one) => one.PolicyName ?? "").sort(),
      );
      await step("delete while attached", iam.deletePolicy({ PolicyArn }));
      await step("delete the role", iam.deleteRole({ RoleName: "worker" }));
      await step("detach", iam.detachRolePolicy({ RoleName: "worker", PolicyArn }));
      await step("detach again", iam.detachRolePolicy({ RoleName: "worker", PolicyArn }));
      await step("delete", iam.deletePolicy({ PolicyArn }));
      await step("the account's roles", iam.getAccountAuthorizationDetails({ Filter: ["Role"] }), (answer) =>
        (answer.RoleDetailList ?? [])
          .filter((one) => one.RoleName === "worker")
          .map((one) => [one.AttachedManagedPolicies?.length ?? 0, one.RolePolicyList?.length ?? 0]),
      );
    },
  },
];
