import type { Call } from "../../operation.ts";

type Where = Pick<Call, "account" | "region">;

/** "aws", "aws-cn" or "aws-us-gov" (AWS General Reference, "Amazon Resource Names (ARNs)"). */
export const partitionOf = (region: string): string =>
  region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";

export const arn = (call: Where, service: string, resource: string): string =>
  `arn:${partitionOf(call.region)}:${service}:${call.region}:${call.account}:${resource}`;

/** ARN of a service without regions, as IAM. */
export const globalArn = (call: Where, service: string, resource: string): string =>
  `arn:${partitionOf(call.region)}:${service}::${call.account}:${resource}`;

/** What a global service's tables are asked by: one account, no region. */
export const everywhere = (call: Pick<Call, "account">): Where => ({ account: call.account, region: "" });

/** The part behind the sixth colon, as "role/name" of an IAM role, or the text itself when it is no ARN. */
export const resourceOf = (text: string): string =>
  text.startsWith("arn:") ? text.split(":").slice(5).join(":") : text;
