/** How long AWS takes for something, and who says so (a page of AWS, or "observed in practice"). */
export interface Duration {
  readonly seconds: number;
  readonly source: string;
}

/** By name, as "ec2.natGateway.create". */
export type Durations = Readonly<Record<string, Duration>>;

/** Limits of an account by name, as "ec2.vpcs". */
export type Quotas = Readonly<Record<string, number>>;
