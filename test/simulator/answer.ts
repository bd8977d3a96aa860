import { type Caller, callerOf, type Signature } from "./caller.ts";
import { isWrite } from "./calls.ts";
import { decode, encode, encodeError } from "./codec/protocol.ts";
import type { WireRequest, WireResponse } from "./codec/wire.ts";
import type { Fault } from "./faults/faults.ts";
import { denied, expired, internal, throttled } from "./faults/wording.ts";
import { AwsError } from "./operation.ts";
import type { Service } from "./service.ts";
import type { SimulatedAws } from "./simulated-aws.ts";

/** No answer: the connection broke, before or after the effect. */
export const LOST: unique symbol = Symbol("lost");

/** What is known of a call by the time it is written into the log. */
interface Progress {
  caller: Caller | undefined;
  action: string;
  effect: boolean;
  slowMs: number;
}

/**
 * One request from the wire to the answer: who calls, which operation, what goes wrong with it, whether it is within
 * the limits, valid and allowed, and then its effect, at one moment.
 */
export async function answer(
  aws: SimulatedAws,
  request: WireRequest,
  signature: Signature,
): Promise<WireResponse | typeof LOST> {
  const service = aws.services.get(signature.service);
  if (!service) return unknownService(signature.service);
  const requestId = aws.requestId();
  const progress: Progress = { caller: undefined, action: "", effect: false, slowMs: 0 };
  if (aws.latencyMs > 0) await aws.time.sleep(aws.latencyMs / 2);
  let result: WireResponse | typeof LOST;
  let outcome = "ok";
  try {
    result = perform(aws, service, request, signature, requestId, progress);
    if (result === LOST) outcome = "lost";
  } catch (thrown) {
    const error = thrown instanceof AwsError ? thrown : failure(aws, progress.action, thrown);
    outcome = error.name;
    result = encodeError(service.model, error, requestId);
  }
  aws.calls.add({
    service: signature.service,
    action: progress.action,
    account: progress.caller?.account ?? "",
    region: signature.region,
    accessKeyId: signature.accessKeyId,
    write: isWrite(progress.action),
    at: aws.clock.now(),
    effect: progress.effect,
    outcome,
  });
  const waitMs = aws.latencyMs / 2 + progress.slowMs;
  if (waitMs > 0) await aws.time.sleep(waitMs);
  return result;
}

function perform(
  aws: SimulatedAws,
  service: Service,
  request: WireRequest,
  signature: Signature,
  requestId: string,
  progress: Progress,
): WireResponse | typeof LOST {
  const name = service.model.signingName;
  const { operation, input } = decode(service.model, request);
  const action = operation.name;
  progress.action = action;
  const caller = callerOf(aws, signature);
  progress.caller = caller;
  const { account, region } = caller;
  const faults = aws.faults.strike({ service: name, action, account, region, write: isWrite(action) });
  for (const fault of faults) {
    if (fault.kind === "lost" && fault.before) return LOST;
    if (fault.kind === "slow") progress.slowMs += fault.ms;
    refuse(fault, name, action, caller);
  }
  if (aws.buckets && !aws.buckets.take({ account, region, service: name, action, input })) throw throttled(name);
  const rule = service.operations[action];
  if (!rule) throw new AwsError("NotImplemented", `The simulator has no rule for ${name}:${action}.`, 501);
  aws.checks.validate?.(name, action, input);
  const call = { world: aws, ...caller };
  aws.checks.authorize?.(call, name, action, input);
  const staleMs = Math.max(0, ...faults.map((fault) => (fault.kind === "stale" ? fault.ms : 0)));
  const output = staleMs > 0 ? aws.stale(staleMs, () => rule(call, input)) : rule(call, input);
  progress.effect = true;
  if (faults.some((fault) => fault.kind === "lost")) return LOST;
  if (faults.some((fault) => fault.kind === "error")) throw internal(name);
  return encode(service.model, operation, output ?? {}, requestId);
}

/** Throws what a fault puts in place of the effect. */
function refuse(fault: Fault, service: string, action: string, caller: Caller): void {
  if (fault.kind === "throttle") throw throttled(service);
  if (fault.kind === "denied") throw denied(service, action, caller.principal);
  if (fault.kind === "expired") throw expired(service);
  if (fault.kind === "refuse") throw new AwsError(fault.code, fault.message ?? fault.code, fault.status);
  if (fault.kind === "error" && !fault.after) throw internal(service);
}

/** A mistake in a rule: said aloud, and with a status that no client takes for passing. */
function failure(aws: SimulatedAws, action: string, thrown: unknown): AwsError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  aws.failures.push(error);
  return new AwsError("SimulatorFailure", `The rule for ${action} failed: ${error.stack ?? error.message}`, 501);
}

const unknownService = (name: string): WireResponse => ({
  status: 501,
  headers: { "content-type": "application/json", "x-amzn-errortype": "NotImplemented" },
  body: JSON.stringify({ __type: "NotImplemented", message: `The simulator has no service ${name}.` }),
});
