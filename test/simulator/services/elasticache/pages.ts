import { page } from "../common/page.ts";
import { badValue } from "./rows.ts";

/** ElastiCache's pagination: MaxRecords (20 to 100, 100 unless said) and Marker. */
export function markerPage<T>(
  all: readonly T[],
  key: (item: T) => string,
  input: { Marker?: string | undefined; MaxRecords?: number | undefined },
): { items: readonly T[]; Marker: string | undefined } {
  const max = input.MaxRecords ?? 100;
  if (max < 20 || max > 100) throw badValue(`Invalid value ${max} for MaxRecords. Must be between 20 and 100`);
  const { items, next } = page(all, key, input.Marker, max, () => badValue("The parameter Marker is invalid."));
  return { items, Marker: next };
}
