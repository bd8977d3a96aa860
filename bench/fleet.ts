import type { Spec } from "../src/api/spec.ts";
import type { ObjectKey } from "../src/kube/object-store.ts";
import type { Log } from "../src/operator.ts";
import { clientsConfig, createWorld, type SimulatedAws, VirtualClock } from "../test/simulator/index.ts";
import { repositories } from "../test/simulator/services/ecr/rows.ts";
import { pushImage } from "../test/support/images.ts";
import {
  ACCOUNT,
  example,
  type Running,
  type Store,
  silent,
  startOperator,
  storeWithSecrets,
} from "../test/support/platform.ts";

export const REGION = "us-east-1";

/** What a call to AWS takes, there and back, in milliseconds: EC2 and ECS answer within 50 to 150. */
export const LATENCY_MS = 80;

/** Defaults of AWS that an account with a hundred platforms has had raised, by the simulator's names. */
export const RAISED_QUOTAS = {
  "ec2.vpcs": 200,
  "ec2.internetGateways": 200,
  "ec2.addresses": 400,
  "ec2.natGatewaysPerZone": 200,
  "ec2.gatewayEndpoints": 200,
  "elbv2.loadBalancers": 200,
  "rds.instances": 200,
  "rds.subnetGroups": 200,
  "rds.parameterGroups": 200,
  "servicediscovery.namespaces": 200,
} as const;

export interface Platform extends ObjectKey {
  readonly spec: Spec;
}

/** The reference case, `count` times under as many project names: what differs is what AWS wants to be unique. */
export async function platforms(count: number): Promise<readonly Platform[]> {
  const numbers = Array.from({ length: count }, (_, index) => String(index + 1).padStart(3, "0"));
  return Promise.all(
    numbers.map((number) =>
      example("dev.yaml", ({ metadata, spec }) => {
        metadata.name = `platform-${number}`;
        spec.project = `platform-${number}`;
      }),
    ),
  );
}

/** A simulated AWS on virtual time, the operator in this process, and nothing in either. */
export interface Fleet {
  readonly aws: SimulatedAws;
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly running: Running;
  /** Passes that have ended. */
  readonly passes: () => number;
  stop(): Promise<void>;
}

/** Milliseconds between two looks at everything: the operator's default. */
export const INTERVAL_MS = 60_000;

/** AWS's token buckets and durations as they are, quotas raised, and an image in each repository as soon as it is there. */
export function startFleet(): Fleet {
  const clock = new VirtualClock();
  const aws = createWorld({ clock, latencyMs: LATENCY_MS, quotas: RAISED_QUOTAS });
  const store = storeWithSecrets(clock);
  let passes = 0;
  const count = (_fields: object, message: string): void => {
    if (message === "pass") passes += 1;
  };
  const counting: Log = { ...silent, debug: count };
  const running = startOperator({ aws, store, clock, intervalMs: INTERVAL_MS, workers: 128, log: counting });
  const stopping = new AbortController();
  const pushing = pushImages(aws, clock, stopping.signal);
  return {
    aws,
    clock,
    store,
    running,
    passes: () => passes,
    async stop() {
      stopping.abort();
      await Promise.all([running.stop(), pushing]);
    },
  };
}

/** The build pipeline: looks every second, beside the API, for repositories without an image, and pushes one. */
async function pushImages(aws: SimulatedAws, clock: VirtualClock, signal: AbortSignal): Promise<void> {
  const config = clientsConfig(aws, { account: ACCOUNT, region: REGION });
  const where = { world: aws, account: ACCOUNT, region: REGION };
  const pushed = new Set<string>();
  while (!signal.aborted) {
    const waiting = repositories(where)
      .all()
      .filter(({ name }) => !pushed.has(name));
    await Promise.all(waiting.map(({ name }) => pushImage(config, name, "latest")));
    for (const { name } of waiting) pushed.add(name);
    await clock.sleep(1_000, signal);
  }
}
