import DataLoader from "dataloader";
import type { Aws } from "./aws.ts";

/** How long a read waits for others to join it, in milliseconds. Small against the seconds that AWS takes for anything. */
export const BATCH_WINDOW_MS = 20;

/** Reads many of one type at once; what is absent from the answer does not exist. Throws on any failed read. */
export interface BatchedRead<Value> {
  /** Most keys that AWS takes in one call (its API reference says how many). */
  readonly max: number;
  read(aws: Aws, keys: readonly string[]): Promise<ReadonlyMap<string, Value>>;
}

/**
 * A read that joins all that are asked for within BATCH_WINDOW_MS, over all AgentOrchestrators of the account and
 * region, into as few calls as AWS allows. Nothing is cached: each call is a fresh look.
 *
 * @example
 * const vpcs = batched({ max: 200, read: async (aws, ids) => byId(await describe(aws, ids)) });
 * const vpc = await vpcs(aws, "vpc-1"); // undefined: it does not exist
 */
export function batched<Value>(reader: BatchedRead<Value>): (aws: Aws, key: string) => Promise<Value | undefined> {
  const loaders = new WeakMap<Aws, DataLoader<string, Value | undefined>>();
  const loaderFor = (aws: Aws): DataLoader<string, Value | undefined> => {
    let loader = loaders.get(aws);
    if (!loader) {
      loader = new DataLoader(
        async (keys: readonly string[]) => {
          const found = await reader.read(aws, [...new Set(keys)]);
          return keys.map((key) => found.get(key));
        },
        {
          cache: false,
          maxBatchSize: reader.max,
          batchScheduleFn: (run) => void aws.clock.sleep(BATCH_WINDOW_MS).then(run),
        },
      );
      loaders.set(aws, loader);
    }
    return loader;
  };
  return (aws, key) => loaderFor(aws).load(key);
}
