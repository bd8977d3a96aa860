import type { ServiceModel } from "./codec/service-model.ts";
import type { Durations, Quotas } from "./durations.ts";
import type { Call, Operations } from "./operation.ts";

/** An AWS service in the simulator: what it looks like on the wire, and what it does. */
export interface Service {
  readonly model: ServiceModel;
  readonly operations: Operations;
  readonly durations: Durations;
  readonly quotas: Quotas;
}

/** Holds an input against the constraints of the service's model; throws AwsError. */
export type Validate = (service: string, action: string, input: object) => void;

/** Holds a caller to its policies; throws AwsError. */
export type Authorize = (call: Call, service: string, action: string, input: object) => void;
