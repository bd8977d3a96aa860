import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EFSClient } from "@aws-sdk/client-efs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ElastiCacheClient } from "@aws-sdk/client-elasticache";
import { IAMClient } from "@aws-sdk/client-iam";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ServiceDiscoveryClient } from "@aws-sdk/client-servicediscovery";
import { STSClient } from "@aws-sdk/client-sts";
import type { Aws } from "../../src/aws/aws.ts";
import { tagKeys } from "../../src/aws/tags.ts";
import type { OutputsOf, PropsOf, Tags, Target } from "../../src/kinds/kind.ts";
import { type KindName, type Kinds, kindOf } from "../../src/kinds/registry.ts";
import { clientsConfig, createWorld, type SimulatedAws } from "../simulator/index.ts";
import { untilReady } from "./steps.ts";

const WHERE = { account: "111122223333", region: "us-east-1" };

/** An empty AWS, the way a kind sees it: every call is sent once, so that each fault is seen by the kind itself. */
export class Given {
  readonly world: SimulatedAws = createWorld({ buckets: false });
  readonly aws: Aws = this.connect();
  #tokens = 0;

  /** Clients of their own: what an operator has that was just started, and has read nothing yet. */
  connect(): Aws {
    const config = { ...clientsConfig(this.world, WHERE), maxAttempts: 1 };
    return {
      ...WHERE,
      partition: "aws",
      clock: this.world.time,
      ec2: new EC2Client(config),
      ecr: new ECRClient(config),
      ecs: new ECSClient(config),
      efs: new EFSClient(config),
      elasticache: new ElastiCacheClient(config),
      elb: new ElasticLoadBalancingV2Client(config),
      iam: new IAMClient(config),
      logs: new CloudWatchLogsClient(config),
      rds: new RDSClient(config),
      s3: new S3Client(config),
      secrets: new SecretsManagerClient(config),
      cloudMap: new ServiceDiscoveryClient(config),
      sts: new STSClient(config),
    };
  }

  /** A target of an intent of its own. */
  target<Props>(name: string, props: Props, more: Tags = {}): Target<Props> {
    this.#tokens += 1;
    return {
      name,
      token: `00000000-0000-4000-8000-${String(this.#tokens).padStart(12, "0")}`,
      tags: {
        Name: name,
        [tagKeys.cluster]: "5f0c1a52-0000-4000-8000-000000000001",
        [tagKeys.owner]: "team-a/dev",
        [tagKeys.node]: name,
        [tagKeys.uid]: "5f0c1a52-0000-4000-8000-000000000002",
        ...more,
      },
      props,
    };
  }

  /** Creates what a kind needs around it, and waits until it is ready. */
  async make<T extends KindName>(
    type: T,
    name: string,
    props: PropsOf<Kinds[T]>,
  ): Promise<OutputsOf<Kinds[T]> & { readonly id: string }> {
    const kind = kindOf(type);
    const created = await kind.create(this.aws, this.target(name, props as object));
    const { id, observed } = await untilReady(this.aws, kind, created);
    return { ...(observed.outputs as OutputsOf<Kinds[T]>), id };
  }

  /** Number of rows of each table of the account: what exists, whoever knows of it; not what AWS remembers. */
  counts(): Readonly<Record<string, number>> {
    const rows = Object.entries(this.world.counts(WHERE.account));
    return Object.fromEntries(rows.filter(([table]) => !/^(tokens|record)\./.test(table)));
  }

  /** Calls since `since`, as "action", in order. */
  actions(since: number, write: boolean): string[] {
    return this.world.calls
      .find({ write })
      .slice(since)
      .map(({ action }) => action);
  }

  /** Lets AWS finish what it is about: an hour of its time. */
  async settled(): Promise<void> {
    await this.aws.clock.sleep(3600 * 1000);
  }

  get reads(): number {
    return this.world.calls.count({ write: false });
  }

  get writes(): number {
    return this.world.calls.count({ write: true });
  }
}
