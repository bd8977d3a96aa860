import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { EC2, type EC2ClientConfig } from "@aws-sdk/client-ec2";
import { ECR } from "@aws-sdk/client-ecr";
import { ECS } from "@aws-sdk/client-ecs";
import { EFS } from "@aws-sdk/client-efs";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ElastiCache } from "@aws-sdk/client-elasticache";
import { IAM } from "@aws-sdk/client-iam";
import { RDS } from "@aws-sdk/client-rds";
import { S3 } from "@aws-sdk/client-s3";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { ServiceDiscovery } from "@aws-sdk/client-servicediscovery";
import type { VirtualClock } from "../../simulator/clock/virtual.ts";
import { clientsConfig, createWorld } from "../../simulator/index.ts";
import type { Emulator } from "../../support/emulators/emulator.ts";
import type { Subject } from "./scenario.ts";

const REGION = "us-east-1";
const ACCOUNT = "123456789012";

type Config = Pick<EC2ClientConfig, "region" | "credentials" | "endpoint" | "requestHandler">;

function clients(config: Config): Omit<Subject, "unique" | "pass"> {
  const all = { ...config, maxAttempts: 1 };
  return {
    ec2: new EC2(all),
    elb: new ElasticLoadBalancingV2(all),
    // An address and a port have no subdomains: buckets go into the path.
    s3: new S3({ ...all, forcePathStyle: config.endpoint !== undefined }),
    efs: new EFS(all),
    ecs: new ECS(all),
    rds: new RDS(all),
    elastiCache: new ElastiCache(all),
    iam: new IAM(all),
    ecr: new ECR(all),
    logs: new CloudWatchLogs(all),
    secrets: new SecretsManager(all),
    cloudMap: new ServiceDiscovery(all),
  };
}

let played = 0;
const unique = (): string => {
  played += 1;
  return `scenario-${played}`;
};

/** A world of its own, on a virtual clock. */
export function onSimulator(): Subject {
  const aws = createWorld({ buckets: false });
  return {
    ...clients(clientsConfig(aws, { account: ACCOUNT, region: REGION })),
    unique: unique(),
    pass: (seconds) => (aws.time as VirtualClock).advance(seconds * 1000),
  };
}

/** The emulator, empty. No time passes in emulators, so none is waited for. */
export async function onEmulator(emulator: Emulator): Promise<Subject> {
  await emulator.reset();
  const credentials = { accessKeyId: ACCOUNT, secretAccessKey: "unchecked" };
  return {
    ...clients({ region: REGION, credentials, endpoint: emulator.url }),
    unique: unique(),
    pass: async () => {},
  };
}
