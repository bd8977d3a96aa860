import { existsSync, readFileSync } from "node:fs";

/**
 * What a service's model demands of inputs beyond their types. Made from botocore's models by
 * scripts/simulator-constraints.ts; only what carries a constraint, or leads to one, is in it.
 */
export interface Constraints {
  /** Version of botocore that it was made from. */
  readonly botocore: string;
  /** Name of the input's shape by operation; undefined: no constraint on it. */
  readonly operations: Readonly<Record<string, string | null>>;
  readonly shapes: Readonly<Record<string, Constraint>>;
}

export type Constraint =
  | {
      readonly type: "structure";
      readonly required?: readonly string[];
      /** Name of the member's shape. */
      readonly members?: Readonly<Record<string, string>>;
    }
  | ({ readonly type: "list"; readonly item?: string } & Size)
  | ({ readonly type: "map"; readonly key?: string; readonly value?: string } & Size)
  | ({
      readonly type: "string";
      readonly pattern?: string;
      readonly enum?: readonly string[];
      /** Its value must not be printed. */
      readonly sensitive?: true;
    } & Size)
  | ({ readonly type: "number" } & Size);

/** Least and most: characters of a string, items of a list or map, the value of a number. */
interface Size {
  readonly min?: number;
  readonly max?: number;
}

export const CONSTRAINTS_FOLDER: URL = new URL("../data/constraints/", import.meta.url);

const read = new Map<string, Constraints>();

/** @throws when there is no such file */
export function constraintsOf(service: string): Constraints {
  let constraints = read.get(service);
  if (!constraints) {
    const file = new URL(`${service}.json`, CONSTRAINTS_FOLDER);
    if (!existsSync(file)) throw new Error(`no constraints of ${service}: run "npm run simulator:constraints"`);
    constraints = JSON.parse(readFileSync(file, "utf8")) as Constraints;
    read.set(service, constraints);
  }
  return constraints;
}
