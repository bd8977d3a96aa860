import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeRepositoriesCommand,
  GetLifecyclePolicyCommand,
  ListTagsForResourceCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  paginateDescribeRepositories,
  type Repository,
  TagResourceCommand,
} from "@aws-sdk/client-ecr";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import { isNotFound } from "../../aws/errors.ts";
import { collect } from "../../aws/pages.ts";
import { afterCreate } from "../after-create.ts";
import type { Kind } from "../kind.ts";
import { unlessNotFound } from "../not-found.ts";
import { fromTagList, toTagList } from "../tags.ts";
import { keepPolicy, keptImages } from "./lifecycle-policy.ts";

export interface RepositoryProps {
  readonly scanOnPush: boolean;
  readonly immutableTags: boolean;
  readonly encryption: "AES256" | "KMS";
  /** Images beyond this number expire, oldest first. Live 0: there is no policy, or not ours. */
  readonly keepImages: number;
}

export interface RepositoryOutputs {
  readonly repositoryUri: string;
  readonly arn: string;
  readonly repositoryName: string;
}

/** From this many names on, a list of all repositories tells sooner which of them are missing than halving the names does. */
const WORTH_A_LIST = 4;

/** 100 names a call, which fails when one of them is missing (ECR API reference, DescribeRepositories). */
const describe = batched<Repository>({
  max: 100,
  read: async (aws, names) => {
    try {
      const asked = new DescribeRepositoriesCommand({ repositoryNames: [...names] });
      return byName((await aws.ecr.send(asked)).repositories);
    } catch (error) {
      if (names.length < WORTH_A_LIST || !isNotFound(error)) throw error;
      const pages = paginateDescribeRepositories({ client: aws.ecr }, { maxResults: 1000 });
      return byName(await collect(pages, (page) => page.repositories));
    }
  },
});

function byName(repositories: readonly Repository[] = []): ReadonlyMap<string, Repository> {
  return new Map(repositories.map((repository) => [repository.repositoryName ?? "", repository]));
}

/** Its id is its name. The lifecycle policy belongs to it. */
export const repository: Kind<RepositoryProps, RepositoryOutputs> = {
  type: "AWS::ECR::Repository",
  identity: "naturalKey",
  createOnly: ["encryption"],
  deleteFirst: true,
  data: true,
  timing: { pollSeconds: 2, usually: "a few seconds" },

  async find(aws, { name }) {
    const found = await describe(aws, name);
    if (!found) return [];
    const { tags } = await aws.ecr.send(new ListTagsForResourceCommand({ resourceArn: found.repositoryArn }));
    return [{ id: name, tags: fromTagList(tags) }];
  },

  async observe(aws, id) {
    const found = await describe(aws, id);
    if (!found) return undefined;
    const policy = await unlessNotFound(aws.ecr.send(new GetLifecyclePolicyCommand({ repositoryName: id })));
    return {
      phase: "ready",
      live: {
        scanOnPush: found.imageScanningConfiguration?.scanOnPush ?? false,
        immutableTags: found.imageTagMutability === "IMMUTABLE",
        encryption: found.encryptionConfiguration?.encryptionType === "KMS" ? "KMS" : "AES256",
        keepImages: keptImages(policy?.lifecyclePolicyText),
      },
      outputs: {
        repositoryUri: found.repositoryUri ?? "",
        arn: found.repositoryArn ?? "",
        repositoryName: found.repositoryName ?? id,
      },
    };
  },

  async create(aws, { name, tags, props }) {
    await aws.ecr.send(
      new CreateRepositoryCommand({
        repositoryName: name,
        imageTagMutability: mutability(props),
        imageScanningConfiguration: { scanOnPush: props.scanOnPush },
        encryptionConfiguration: { encryptionType: props.encryption },
        tags: toTagList(tags),
      }),
    );
    await afterCreate(() => putPolicy(aws, name, props));
    return name;
  },

  async update(aws, id, { props, changed }) {
    if (changed.includes("scanOnPush")) {
      await aws.ecr.send(
        new PutImageScanningConfigurationCommand({
          repositoryName: id,
          imageScanningConfiguration: { scanOnPush: props.scanOnPush },
        }),
      );
    }
    if (changed.includes("immutableTags")) {
      await aws.ecr.send(
        new PutImageTagMutabilityCommand({ repositoryName: id, imageTagMutability: mutability(props) }),
      );
    }
    if (changed.includes("keepImages")) await putPolicy(aws, id, props);
  },

  /** With its images: whether they may go is decided by deletionPolicy before anyone comes here. */
  async delete(aws, id) {
    await aws.ecr.send(new DeleteRepositoryCommand({ repositoryName: id, force: true }));
  },

  async tag(aws, id, tags) {
    const resourceArn = `arn:${aws.partition}:ecr:${aws.region}:${aws.account}:repository/${id}`;
    await aws.ecr.send(new TagResourceCommand({ resourceArn, tags: toTagList(tags) }));
  },
};

async function putPolicy(aws: Aws, repositoryName: string, props: RepositoryProps): Promise<void> {
  const lifecyclePolicyText = keepPolicy(props.keepImages);
  await aws.ecr.send(new PutLifecyclePolicyCommand({ repositoryName, lifecyclePolicyText }));
}

function mutability(props: RepositoryProps): "IMMUTABLE" | "MUTABLE" {
  return props.immutableTags ? "IMMUTABLE" : "MUTABLE";
}
