import type {
  CreateRepositoryRequest,
  DeleteRepositoryRequest,
  DescribeRepositoriesRequest,
  ListTagsForResourceRequest,
  PutImageScanningConfigurationRequest,
  PutImageTagMutabilityRequest,
  Repository,
  TagResourceRequest,
  UntagResourceRequest,
} from "@aws-sdk/client-ecr";
import { AwsError, type Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { fromTags, toTags, without } from "../common/tags.ts";
import type { RepositoryRow } from "./rows.ts";
import * as rows from "./rows.ts";

const describe = (call: Call, row: RepositoryRow): Repository => ({
  repositoryArn: row.arn,
  registryId: call.account,
  repositoryName: row.name,
  repositoryUri: row.uri,
  createdAt: new Date(row.created),
  imageTagMutability: row.mutability,
  imageScanningConfiguration: { scanOnPush: row.scanOnPush },
  encryptionConfiguration: { ...row.encryption },
});

/** API_CreateRepository. */
export function createRepository(call: Call, input: CreateRepositoryRequest): object {
  const name = input.repositoryName ?? "";
  const table = rows.repositories(call);
  if (table.get(name)) {
    throw new AwsError(
      "RepositoryAlreadyExistsException",
      `The repository with name '${name}' already exists in the registry with id '${call.account}'`,
    );
  }
  const limit = call.world.quota("ecr.repositories");
  if (table.all().length >= limit) {
    throw new AwsError(
      "LimitExceededException",
      `The maximum number of repositories per registry was exceeded: ${limit}`,
    );
  }
  const tags = fromTags(input.tags);
  if (Object.keys(tags).length > 50) throw tooManyTags();
  const { encryptionType = "AES256", kmsKey } = input.encryptionConfiguration ?? {};
  const key = kmsKey ?? arn(call, "kms", "key/00000000-0000-4000-8000-00000000ec00");
  const row = table.put(name, {
    name,
    arn: arn(call, "ecr", `repository/${name}`),
    uri: `${call.account}.dkr.ecr.${call.region}.amazonaws.com${call.region.startsWith("cn-") ? ".cn" : ""}/${name}`,
    created: call.world.clock.now(),
    encryption: encryptionType === "AES256" ? { encryptionType } : { encryptionType, kmsKey: key },
    mutability: input.imageTagMutability ?? "MUTABLE",
    scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
    lifecyclePolicy: undefined,
    policy: undefined,
    tags,
  });
  return { repository: describe(call, row) };
}

/** API_DescribeRepositories: by up to 100 names, of which none may be missing, or all in pages of 100. */
export function describeRepositories(call: Call, input: DescribeRepositoriesRequest): object {
  const names = input.repositoryNames;
  if (names && (input.maxResults !== undefined || input.nextToken !== undefined)) {
    throw rows.invalid("Invalid parameter: maxResults and nextToken cannot be used with repositoryNames.");
  }
  if (names) {
    const found = names.map((name) => {
      const row = rows.repositories(call).shown(name);
      if (!row) throw rows.repositoryNotFound(call, name);
      return describe(call, row);
    });
    return { repositories: found };
  }
  const all = rows.repositories(call).shownAll();
  const { items, next } = page(all, (row) => row.name, input.nextToken, input.maxResults ?? 100);
  return { repositories: items.map((row) => describe(call, row)), nextToken: next };
}

/** API_DeleteRepository: with images in it only by force. */
export function deleteRepository(call: Call, input: DeleteRepositoryRequest): object {
  const row = rows.existing(call, input.repositoryName);
  const held = rows.imagesOf(call, row.name);
  if (held.length > 0 && !input.force) {
    throw new AwsError(
      "RepositoryNotEmptyException",
      `The repository with name '${row.name}' in registry with id '${call.account}' cannot be deleted because it still contains images`,
    );
  }
  for (const image of held) rows.images(call).remove(rows.imageKey(row.name, image.digest));
  rows.repositories(call).remove(row.name);
  return { repository: describe(call, row) };
}

/** API_PutImageTagMutability. */
export function putImageTagMutability(call: Call, input: PutImageTagMutabilityRequest): object {
  const { name } = rows.existing(call, input.repositoryName);
  rows.repositories(call).change(name, (row) => {
    row.mutability = input.imageTagMutability ?? "MUTABLE";
  });
  return { registryId: call.account, repositoryName: name, imageTagMutability: input.imageTagMutability };
}

/** API_PutImageScanningConfiguration. */
export function putImageScanningConfiguration(call: Call, input: PutImageScanningConfigurationRequest): object {
  const { name } = rows.existing(call, input.repositoryName);
  const scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
  rows.repositories(call).change(name, (row) => {
    row.scanOnPush = scanOnPush;
  });
  return { registryId: call.account, repositoryName: name, imageScanningConfiguration: { scanOnPush } };
}

const tooManyTags = () => new AwsError("TooManyTagsException", "A repository can have no more than 50 tags.");

function byArn(call: Call, resourceArn: string | undefined): RepositoryRow {
  const row = rows
    .repositories(call)
    .all()
    .find((repository) => repository.arn === resourceArn);
  if (!row) throw rows.repositoryNotFound(call, (resourceArn ?? "").split("repository/").at(-1) ?? "");
  return row;
}

/** API_TagResource. */
export function tagResource(call: Call, input: TagResourceRequest): object {
  const row = byArn(call, input.resourceArn);
  const tags = { ...row.tags, ...fromTags(input.tags) };
  if (Object.keys(tags).length > 50) throw tooManyTags();
  rows.repositories(call).change(row.name, (repository) => {
    repository.tags = tags;
  });
  return {};
}

/** API_UntagResource. */
export function untagResource(call: Call, input: UntagResourceRequest): object {
  rows.repositories(call).change(byArn(call, input.resourceArn).name, (repository) => {
    repository.tags = without(repository.tags, input.tagKeys);
  });
  return {};
}

/** API_ListTagsForResource. */
export function listTagsForResource(call: Call, input: ListTagsForResourceRequest): object {
  const row = byArn(call, input.resourceArn);
  return { tags: toTags((rows.repositories(call).shown(row.name) ?? row).tags) };
}
