import { afterEach, beforeEach, expect, it } from "vitest";
import { code, must, type Simulated, simulate, words } from "../fixture.ts";
import { type PlatformClients, platformClients } from "../fixture-platform.ts";

let world: Simulated;
let secrets: PlatformClients["secrets"];
beforeEach(() => {
  world = simulate();
  secrets = platformClients(world).secrets;
});
afterEach(() => expect(world.aws.failures).toEqual([]));

const A = "00000000-0000-4000-8000-00000000000a";
const B = "00000000-0000-4000-8000-00000000000b";
const create = (ClientRequestToken = A, SecretString = "one") =>
  secrets.createSecret({ Name: "app/key", ClientRequestToken, SecretString });

it("answers a repeat with the same token and value, and refuses the name for anything else", async () => {
  const first = await create();
  expect((await create()).ARN).toBe(first.ARN);
  expect(first.ARN).toMatch(/:secret:app\/key-[A-Za-z0-9]{6}$/);
  expect(await code(create(B))).toBe("ResourceExistsException");
  expect(await code(create(A, "other"))).toBe("ResourceExistsException");
});

it("moves AWSCURRENT to a new version and AWSPREVIOUS to the one before; a version never changes", async () => {
  await create();
  const put = (SecretString: string) =>
    secrets.putSecretValue({ SecretId: "app/key", ClientRequestToken: B, SecretString });
  await put("two");
  await put("two");
  expect(await code(put("three"))).toBe("ResourceExistsException");
  const { VersionIdsToStages } = await secrets.describeSecret({ SecretId: "app/key" });
  expect(VersionIdsToStages).toEqual({ [A]: ["AWSPREVIOUS"], [B]: ["AWSCURRENT"] });
  expect((await secrets.getSecretValue({ SecretId: "app/key" })).SecretString).toBe("two");
  const old = await secrets.getSecretValue({ SecretId: "app/key", VersionStage: "AWSPREVIOUS" });
  expect(old.SecretString).toBe("one");
  await secrets.updateSecretVersionStage({
    SecretId: "app/key",
    VersionStage: "AWSCURRENT",
    MoveToVersionId: A,
    RemoveFromVersionId: B,
  });
  expect((await secrets.getSecretValue({ SecretId: "app/key" })).VersionId).toBe(A);
});

it("holds the name of a deleted secret for its recovery window, in which it can be restored", async () => {
  const { ARN } = await create();
  await secrets.deleteSecret({ SecretId: "app/key", RecoveryWindowInDays: 7 });
  expect(await words(create(B))).toMatch(/a secret with this name is already scheduled for deletion/);
  expect(await words(secrets.getSecretValue({ SecretId: "app/key" }))).toMatch(/it was marked for deletion/);
  expect((await secrets.describeSecret({ SecretId: "app/key" })).DeletedDate).toBeInstanceOf(Date);
  expect((await secrets.listSecrets({})).SecretList).toEqual([]);
  expect((await secrets.listSecrets({ IncludePlannedDeletion: true })).SecretList).toHaveLength(1);
  await secrets.restoreSecret({ SecretId: must(ARN) });
  expect((await secrets.getSecretValue({ SecretId: must(ARN) })).SecretString).toBe("one");
  await secrets.deleteSecret({ SecretId: "app/key", RecoveryWindowInDays: 7 });
  await world.pass(7 * 86_400 + 1);
  expect(await code(secrets.describeSecret({ SecretId: "app/key" }))).toBe("ResourceNotFoundException");
  await create(B);
});

it("frees the name a moment after a deletion without recovery, which may be repeated", async () => {
  await create();
  const force = () => secrets.deleteSecret({ SecretId: "app/key", ForceDeleteWithoutRecovery: true });
  await force();
  await force();
  expect(await code(create(B))).toBe("InvalidRequestException");
  await world.pass(5);
  await force();
  await create(B);
  expect(await code(secrets.deleteSecret({ SecretId: "none" }))).toBe("ResourceNotFoundException");
  const both = secrets.deleteSecret({
    SecretId: "app/key",
    ForceDeleteWithoutRecovery: true,
    RecoveryWindowInDays: 7,
  });
  expect(await code(both)).toBe("InvalidParameterException");
});

it("lists by prefix of name and tag, and all but those after an exclamation mark", async () => {
  await secrets.createSecret({ Name: "app/one", SecretString: "1", Tags: [{ Key: "team", Value: "a" }] });
  await secrets.createSecret({ Name: "web/two", SecretString: "2" });
  const names = async (Key: "name" | "tag-key", value: string) =>
    (await secrets.listSecrets({ Filters: [{ Key, Values: [value] }] })).SecretList?.map(({ Name }) => Name);
  expect(await names("name", "app/")).toEqual(["app/one"]);
  expect(await names("name", "!app/")).toEqual(["web/two"]);
  expect(await names("tag-key", "team")).toEqual(["app/one"]);
});
