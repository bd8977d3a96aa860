/** The partition that a region is in, which is the second part of every ARN (AWS General Reference, "AWS partitions"). */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  if (region.startsWith("us-gov-")) return "aws-us-gov";
  return "aws";
}
