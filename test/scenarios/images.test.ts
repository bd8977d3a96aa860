import { afterEach, beforeEach, expect, it } from "vitest";
import { Stage } from "../support/stage.ts";
import { Tenant, type Written } from "../support/tenant.ts";

let stage: Stage;
let shop: Tenant;
beforeEach(() => {
  stage = new Stage();
  shop = new Tenant(stage);
});
afterEach(async () => {
  await stage.stop();
  expect(stage.aws.failures).toEqual([]);
});

const REPOSITORY = "shop-dev-clerk";
const running = () => shop.status.agents?.[0]?.image;
const clerk = (image: Written): Written => ({ agents: [{ name: "clerk", port: 8000, ingress: {}, image }] });

/** Pushes under `tag` an image that was pushed as `content` before: the tag moves. */
async function push(tag: string, content: string): Promise<string> {
  return stage.pushImage(REPOSITORY, tag, content);
}

async function ready(image: Written, tag = "1.4"): Promise<string> {
  stage.start();
  shop.apply(clerk(image));
  await shop.until(() => shop.condition("RegistryReady")?.status === "True");
  const digest = await push(tag, "first");
  await shop.ready();
  return digest;
}

it("a tag runs as the digest that it stands for, which status shows", async () => {
  const digest = await ready({ tag: "1.4" });
  expect(running()).toMatch(new RegExp(`/${REPOSITORY}@${digest}$`));
});

it("a tag that moves is rolled out by itself and once, and a tag that stays is not", async () => {
  await ready({ tag: "1.4" });
  const since = stage.clock.now();
  await stage.clock.sleep(600_000);
  expect(stage.writesSince(since)).toEqual([]);
  const moved = await push("1.4", "second");
  await shop.until(() => running()?.endsWith(moved) === true && shop.condition("Ready")?.status === "True");
  expect(stage.clock.now() - since).toBeLessThan(600_000 + 360_000);
  await stage.clock.sleep(600_000);
  expect(stage.writesSince(since).filter((action) => /^(Register|Update|Create)/.test(action))).toEqual([
    "RegisterTaskDefinition",
    "UpdateService",
  ]);
});

it("a digest pins the image, whatever its tag stands for later", async () => {
  const first = await ready({ tag: "1.4" });
  shop.apply(clerk({ digest: first }));
  await shop.ready();
  const since = stage.clock.now();
  await push("1.4", "second");
  await stage.clock.sleep(600_000);
  expect(stage.writesSince(since)).toEqual(["PutImage"]);
  expect(running()).toMatch(new RegExp(`@${first}$`));
});
