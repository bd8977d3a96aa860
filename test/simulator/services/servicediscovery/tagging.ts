import type {
  ListTagsForResourceRequest,
  TagResourceRequest,
  UntagResourceRequest,
} from "@aws-sdk/client-servicediscovery";
import { AwsError, type Call } from "../../operation.ts";
import { fromTags, type TagMap, toTags, without } from "../common/tags.ts";
import { namespaces, services } from "./rows.ts";

const notFound = () => new AwsError("ResourceNotFoundException", "The resource was not found.");

function setTags(call: Call, resourceArn: string | undefined, to: (tags: TagMap) => TagMap): void {
  const namespace = namespaces(call)
    .all()
    .find((row) => row.arn === resourceArn);
  const service = services(call)
    .all()
    .find((row) => row.arn === resourceArn);
  const row = namespace ?? service;
  if (!row) throw notFound();
  const tags = to(row.tags);
  if (Object.keys(tags).length > 50) {
    throw new AwsError("TooManyTagsException", "A resource can have no more than 50 tags.", 400, {
      ResourceName: resourceArn,
    });
  }
  const table = namespace ? namespaces(call) : services(call);
  table.change(row.id, (changed) => {
    changed.tags = tags;
  });
}

/** API_TagResource. */
export function tagResource(call: Call, input: TagResourceRequest): object {
  setTags(call, input.ResourceARN, (tags) => ({ ...tags, ...fromTags(input.Tags) }));
  return {};
}

/** API_UntagResource. */
export function untagResource(call: Call, input: UntagResourceRequest): object {
  setTags(call, input.ResourceARN, (tags) => without(tags, input.TagKeys));
  return {};
}

/** API_ListTagsForResource. */
export function listTagsForResource(call: Call, input: ListTagsForResourceRequest): object {
  const row = [...namespaces(call).shownAll(), ...services(call).shownAll()].find(
    (one) => one.arn === input.ResourceARN,
  );
  if (!row) throw notFound();
  return { Tags: toTags(row.tags) };
}
