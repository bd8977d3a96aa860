import type { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { EC2 } from "@aws-sdk/client-ec2";
import type { ECR } from "@aws-sdk/client-ecr";
import type { ECS } from "@aws-sdk/client-ecs";
import type { EFS } from "@aws-sdk/client-efs";
import type { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { ElastiCache } from "@aws-sdk/client-elasticache";
import type { IAM } from "@aws-sdk/client-iam";
import type { RDS } from "@aws-sdk/client-rds";
import type { S3 } from "@aws-sdk/client-s3";
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import type { ServiceDiscovery } from "@aws-sdk/client-servicediscovery";

/** One empty account of something that claims to be AWS, region us-east-1. Clients try once. */
export interface Subject {
  readonly ec2: EC2;
  readonly elb: ElasticLoadBalancingV2;
  readonly s3: S3;
  readonly efs: EFS;
  readonly ecs: ECS;
  readonly rds: RDS;
  readonly elastiCache: ElastiCache;
  readonly iam: IAM;
  readonly ecr: ECR;
  readonly logs: CloudWatchLogs;
  readonly secrets: SecretsManager;
  readonly cloudMap: ServiceDiscovery;
  /** A word that no other run has: for names that are one in the world, as a bucket's. */
  readonly unique: string;
  /** Lets this many of AWS's seconds go by: nothing where no time passes. */
  pass(seconds: number): Promise<void>;
}

/** What a step came to: plain data that `look` took from the answer, "done" without one, or "refused: <code>". */
export type Outcome = string | number | boolean | null | readonly Outcome[] | { readonly [key: string]: Outcome };

/** Does a step and records what it came to. Returns the answer, undefined where AWS refused. */
export type Step = <Answer>(
  name: string,
  asked: Promise<Answer>,
  look?: (answer: Answer) => Outcome | undefined,
) => Promise<Answer | undefined>;

/** The same calls for every subject. Looks at nothing that differs from run to run, as ids. */
export interface Scenario {
  readonly name: string;
  run(aws: Subject, step: Step): Promise<void>;
}

export type Outcomes = Readonly<Record<string, Outcome>>;

/** Step that stands for a scenario that could not go on: something that it depends on was refused or left out. */
export const ENDED = "(the scenario ended)";

/** Plays a scenario and returns what each step came to, in order. */
export async function play(scenario: Scenario, aws: Subject): Promise<Outcomes> {
  const outcomes: Record<string, Outcome> = {};
  const step: Step = async (name, asked, look) => {
    if (Object.hasOwn(outcomes, name)) throw new Error(`two steps of "${scenario.name}" are named "${name}"`);
    try {
      const answer = await asked;
      outcomes[name] = look === undefined ? "done" : (look(answer) ?? null);
      return answer;
    } catch (error) {
      outcomes[name] = refusal(error);
      return undefined;
    }
  };
  try {
    await scenario.run(aws, step);
  } catch (error) {
    outcomes[ENDED] = error instanceof Missing ? `without ${error.message}` : refusal(error);
  }
  return outcomes;
}

/** What an SDK client threw, by its code. Anything else is a mistake in the scenario and goes on its way. */
function refusal(error: unknown): Outcome {
  if (error instanceof Error && "$metadata" in error) return `refused: ${error.name}`;
  throw error;
}

class Missing extends Error {}

/** What later steps need: without it the scenario ends, which is an outcome too. */
export function needed<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Missing(what);
  return value;
}
