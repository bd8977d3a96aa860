export interface KnownParameter {
  readonly dataType: "integer" | "string";
  readonly default: string;
  /** What it can be: words, or a range of integers. */
  readonly allowed: string;
  /** Takes effect at the next reboot. */
  readonly static?: true;
}

/**
 * Parameters of Valkey and Redis OSS that can be set: ElastiCache User Guide, "Valkey and Redis OSS parameters" (a part).
 */
export const PARAMETERS: Readonly<Record<string, KnownParameter>> = {
  activedefrag: { dataType: "string", default: "no", allowed: "yes,no" },
  activerehashing: { dataType: "string", default: "yes", allowed: "yes,no", static: true },
  databases: { dataType: "integer", default: "16", allowed: "1-1200000", static: true },
  "latency-tracking": { dataType: "string", default: "no", allowed: "yes,no" },
  "lazyfree-lazy-eviction": { dataType: "string", default: "no", allowed: "yes,no" },
  "lfu-decay-time": { dataType: "integer", default: "1", allowed: "0-2147483647" },
  "lua-time-limit": { dataType: "integer", default: "5000", allowed: "5000" },
  "maxmemory-policy": {
    dataType: "string",
    default: "volatile-lru",
    allowed: "volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction",
  },
  "maxmemory-samples": { dataType: "integer", default: "3", allowed: "1-2147483647" },
  "notify-keyspace-events": { dataType: "string", default: "", allowed: "" },
  "reserved-memory-percent": { dataType: "integer", default: "25", allowed: "0-100" },
  "slowlog-log-slower-than": { dataType: "integer", default: "10000", allowed: "-1-9223372036854775807" },
  "tcp-keepalive": { dataType: "integer", default: "300", allowed: "0-2147483647" },
  timeout: { dataType: "integer", default: "0", allowed: "0,20-2147483647" },
};

/** Whether a value is one of `allowed`, which lists words and ranges; an empty list allows everything. */
export function isAllowed({ allowed }: KnownParameter, value: string): boolean {
  if (allowed === "") return true;
  return allowed.split(",").some((one) => {
    const range = /^(-?\d+)-(\d+)$/.exec(one);
    if (!range) return one === value;
    return /^-?\d+$/.test(value) && BigInt(value) >= BigInt(range[1] ?? 0) && BigInt(value) <= BigInt(range[2] ?? 0);
  });
}
