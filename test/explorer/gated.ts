import { isDeepStrictEqual } from "node:util";
import type { Spec } from "../../src/api/spec.ts";
import type { Status } from "../../src/api/status.ts";
import type { ObjectStore } from "../../src/kube/object-store.ts";
import { inProcess, type SimulatedAws } from "../simulator/index.ts";
import type { Orchestrator, Store } from "../support/platform.ts";
import type { Gate } from "./gate.ts";
import { writeOf } from "./write.ts";

/** Milliseconds that a call takes on the world's clock. */
export const AWS_LATENCY_MS = 50;
export const KUBE_LATENCY_MS = 10;

type Handler = ReturnType<typeof inProcess>;

/** The simulator's door as one process sees it. */
export function gatedHandler(gate: Gate, aws: SimulatedAws): Handler {
  const door = inProcess(aws);
  return {
    ...door,
    // A request that is on the wire is not called back by who sent it: no abort signal.
    handle: (request) => gate.call(writeOf(request), AWS_LATENCY_MS, () => door.handle(request)),
  };
}

/** The cluster as one process sees it. Writes that would change nothing do not count as writes. */
export function gatedStore(gate: Gate, store: Store): ObjectStore<Spec, Status> {
  const call = <T>(action: string | undefined, effect: () => Promise<T>): Promise<T> =>
    gate.call(action ? { to: "kubernetes", service: "kubernetes", action } : undefined, KUBE_LATENCY_MS, effect);
  const changes = (object: Orchestrator, status: Status): boolean =>
    !isDeepStrictEqual(JSON.parse(JSON.stringify(status)), store.cluster.get(object.metadata)?.status);
  return {
    get: (key) => call(undefined, () => store.get(key)),
    list: () => call(undefined, () => store.list()),
    watch: (onEvent, signal) =>
      store.watch((key) => {
        if (gate.state === "open") onEvent(key);
        else if (gate.state === "frozen") void gate.clock.sleep(0).then(() => onEvent(key));
      }, signal),
    applyStatus: (object, status) =>
      call(changes(object, status) ? "applyStatus" : undefined, () => store.applyStatus(object, status)),
    addFinalizer: (object, name) => call("addFinalizer", () => store.addFinalizer(object, name)),
    removeFinalizer: (object, name) => call("removeFinalizer", () => store.removeFinalizer(object, name)),
    secret: (namespace, name) => call(undefined, () => store.secret(namespace, name)),
    event: (object, note) => call(undefined, () => store.event(object, note)),
    clusterId: () => call(undefined, () => store.clusterId()),
  };
}
