import type { Operations } from "../../operation.ts";
import * as images from "./images.ts";
import * as policies from "./policies.ts";
import * as repositories from "./repositories.ts";

/** ECR: private repositories. Source of the rules: Amazon ECR API Reference, 2015-09-21. */
export const operations: Operations = {
  BatchDeleteImage: images.batchDeleteImage,
  BatchGetImage: images.batchGetImage,
  CreateRepository: repositories.createRepository,
  DeleteLifecyclePolicy: policies.deleteLifecyclePolicy,
  DeleteRepository: repositories.deleteRepository,
  DeleteRepositoryPolicy: policies.deleteRepositoryPolicy,
  DescribeImages: images.describeImages,
  DescribeRepositories: repositories.describeRepositories,
  GetAuthorizationToken: images.getAuthorizationToken,
  GetLifecyclePolicy: policies.getLifecyclePolicy,
  GetRepositoryPolicy: policies.getRepositoryPolicy,
  ListImages: images.listImages,
  ListTagsForResource: repositories.listTagsForResource,
  PutImage: images.putImage,
  PutImageScanningConfiguration: repositories.putImageScanningConfiguration,
  PutImageTagMutability: repositories.putImageTagMutability,
  PutLifecyclePolicy: policies.putLifecyclePolicy,
  SetRepositoryPolicy: policies.setRepositoryPolicy,
  TagResource: repositories.tagResource,
  UntagResource: repositories.untagResource,
};
