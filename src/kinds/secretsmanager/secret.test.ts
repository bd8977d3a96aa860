import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { beforeEach, expect, it } from "vitest";
import { Given } from "../../../test/conformance/given.ts";
import { secret } from "./secret.ts";

let given: Given;
beforeEach(() => {
  given = new Given();
});

const target = () =>
  given.target("shop-dev-langfuse-keys", {
    description: "Keys of Langfuse",
    generate: { salt: { prefix: "", bytes: 32 }, publicKey: { prefix: "pk-lf-", bytes: 16 } },
  });
const contentOf = async (SecretId: string): Promise<string> =>
  (await given.aws.secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? "";

it("makes each key at random, with its prefix and length", async () => {
  const value = JSON.parse(await contentOf(await secret.create(given.aws, target())));
  expect(value).toEqual({
    salt: expect.stringMatching(/^[0-9a-f]{64}$/),
    publicKey: expect.stringMatching(/^pk-lf-[0-9a-f]{32}$/),
  });
  const other = { ...target(), name: "another" };
  expect(JSON.parse(await contentOf(await secret.create(given.aws, other))).salt).not.toBe(value.salt);
});

it("keeps the value of the first create: a repeat of it is answered alike, another one is refused", async () => {
  const create = target();
  const first = await secret.create(given.aws, create);
  const value = await contentOf(first);
  expect(await secret.create(given.aws, create)).toBe(first);
  await expect(secret.create(given.aws, target())).rejects.toThrow(/exists/);
  expect(await contentOf(first)).toBe(value);
});

it("restores one that was deleted with the value that it had", async () => {
  const id = await secret.create(given.aws, target());
  const value = await contentOf(id);
  await secret.delete(given.aws, id, { finalSnapshot: "kept" });
  expect(await secret.create(given.aws, target())).toBe(id);
  expect(await contentOf(id)).toBe(value);
});

it("takes a value that a person wrote as it is, and tells that it is another one", async () => {
  const { props } = target();
  const id = await secret.create(given.aws, target());
  const before = await secret.observe(given.aws, id);
  await given.aws.secrets.send(new PutSecretValueCommand({ SecretId: id, SecretString: "by hand" }));
  await given.settled();
  const after = await secret.observe(given.aws, id);
  if (!before || !after || before.phase !== "ready" || after.phase !== "ready") throw new Error("it is ready");
  expect(after.outputs.currentVersion).not.toBe(before.outputs.currentVersion);
  await secret.update?.(given.aws, id, { props, live: after.live, changed: ["description", "version"] });
  expect(await contentOf(id)).toBe("by hand");
});

it("does not take a listing that is behind for a change back", async () => {
  const id = await secret.create(given.aws, target());
  const other = await secret.create(given.aws, { ...target(), name: "another" });
  await given.settled();
  const versions = async (): Promise<unknown> => {
    const [observed] = await Promise.all([id, other].map((one) => secret.observe(given.aws, one)));
    return observed?.phase === "ready" ? observed.outputs.currentVersion : undefined;
  };
  const before = await versions();
  await given.aws.secrets.send(new PutSecretValueCommand({ SecretId: id, SecretString: "by hand" }));
  const alone = await secret.observe(given.aws, id);
  if (alone?.phase !== "ready") throw new Error("it is ready");
  expect(alone.outputs.currentVersion).not.toBe(before);
  given.world.faults.add({ fault: { kind: "stale", ms: 60_000 }, action: "ListSecrets" });
  expect(await versions()).toBe(alone.outputs.currentVersion);
});
