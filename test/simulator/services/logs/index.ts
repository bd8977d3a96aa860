import type { Operations } from "../../operation.ts";
import * as groups from "./groups.ts";

/** CloudWatch Logs: log groups. Source of the rules: Amazon CloudWatch Logs API Reference, 2014-03-28. */
export const operations: Operations = {
  CreateLogGroup: groups.createLogGroup,
  DeleteLogGroup: groups.deleteLogGroup,
  DeleteRetentionPolicy: groups.deleteRetentionPolicy,
  DescribeLogGroups: groups.describeLogGroups,
  ListTagsForResource: groups.listTagsForResource,
  PutRetentionPolicy: groups.putRetentionPolicy,
  TagResource: groups.tagResource,
  UntagResource: groups.untagResource,
};
