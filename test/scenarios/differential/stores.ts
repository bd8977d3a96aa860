import { needed, type Scenario } from "./scenario.ts";

const A = "00000000-0000-4000-8000-00000000000a";
const B = "00000000-0000-4000-8000-00000000000b";

/** Secrets, images and logs: what keeps and is not run. */
export const storeScenarios: readonly Scenario[] = [
  {
    name: "a secret and its versions",
    async run({ secrets }, step) {
      const create = (ClientRequestToken: string, SecretString: string) =>
        secrets.createSecret({ Name: "app/key", ClientRequestToken, SecretString });
      const made = await step("create", create(A, "one"), (answer) => answer.VersionId === A);
      await step("create again", create(A, "one"), (answer) => answer.ARN === made?.ARN);
      await step("create with another token", create(B, "one"));
      await step("create with another value", create(A, "two"));
      const put = (SecretString: string) =>
        secrets.putSecretValue({ SecretId: "app/key", ClientRequestToken: B, SecretString });
      await step("put", put("two"), (answer) => answer.VersionStages);
      await step("put again", put("two"));
      await step("put another value", put("three"));
      await step("look", secrets.describeSecret({ SecretId: "app/key" }), (answer) =>
        Object.entries(answer.VersionIdsToStages ?? {})
          .map(([id, stages]) => [id, [...stages].sort()])
          .sort(),
      );
      await step("value of none", secrets.getSecretValue({ SecretId: "none" }));
      await step(
        "previous value",
        secrets.getSecretValue({ SecretId: "app/key", VersionStage: "AWSPREVIOUS" }),
        (answer) => answer.SecretString,
      );
    },
  },
  {
    name: "a secret that is deleted, restored and deleted for good",
    async run({ secrets, pass }, step) {
      const create = () => secrets.createSecret({ Name: "app/key", SecretString: "one" });
      await create();
      const remove = (more: object) => secrets.deleteSecret({ SecretId: "app/key", ...more });
      await step("window too short", remove({ RecoveryWindowInDays: 3 }));
      await step("both ways", remove({ RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }));
      await step("delete", remove({ RecoveryWindowInDays: 7 }), (answer) => answer.DeletionDate !== undefined);
      await step("delete again", remove({ RecoveryWindowInDays: 7 }));
      await step("create meanwhile", create());
      await step("value meanwhile", secrets.getSecretValue({ SecretId: "app/key" }));
      await step(
        "look meanwhile",
        secrets.describeSecret({ SecretId: "app/key" }),
        (answer) => answer.DeletedDate !== undefined,
      );
      await step("tag meanwhile", secrets.tagResource({ SecretId: "app/key", Tags: [{ Key: "a", Value: "1" }] }));
      const listed = (answer: { SecretList?: unknown[] | undefined }) => answer.SecretList?.length;
      await step("list", secrets.listSecrets({}), listed);
      await step("list all", secrets.listSecrets({ IncludePlannedDeletion: true }), listed);
      await step("restore", secrets.restoreSecret({ SecretId: "app/key" }));
      await step("value", secrets.getSecretValue({ SecretId: "app/key" }), (answer) => answer.SecretString);
      await step("delete at once", remove({ ForceDeleteWithoutRecovery: true }));
      await pass(10);
      await step("look afterwards", secrets.describeSecret({ SecretId: "app/key" }));
      await step("delete at once again", remove({ ForceDeleteWithoutRecovery: true }));
      await step("create afterwards", create());
    },
  },
  {
    name: "a repository and its images",
    async run({ ecr }, step) {
      const repositoryName = "app/web";
      const ask = { repositoryName, imageTagMutability: "IMMUTABLE" as const };
      await step("create", ecr.createRepository(ask), (answer) => [
        answer.repository?.imageTagMutability ?? null,
        answer.repository?.imageScanningConfiguration?.scanOnPush ?? null,
        answer.repository?.encryptionConfiguration?.encryptionType ?? null,
      ]);
      await step("create again", ecr.createRepository(ask));
      await step("a name with capitals", ecr.createRepository({ repositoryName: "App" }));
      await step("look at none", ecr.describeRepositories({ repositoryNames: ["none"] }));
      const push = (imageTag: string, digest: string) =>
        ecr.putImage({
          repositoryName,
          imageTag,
          imageManifest: JSON.stringify({
            schemaVersion: 2,
            mediaType: "application/vnd.oci.image.manifest.v1+json",
            config: {
              mediaType: "application/vnd.oci.image.config.v1+json",
              size: 2,
              digest: `sha256:${digest.repeat(64)}`,
            },
            layers: [],
          }),
        });
      await step("push", push("v1", "a"));
      await step("push again", push("v1", "a"));
      await step("move a tag", push("v1", "b"));
      await step(
        "look at an image",
        ecr.describeImages({ repositoryName, imageIds: [{ imageTag: "v1" }] }),
        (answer) => answer.imageDetails?.[0]?.imageTags,
      );
      await step("look at no image", ecr.describeImages({ repositoryName, imageIds: [{ imageTag: "v2" }] }));
      await step("batch", ecr.batchGetImage({ repositoryName, imageIds: [{ imageTag: "v2" }] }), (answer) =>
        answer.failures?.map((one) => one.failureCode ?? ""),
      );
      await step("no lifecycle policy", ecr.getLifecyclePolicy({ repositoryName }));
      await step(
        "a lifecycle policy that is none",
        ecr.putLifecyclePolicy({ repositoryName, lifecyclePolicyText: "{}" }),
      );
      await step("delete with images", ecr.deleteRepository({ repositoryName }));
      await step("delete by force", ecr.deleteRepository({ repositoryName, force: true }));
      await step("delete again", ecr.deleteRepository({ repositoryName, force: true }));
    },
  },
  {
    name: "a log group",
    async run({ logs }, step) {
      const logGroupName = "/app/web";
      await step("create", logs.createLogGroup({ logGroupName, tags: { a: "1" } }));
      await step("create again", logs.createLogGroup({ logGroupName }));
      await step("keep 2 days", logs.putRetentionPolicy({ logGroupName, retentionInDays: 2 }));
      await step("keep 7 days", logs.putRetentionPolicy({ logGroupName, retentionInDays: 7 }));
      await step("keep in none", logs.putRetentionPolicy({ logGroupName: "/none", retentionInDays: 7 }));
      const found = await step("look", logs.describeLogGroups({ logGroupNamePrefix: "/app/" }), (answer) =>
        answer.logGroups?.map((one) => [one.logGroupName ?? "", one.retentionInDays ?? null]),
      );
      const starred = needed(found?.logGroups?.[0]?.arn, "ARN");
      const resourceArn = starred.replace(/:\*$/, "");
      await step("tag by ARN", logs.tagResource({ resourceArn, tags: { b: "2" } }));
      await step("tag by ARN with a star", logs.tagResource({ resourceArn: `${resourceArn}:*`, tags: { c: "3" } }));
      await step("tags", logs.listTagsForResource({ resourceArn }), (answer) => answer.tags);
      await step(
        "look by ARN",
        logs.describeLogGroups({ logGroupIdentifiers: [resourceArn] }),
        (answer) => answer.logGroups?.length,
      );
      await step("delete", logs.deleteLogGroup({ logGroupName }));
      await step("delete again", logs.deleteLogGroup({ logGroupName }));
    },
  },
];
