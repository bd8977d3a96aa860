import type { World } from "./world.ts";

/** Who calls, and where: one account and region of the world. */
export interface Call {
  readonly world: World;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** ARN of the caller, for error messages of AccessDenied. */
  readonly principal: string;
  /** Of the credentials that signed the call; absent where a test calls a rule itself. */
  readonly accessKeyId?: string | undefined;
}

/**
 * One API action. It runs to its end at one moment of the world's clock (an effect is whole or absent), takes the input
 * and returns the output in the SDK's shapes (Dates, numbers, undefined for what is absent), and refuses with AwsError.
 */
// biome-ignore lint/suspicious/noExplicitAny: inputs are checked against AWS's own models before they come here
export type Operation = (call: Call, input: any) => object | undefined;

/** Actions by their API name: what a service of the simulator is. */
export type Operations = Readonly<Record<string, Operation>>;

/** A refusal as AWS words it. `code` is the error's name in the SDK; `status` defaults to 400. */
export class AwsError extends Error {
  readonly status: number | undefined;
  /** Further members of a modelled error, as `reasons`. */
  readonly extra: Readonly<Record<string, unknown>>;
  constructor(code: string, message: string, status?: number, extra: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.status = status;
    this.extra = extra;
  }
}
