import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { Spec } from "../../src/api/spec.ts";
import type { Status } from "../../src/api/status.ts";
import { validate } from "../../src/api/validate.ts";
import { AwsAccess, type AwsAccessOptions } from "../../src/aws/access.ts";
import type { AccessConfig } from "../../src/aws/access-config.ts";
import { Limits } from "../../src/aws/guard.ts";
import type { Clock } from "../../src/clock.ts";
import type { KubeObject, ObjectKey } from "../../src/kube/object-store.ts";
import { formatKey } from "../../src/kube/object-store.ts";
import { type Log, Operator } from "../../src/operator.ts";
import { runOperator } from "../../src/run.ts";
import type { InProcessHandler } from "../simulator/doors/in-process.ts";
import { inProcess, type SimulatedAws } from "../simulator/index.ts";
import { MemoryStore } from "./memory-store/memory-store.ts";

export type Store = MemoryStore<Spec, Status>;
export type Orchestrator = KubeObject<Spec, Status>;

export const ACCOUNT = "111122223333";

/** The reference case, as a file of examples/ holds it, with changes to its spec. */
export async function example(
  file: "dev.yaml" | "prod.yaml",
  edit: (object: { metadata: { name: string; namespace: string }; spec: Record<string, unknown> }) => void = () => {},
): Promise<{ readonly name: string; readonly namespace: string; readonly spec: Spec }> {
  const object = parse(await readFile(new URL(`../../examples/${file}`, import.meta.url), "utf8"));
  edit(object);
  const valid = validate(object);
  if (!valid.ok) throw new Error(valid.problems.map(({ field, message }) => `${field}: ${message}`).join("\n"));
  return { name: object.metadata.name, namespace: object.metadata.namespace, spec: valid.spec };
}

export const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export interface Running {
  readonly operator: Operator;
  /** Ends as a graceful shutdown does: passes that have begun come to their end. */
  stop(): Promise<void>;
}

export interface RunInProcess {
  readonly aws: SimulatedAws;
  readonly store: Store;
  readonly clock: Clock;
  readonly account?: string;
  /** By namespace, in place of all of `account`: what the cluster admin configures. */
  readonly namespaces?: AccessConfig["namespaces"];
  /** The operator's own, in place of those of the account's root. */
  readonly credentials?: AwsAccessOptions["credentials"];
  /** The role that it assumes; without one it is the root of the account, who may do everything. */
  readonly roleArn?: string;
  readonly intervalMs?: number;
  readonly workers?: number;
  readonly log?: Log;
  /** In place of the door to `aws`. */
  readonly requestHandler?: InProcessHandler;
}

/** The whole operator in this process, against a simulated AWS and a store in memory that share its clock. */
export function startOperator(options: RunInProcess): Running {
  const { aws, store, clock, account = ACCOUNT, roleArn, intervalMs = 60_000, workers = 64, log = silent } = options;
  const everywhere = { "*": { account, regions: ["*"], ...(roleArn !== undefined && { roleArn }) } };
  const access = new AwsAccess({
    config: { namespaces: options.namespaces ?? everywhere },
    limits: new Limits({ clock, random: () => 0.5 }),
    credentials: options.credentials ?? { accessKeyId: account, secretAccessKey: "unchecked" },
    requestHandler: options.requestHandler ?? inProcess(aws),
  });
  const operator = new Operator({ store, access, clock, log, intervalMs, isLeader: () => true });
  const stopping = new AbortController();
  const done = runOperator(operator, { workers }, stopping.signal);
  return {
    operator,
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

/** A new store with the Secrets that the reference case names. */
export function storeWithSecrets(clock: Clock, namespace = "agents"): Store {
  const store: Store = new MemoryStore<Spec, Status>(clock);
  store.putSecret(namespace, "snowflake", { account: "xy12345", user: "svc", privateKey: "snowflake-private-key" });
  store.putSecret(namespace, "langfuse", { publicKey: "pk-lf-1", secretKey: "sk-lf-1" });
  return store;
}

/**
 * Waits on the clock until `holds`, looking every `stepMs`.
 * @throws with the object's conditions when `withinMs` have gone by.
 */
export async function until(
  store: Store,
  clock: Clock,
  key: ObjectKey,
  holds: (object: Orchestrator | undefined) => boolean,
  { withinMs = 3_600_000, stepMs = 1_000 } = {},
): Promise<Orchestrator | undefined> {
  const deadline = clock.now() + withinMs;
  for (;;) {
    const object = store.cluster.get(key);
    if (holds(object)) return object;
    if (clock.now() >= deadline) {
      const told = (object?.status?.conditions ?? []).map(
        ({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`,
      );
      throw new Error(`${formatKey(key)} did not get there within ${withinMs / 1000} s:\n${told.join("\n")}`);
    }
    await clock.sleep(stepMs);
  }
}

export function isReady(object: Orchestrator | undefined): boolean {
  return (
    object?.status?.observedGeneration === object?.metadata.generation &&
    (object?.status?.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True")
  );
}

/** The condition of that type, if there is one. */
export function condition(object: Orchestrator | undefined, type: string) {
  return object?.status?.conditions?.find((one) => one.type === type);
}
