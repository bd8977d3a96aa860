import { describe } from "vitest";
import { startLiveHarness } from "../../test/support/kube/live-harness.ts";
import { objectStoreContract } from "../../test/support/object-store-contract.ts";

// A cluster of the user's own may hold the real definition of the resource, which the contract would replace.
describe.skipIf(Boolean(process.env.AGENTORCH_KUBECONFIG))("with the rights of manifests/rbac", () => {
  objectStoreContract("the store over a real API server", startLiveHarness);
});
