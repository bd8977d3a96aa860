import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
});
