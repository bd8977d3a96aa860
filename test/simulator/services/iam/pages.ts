import { AwsError } from "../../operation.ts";
import { page } from "../common/page.ts";

/** IAM's pagination: MaxItems (100 unless said), Marker, IsTruncated ("IAM API Reference", each List action). */
export function markerPage<T>(
  all: readonly T[],
  key: (item: T) => string,
  input: { Marker?: string | undefined; MaxItems?: number | undefined },
): { items: readonly T[]; rest: { IsTruncated: boolean; Marker?: string } } {
  const { items, next } = page(all, key, input.Marker, input.MaxItems ?? 100, () => {
    return new AwsError("InvalidInputException", "Invalid Marker.");
  });
  return { items, rest: { IsTruncated: next !== undefined, ...(next !== undefined && { Marker: next }) } };
}
