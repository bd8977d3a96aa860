import { group, kind, type SpecInput, version } from "../resource.ts";

type Agents = SpecInput["agents"];

/** The smallest spec there is. */
export function minimal(): SpecInput {
  return { project: "shop", environment: "dev", aws: { region: "us-east-1" }, agents: [{ name: "one", port: 8000 }] };
}

export const withAgents = (...agents: Agents): SpecInput => ({ ...minimal(), agents });
export const one = (rest: Omit<Agents[number], "name" | "port">): SpecInput =>
  withAgents({ name: "one", port: 8000, ...rest });
export const withNetwork = (network: SpecInput["network"]): SpecInput => ({ ...minimal(), network });
export const withDatabase = (database: NonNullable<SpecInput["data"]>["database"]): SpecInput => ({
  ...minimal(),
  data: { database },
});
export const secretArn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:snowflake-AbCdEf";
export const existing = {
  vpc: "vpc-0a1b2c3d",
  publicSubnets: ["subnet-a", "subnet-b"],
  privateSubnets: ["subnet-c", "subnet-d"],
};
export const container = { deployment: "Container" as const, passwordSecretRef: { name: "database" } };

export interface Case {
  readonly name: string;
  readonly spec: unknown;
  /** The spec before the change. */
  readonly old?: unknown;
  readonly metadata?: { readonly name: string };
  /** Field, "" where a rule of the whole object has none, and a part of the message. Absent: it is accepted. */
  readonly refused?: { readonly field: string; readonly message: string };
}

/** The object with this spec. */
export function apiObject(
  spec: unknown,
  metadata: Case["metadata"] = { name: "one" },
): Readonly<Record<string, unknown>> {
  return { apiVersion: `${group}/${version}`, kind, metadata, spec };
}

export const refused = (field: string, message: string): Pick<Case, "refused"> => ({ refused: { field, message } });
export const anyCpu = (cpu: string, memory: string): SpecInput => one({ cpu: cpu as "1", memory });
