import { DeleteRolePolicyCommand, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { role } from "../../src/kinds/iam/role.ts";
import { Stage } from "../support/stage.ts";

const LAG_MS = 10_000;
let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(async () => {
  await stage.stop();
  expect(stage.aws.failures).toEqual([]);
});

/** What really lives in the account, once reads have caught up. */
async function left(): Promise<readonly string[]> {
  await stage.clock.sleep(2 * LAG_MS);
  return stage.resources();
}

describe("a deletion while reads are ten seconds behind", () => {
  it("does not take a part that is gone already for the whole: the role goes with its policies", async () => {
    await stage.create();
    stage.aws.consistencyLagMs = LAG_MS;
    stage.aws.faults.add({ fault: { kind: "lost" }, action: "DeleteRolePolicy", nth: [1, 2] });
    stage.delete();
    await stage.gone();
    expect(await left()).toEqual([]);
  });

  it("does not take a role for gone because a policy that is still listed is", async () => {
    const { aws } = stage;
    await stage.create();
    await stage.stop();
    const [name = ""] = (await stage.resources()).flatMap((one) =>
      /^role .*-execution-/.test(one) ? [one.slice(5)] : [],
    );
    const { iam } = stage.client();
    const { PolicyNames: [PolicyName] = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: name }));
    aws.faults.add({ fault: { kind: "stale", ms: LAG_MS }, action: "ListRolePolicies" });
    await iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName }));
    expect((await role.observe(stage.client(), name))?.live.policies).toEqual([]);
  });
});
