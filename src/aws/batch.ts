import DataLoader from "dataloader";
import type { Aws } from "./aws.ts";
import { classify } from "./errors.ts";
import { isRoutine } from "./token-bucket.ts";

/** How long a read waits for others to join it, in milliseconds. Small against the seconds that AWS takes for anything. */
export const BATCH_WINDOW_MS = 50;

/**
 * Reads many of one type at once; what is absent from the answer does not exist. Throws on any failed read. Of an API
 * that refuses the whole call because one key is unknown or malformed, it lets the error through: `batched` finds the key.
 */
export interface BatchedRead<Value> {
  /** Most keys that AWS takes in one call (its API reference says how many). */
  readonly max: number;
  read(aws: Aws, keys: readonly string[]): Promise<ReadonlyMap<string, Value>>;
}

/**
 * A read that joins all that are asked for within BATCH_WINDOW_MS, over all AgentOrchestrators of the account and
 * region, into as few calls as AWS allows. Nothing is cached: each call is a fresh look. One key that AWS does not know
 * is undefined, and one that it refuses throws for whoever asked for it: neither disturbs the others of the batch.
 *
 * @example
 * const vpcs = batched({ max: 200, read: async (aws, ids) => byId(await describe(aws, ids)) });
 * const vpc = await vpcs(aws, "vpc-1"); // undefined: it does not exist
 */
export function batched<Value>(reader: BatchedRead<Value>): (aws: Aws, key: string) => Promise<Value | undefined> {
  // What is routine waits longer for its turn: nobody else's read may be in the same call.
  const ofAll = [false, true].map(() => new WeakMap<Aws, DataLoader<string, Value | undefined>>());
  const loaderFor = (aws: Aws): DataLoader<string, Value | undefined> => {
    const loaders = ofAll[isRoutine() ? 1 : 0] ?? new WeakMap();
    let loader = loaders.get(aws);
    if (!loader) {
      loader = new DataLoader(
        async (keys: readonly string[]) => {
          const answers = await readEach(reader, aws, [...new Set(keys)]);
          return keys.map((key) => answers.get(key));
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

type Answers<Value> = ReadonlyMap<string, Value | Error>;

/** Halves a batch that AWS refuses for what is in it, until the key that is to blame stands alone. */
async function readEach<Value>(reader: BatchedRead<Value>, aws: Aws, keys: readonly string[]): Promise<Answers<Value>> {
  try {
    return await reader.read(aws, keys);
  } catch (error) {
    const meaning = classify(error);
    const aboutOneKey = meaning === "notFound" || meaning === "terminal";
    if (!aboutOneKey) throw error;
    if (keys.length > 1) {
      const middle = Math.ceil(keys.length / 2);
      const halves = await Promise.all([
        readEach(reader, aws, keys.slice(0, middle)),
        readEach(reader, aws, keys.slice(middle)),
      ]);
      return new Map(halves.flatMap((half) => [...half]));
    }
    if (meaning === "notFound") return new Map();
    const [key = ""] = keys;
    return new Map([[key, error instanceof Error ? error : new Error(String(error))]]);
  }
}
