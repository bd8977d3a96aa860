import { authorize } from "./authorization/authorize.ts";
import { type InProcessHandler, inProcess } from "./doors/in-process.ts";
import { services } from "./services/index.ts";
import { type AwsOptions, SimulatedAws } from "./simulated-aws.ts";
import { validate } from "./validation/validate.ts";

export type { SimulatorClock } from "./clock/clock.ts";
export { ScaledClock } from "./clock/scaled.ts";
export { VirtualClock } from "./clock/virtual.ts";
export { type HttpDoor, startHttpDoor } from "./doors/http.ts";
export { inProcess } from "./doors/in-process.ts";
export type { Fault, FaultRule } from "./faults/faults.ts";
export type { AwsOptions, SimulatedAws } from "./simulated-aws.ts";

/** An empty AWS with all services: on a virtual clock and with AWS's limits, unless it is said otherwise. */
export function createWorld(options: AwsOptions = {}): SimulatedAws {
  return new SimulatedAws(services(), options, { validate, authorize });
}

export interface Where {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
}

/** What any client of the SDK needs to speak to the world in process. */
export function clientsConfig(aws: SimulatedAws, { account, region }: Where): ClientsConfig {
  return {
    region,
    credentials: { accessKeyId: account, secretAccessKey: "unchecked" },
    requestHandler: inProcess(aws),
  };
}

/** What any client of the SDK needs to speak to the HTTP door. */
export function httpClientsConfig(url: string, { account, region }: Where): Omit<ClientsConfig, "requestHandler"> {
  return { region, credentials: { accessKeyId: account, secretAccessKey: "unchecked" }, endpoint: url };
}

export interface ClientsConfig {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly requestHandler: InProcessHandler;
  readonly endpoint?: string;
}
