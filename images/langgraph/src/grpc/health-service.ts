import { setTimeout as delay } from "node:timers/promises";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { WorkflowService } from "./gen/agentorchestrator/langgraph/v1/workflows_pb.ts";
import { type Health, HealthCheckResponse_ServingStatus as Serving } from "./gen/grpc/health/v1/health_pb.ts";

/** The server as a whole, and its one service. */
const SERVICES: readonly string[] = ["", WorkflowService.typeName];

export interface HealthOptions {
  /** Rejects while the server could not do its work; within its own time. */
  readonly check: () => Promise<void>;
  /** How often it is asked again for those who watch. */
  readonly everyMs: number;
  /** Aborted when the server is about to stop: from then on it does not serve. */
  readonly draining: AbortSignal;
}

/** grpc.health.v1: https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
export function healthService({ check, everyMs, draining }: HealthOptions): ServiceImpl<typeof Health> {
  let round: Promise<boolean> | undefined;
  /** Those who ask at once share one check. */
  const isUsable = (): Promise<boolean> => {
    round ??= check()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        round = undefined;
      });
    return round;
  };
  const status = async (): Promise<Serving> =>
    !draining.aborted && (await isUsable()) && !draining.aborted ? Serving.SERVING : Serving.NOT_SERVING;
  return {
    async check({ service }) {
      if (!SERVICES.includes(service)) throw new ConnectError(`there is no service ${service} here`, Code.NotFound);
      return { status: await status() };
    },
    async *watch({ service }, { signal }) {
      const known = SERVICES.includes(service);
      const stop = AbortSignal.any([signal, draining]);
      let told: Serving | undefined;
      while (!signal.aborted) {
        const now = known ? await status() : Serving.SERVICE_UNKNOWN;
        if (now !== told) yield { status: now };
        told = now;
        if (draining.aborted) return;
        await delay(everyMs, undefined, { signal: stop, ref: false }).catch(() => {});
      }
    },
  };
}
