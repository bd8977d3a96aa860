import type { Spec } from "../../src/api/spec.ts";
import type { Status } from "../../src/api/status.ts";
import type { Clock } from "../../src/clock.ts";
import type { ObjectStore } from "../../src/kube/object-store.ts";
import type { InProcessHandler } from "../simulator/doors/in-process.ts";
import { inProcess, type SimulatedAws } from "../simulator/index.ts";
import { type Running, type Store, startOperator } from "./platform.ts";

/** A moment of an operator's life at which it may die: around a call to AWS or to Kubernetes. */
export type Moment = (where: "before" | "after", call: string) => void;

/**
 * An operator in this process that can die as one that is killed does: from then on nothing that it has asked for comes
 * back to it and nothing that it asks for is done, while what AWS or Kubernetes had begun takes its course.
 */
export class MortalOperator {
  #dead = false;
  readonly #running: Running;

  /** Lives from now on. `moment` is called around every call that it makes, and may call `die`. */
  constructor(aws: SimulatedAws, store: Store, clock: Clock, moment: Moment) {
    const handler = inProcess(aws);
    const requestHandler: InProcessHandler = {
      ...handler,
      handle: (request, options) => this.#call(actionOf(request), moment, () => handler.handle(request, options)),
    };
    const mortalClock: Clock = {
      now: () => clock.now(),
      sleep: (ms, signal) => this.#live(() => clock.sleep(ms, signal)),
    };
    const mortalStore = new Proxy(store, {
      get: (target, name) => {
        const method = Reflect.get(target, name, target) as unknown;
        if (typeof method !== "function") return method;
        if (!METHODS.has(name as string)) return method.bind(target);
        return (...args: unknown[]) => this.#call(String(name), moment, () => method.apply(target, args));
      },
    });
    this.#running = startOperator({ aws, store: mortalStore, clock: mortalClock, requestHandler });
  }

  die(): void {
    this.#dead = true;
    void this.#running.stop();
  }

  async #call<T>(call: string, moment: Moment, work: () => Promise<T>): Promise<T> {
    moment("before", call);
    return this.#live(work, () => moment("after", call));
  }

  async #live<T>(work: () => Promise<T>, after = (): void => {}): Promise<T> {
    if (this.#dead) return never();
    try {
      const result = await work();
      after();
      return this.#dead ? never() : result;
    } catch (error) {
      after();
      if (this.#dead) return never();
      throw error;
    }
  }
}

/** Calls whose answers an operator waits for; a watch goes on, to nobody. */
const METHODS: ReadonlySet<string> = new Set<keyof ObjectStore<Spec, Status>>([
  "get",
  "list",
  "applyStatus",
  "addFinalizer",
  "removeFinalizer",
  "secret",
  "event",
  "clusterId",
]);

const never = <T>(): Promise<T> => new Promise(() => {});

function actionOf({ method, path, headers, body }: Parameters<InProcessHandler["handle"]>[0]): string {
  const target = headers["x-amz-target"]?.split(".").at(-1);
  const form = typeof body === "string" ? /(?:^|&)Action=(\w+)/.exec(body)?.[1] : undefined;
  return target ?? form ?? `${method} ${path}`;
}
