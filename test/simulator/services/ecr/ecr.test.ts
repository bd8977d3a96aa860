import { afterEach, beforeEach, expect, it } from "vitest";
import { code, must, type Simulated, simulate } from "../fixture.ts";
import { type PlatformClients, platformClients } from "../fixture-platform.ts";

let world: Simulated;
let ecr: PlatformClients["ecr"];
beforeEach(async () => {
  world = simulate();
  ecr = platformClients(world).ecr;
  await ecr.createRepository({ repositoryName: "app/web", imageTagMutability: "IMMUTABLE" });
});
afterEach(() => expect(world.aws.failures).toEqual([]));

const manifest = (layer: string) => JSON.stringify({ schemaVersion: 2, layers: [{ size: 100, digest: layer }] });
const push = (imageTag: string, layer = imageTag) =>
  ecr.putImage({ repositoryName: "app/web", imageTag, imageManifest: manifest(layer) });

it("makes a repository once and describes those that exist", async () => {
  expect(await code(ecr.createRepository({ repositoryName: "app/web" }))).toBe("RepositoryAlreadyExistsException");
  const { repositories } = await ecr.describeRepositories({ repositoryNames: ["app/web"] });
  expect(repositories?.[0]).toMatchObject({
    repositoryUri: "111111111111.dkr.ecr.us-east-1.amazonaws.com/app/web",
    imageTagMutability: "IMMUTABLE",
    encryptionConfiguration: { encryptionType: "AES256" },
  });
  expect(await code(ecr.describeRepositories({ repositoryNames: ["app/web", "none"] }))).toBe(
    "RepositoryNotFoundException",
  );
});

it("does not move a tag of an immutable repository", async () => {
  await push("v1");
  expect(await code(push("v1"))).toBe("ImageAlreadyExistsException");
  expect(await code(push("v1", "other"))).toBe("ImageTagAlreadyExistsException");
  await ecr.putImageTagMutability({ repositoryName: "app/web", imageTagMutability: "MUTABLE" });
  await push("v1", "other");
  const { imageDetails } = await ecr.describeImages({ repositoryName: "app/web", imageIds: [{ imageTag: "v1" }] });
  expect(imageDetails).toHaveLength(1);
  const all = await ecr.describeImages({ repositoryName: "app/web" });
  expect(all.imageDetails).toHaveLength(2);
});

it("tells images that are missing as failures of a batch and as an error of a description", async () => {
  await push("v1");
  const { images, failures } = await ecr.batchGetImage({
    repositoryName: "app/web",
    imageIds: [{ imageTag: "v1" }, { imageTag: "v2" }],
  });
  expect([images?.length, failures?.[0]?.failureCode]).toEqual([1, "ImageNotFound"]);
  expect(await code(ecr.describeImages({ repositoryName: "app/web", imageIds: [{ imageTag: "v2" }] }))).toBe(
    "ImageNotFoundException",
  );
});

it("deletes a repository with images only by force", async () => {
  await push("v1");
  expect(await code(ecr.deleteRepository({ repositoryName: "app/web" }))).toBe("RepositoryNotEmptyException");
  await ecr.deleteRepository({ repositoryName: "app/web", force: true });
  expect(await code(push("v2"))).toBe("RepositoryNotFoundException");
});

it("keeps a lifecycle policy that is one, and refuses what is none", async () => {
  const repositoryName = "app/web";
  expect(await code(ecr.getLifecyclePolicy({ repositoryName }))).toBe("LifecyclePolicyNotFoundException");
  expect(await code(ecr.putLifecyclePolicy({ repositoryName, lifecyclePolicyText: '{"rules":[{}]}' }))).toBe(
    "InvalidParameterException",
  );
  const selection = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 };
  const lifecyclePolicyText = JSON.stringify({
    rules: [{ rulePriority: 1, selection, action: { type: "expire" } }],
  });
  await ecr.putLifecyclePolicy({ repositoryName, lifecyclePolicyText });
  expect((await ecr.getLifecyclePolicy({ repositoryName })).lifecyclePolicyText).toBe(lifecyclePolicyText);
});

it("tags repositories by ARN", async () => {
  const { repositories } = await ecr.describeRepositories({});
  const resourceArn = must(repositories?.[0]?.repositoryArn);
  await ecr.tagResource({
    resourceArn,
    tags: [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ],
  });
  await ecr.untagResource({ resourceArn, tagKeys: ["a"] });
  expect((await ecr.listTagsForResource({ resourceArn })).tags).toEqual([{ Key: "b", Value: "2" }]);
});
