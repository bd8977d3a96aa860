import { CallLog } from "./calls.ts";
import { Faults } from "./faults/faults.ts";
import { type BucketOptions, Buckets } from "./limits/buckets.ts";
import type { Authorize, Service, Validate } from "./service.ts";
import { SimulatedWorld, type WorldOptions } from "./simulated-world.ts";

export interface AwsOptions extends WorldOptions {
  /** AWS's token buckets; false: no call is throttled. Default true. */
  readonly buckets?: boolean | BucketOptions;
  /** What a call takes on the world's clock: half before its effect, half after. Default 0. */
  readonly latencyMs?: number;
}

export interface Checks {
  readonly validate?: Validate | undefined;
  readonly authorize?: Authorize | undefined;
}

/** A world with the services in it, and what stands between them and a caller. */
export class SimulatedAws extends SimulatedWorld {
  /** By signing name. */
  readonly services: ReadonlyMap<string, Service>;
  readonly faults: Faults;
  readonly calls: CallLog = new CallLog();
  readonly checks: Checks;
  latencyMs: number;
  /** Undefined: no call is throttled. */
  buckets: Buckets | undefined;
  #requests = 0;

  constructor(services: readonly Service[], options: AwsOptions = {}, checks: Checks = {}) {
    super(
      {
        durations: Object.assign({}, ...services.map((service) => service.durations)),
        quotas: Object.assign({}, ...services.map((service) => service.quotas)),
      },
      options,
    );
    this.services = new Map(services.map((service) => [service.model.signingName, service]));
    this.checks = checks;
    this.faults = new Faults((options.seed ?? 1) ^ 0x5eed);
    this.latencyMs = options.latencyMs ?? 0;
    this.limit(options.buckets ?? true);
  }

  /** In the form of a UUID, counting up: the same in every run. */
  requestId(): string {
    this.#requests += 1;
    return `00000000-0000-4000-8000-${this.#requests.toString(16).padStart(12, "0")}`;
  }

  /** Switches AWS's token buckets on, full, or off. */
  limit(buckets: boolean | BucketOptions): void {
    this.buckets = buckets === false ? undefined : new Buckets(() => this.clock.now(), buckets === true ? {} : buckets);
  }

  /** As new: no resource, no fault, no call, full buckets. */
  override reset(): void {
    super.reset();
    this.faults.clear();
    this.calls.clear();
    this.buckets?.refill();
  }
}
