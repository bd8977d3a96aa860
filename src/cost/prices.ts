import list from "./prices.json" with { type: "json" };

type RegionPrices = (typeof list.regions)["us-east-1"];

/** Prices of one region, in US dollars an hour unless the name says otherwise. */
export interface Prices extends Omit<RegionPrices, "database" | "cache"> {
  readonly database: Readonly<Record<string, number>>;
  /** Of Redis OSS, by node type. */
  readonly cache: Readonly<Record<string, number>>;
  /** Of another region, raised: the list has none for this one. */
  readonly isGuess: boolean;
}

/** Hours of a month, as AWS's own calculator counts. */
export const hoursPerMonth = 730;
/** Share of the list price that Fargate Spot usually costs. */
export const spotFactor: number = list.spotFactor;

/**
 * Prices of a region. One that the list does not have costs as us-east-1 and a fifth more: most regions lie between the
 * same and a quarter more.
 */
export function pricesOf(region: string): Prices {
  const regions: Readonly<Record<string, RegionPrices>> = list.regions;
  const same: Readonly<Record<string, string>> = list.sameAs;
  const known = regions[same[region] ?? region];
  if (known) return { ...known, isGuess: false };
  const { factor } = list.fallback;
  return { ...(raise(list.regions["us-east-1"], factor) as RegionPrices), isGuess: true };
}

/**
 * Dollars an hour of a database instance in one zone. A class that the list does not have is taken by its size: each
 * step of AWS's sizes doubles, and a `large` of general purpose is the measure.
 */
export function databasePrice(prices: Prices, instanceClass: string): number {
  return prices.database[instanceClass] ?? largesIn(instanceClass) * (prices.database["db.m5.large"] ?? 0);
}

/** Dollars an hour of a cache node: of Valkey a fifth less than of Redis OSS. An unknown type is taken by its size. */
export function cachePrice(prices: Prices, engine: string, nodeType: string): number {
  const redis = prices.cache[nodeType] ?? largesIn(nodeType) * (prices.cache["cache.m6g.large"] ?? 0);
  return engine === "valkey" ? redis * list.valkeyFactor : redis;
}

/** How many `large` a size is worth. */
function largesIn(type: string): number {
  const size = type.split(".").at(-1) ?? "";
  const small: Readonly<Record<string, number>> = { micro: 0.1, small: 0.2, medium: 0.4, large: 1, xlarge: 2 };
  const multiple = /^([0-9]+)xlarge$/.exec(size);
  return multiple ? Number(multiple[1]) * 2 : (small[size] ?? 1);
}

function raise(value: unknown, factor: number): unknown {
  if (typeof value === "number") return value * factor;
  return Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, raise(item, factor)]));
}
