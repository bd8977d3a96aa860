import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LiveHarness, startLiveHarness } from "../../test/support/kube/live-harness.ts";
import { looseDefinition } from "../../test/support/kube/loose-definition.ts";
import { namespace, objectStoreContract } from "../../test/support/object-store-contract.ts";
import type { KubeError } from "./errors.ts";

// A cluster of the user's own may hold the real definition of the resource, which these tests replace and remove.
describe.skipIf(Boolean(process.env.AGENTORCH_KUBECONFIG))("with the rights of manifests/rbac", () => {
  objectStoreContract("the store over a real API server", startLiveHarness);

  describe("beyond the contract", () => {
    let harness: LiveHarness;
    beforeAll(async () => {
      harness = await startLiveHarness();
    });
    afterAll(() => harness.stop());

    test("an event that the server has dropped since is written anew", async () => {
      await harness.create("subject", { size: 1 });
      const store = harness.store();
      const subject = (await store.get({ namespace, name: "subject" })) ?? expect.fail();
      const note = { type: "Normal", reason: "Waiting", action: "Wait", message: "Waits for the database" } as const;
      await store.event(subject, note);
      await store.event(subject, note);
      await harness.admin.request("DELETE", `/apis/events.k8s.io/v1/namespaces/${namespace}/events`);
      await store.event(subject, note);
      expect(await harness.eventCounts("subject")).toEqual({ Waiting: 1 });
    });

    test("an object that tells too much is cut short, and what it tells again is still counted", async () => {
      await harness.create("talker", { size: 1 });
      const store = harness.store();
      const talker = (await store.get({ namespace, name: "talker" })) ?? expect.fail();
      for (let i = 0; i < 70; i++) {
        await store.event(talker, { type: "Normal", reason: `Reason${i}`, action: "Talk", message: "x" });
      }
      const written = Object.keys(await harness.eventCounts("talker")).length;
      expect(written).toBeGreaterThanOrEqual(50);
      expect(written).toBeLessThan(55);
    });

    test("objects are not taken for absent when it is their definition that is gone", async () => {
      const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${looseDefinition.metadata.name}`;
      await harness.admin.request("DELETE", path);
      const read = () => harness.store().get({ namespace, name: "subject" });
      // Objects go first, and then the resource itself.
      for (let i = 0; i < 100 && (await read().catch(() => "refused")) !== "refused"; i++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const refused: KubeError = await read().then(
        () => expect.fail("taken for absent"),
        (error) => error,
      );
      expect(refused.status).toBe(404);
    });
  });
});
