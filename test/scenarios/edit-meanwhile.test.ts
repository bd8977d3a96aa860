import { afterEach, expect, it } from "vitest";
import { Stage } from "../support/stage.ts";
import { smallSpec, Tenant } from "../support/tenant.ts";

const stage = new Stage();
afterEach(() => stage.stop());

it("an edit that arrives while a pass writes is not told as observed before a pass has begun with it", async () => {
  const shop = new Tenant(stage);
  shop.apply();
  stage.start();
  await shop.ready();

  let begunWith = 0;
  let edited = false;
  const wrong: string[] = [];
  stage.store.faults.before = ({ method }) => {
    if (method === "get") begunWith = shop.object?.metadata.generation ?? 0;
    if (method !== "applyStatus" || edited) return;
    edited = true;
    shop.apply({ ...withSecondAgent, observability: { logs: { retentionDays: 14 } } });
  };
  stage.store.faults.after = ({ method }) => {
    const told = shop.object?.status?.observedGeneration ?? 0;
    if (method === "applyStatus" && told > begunWith)
      wrong.push(`${told} is told by a pass that began with ${begunWith}`);
  };
  // Making the agent's resources takes several writes of status, in one pass.
  shop.apply(withSecondAgent);
  await shop.ready();
  expect(edited).toBe(true);
  expect(wrong).toEqual([]);
  expect(stage.aws.failures).toEqual([]);
});

const [clerk] = smallSpec().agents as readonly object[];
const withSecondAgent = { agents: [clerk, { ...clerk, name: "porter", port: 8001, ingress: undefined }] };
