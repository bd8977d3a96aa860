import type { EncryptionConfiguration, ImageTagMutability } from "@aws-sdk/client-ecr";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import type { TagMap } from "../common/tags.ts";

export type Where = Pick<Call, "world" | "account" | "region">;

/** A repository; its id in the table is its name. */
export interface RepositoryRow {
  readonly name: string;
  readonly arn: string;
  readonly uri: string;
  readonly created: number;
  readonly encryption: EncryptionConfiguration;
  mutability: ImageTagMutability;
  scanOnPush: boolean;
  lifecyclePolicy: string | undefined;
  policy: string | undefined;
  tags: TagMap;
}

/** An image; its id in the table is "repository@digest". */
export interface ImageRow {
  readonly repository: string;
  readonly digest: string;
  readonly manifest: string;
  readonly mediaType: string;
  readonly pushed: number;
  readonly size: number;
  tags: readonly string[];
}

export const repositories = (call: Where): Table<RepositoryRow> => call.world.table(call, "ecr.repositories");
export const images = (call: Where): Table<ImageRow> => call.world.table(call, "ecr.images");

export const invalid = (message: string) => new AwsError("InvalidParameterException", message);

export const repositoryNotFound = (call: Pick<Call, "account">, name: string) =>
  new AwsError(
    "RepositoryNotFoundException",
    `The repository with name '${name}' does not exist in the registry with id '${call.account}'`,
  );

export function existing(call: Call, name: string | undefined): RepositoryRow {
  const row = repositories(call).get(name ?? "");
  if (!row) throw repositoryNotFound(call, name ?? "");
  return row;
}

export const imagesOf = (call: Where, repository: string): readonly ImageRow[] =>
  images(call)
    .all()
    .filter((image) => image.repository === repository);

export const imageKey = (repository: string, digest: string): string => `${repository}@${digest}`;
