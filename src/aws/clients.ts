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
import { STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import type { Aws } from "./aws.ts";
import { CALL_DEADLINE_MS } from "./deadline.ts";
import { type CallLog, guard, type Limits } from "./guard.ts";
import { partitionOf } from "./partition.ts";

export interface Connection {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** Shared by all connections of the process. */
  readonly limits: Limits;
  /** Instead of AWS's own, for all services: tests and demonstrations. */
  readonly endpoint?: string | undefined;
  /** Instead of HTTP: a simulator in the same process. */
  readonly requestHandler?: STSClientConfig["requestHandler"];
  readonly deadlineMs?: number | undefined;
  readonly log?: CallLog | undefined;
}

/** Clients for one account and region, each made on first use, all behind the guard (guard.ts) and one connection pool. */
export function connect(connection: Connection): Aws {
  const { account, region, credentials, limits, endpoint, log } = connection;
  const deadlineMs = connection.deadlineMs ?? CALL_DEADLINE_MS;
  const requestHandler = connection.requestHandler ?? keepAliveHandler(deadlineMs);
  const config = {
    region,
    credentials,
    requestHandler,
    // The guard retries: the SDK's own would repeat a create whose response was lost.
    maxAttempts: 1,
    logger: silent,
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const made = new Map<string, unknown>();
  // biome-ignore lint/suspicious/noExplicitAny: each client's plugins have its own union of inputs
  function client<C extends { middlewareStack: { use(plugin: any): void } }>(service: string, make: () => C): C {
    let known = made.get(service) as C | undefined;
    if (!known) {
      known = make();
      known.middlewareStack.use(guard({ account, region, service, limits, deadlineMs, log }));
      made.set(service, known);
    }
    return known;
  }
  return {
    account,
    region,
    partition: partitionOf(region),
    clock: limits.clock,
    get ec2() {
      return client("ec2", () => new EC2Client(config));
    },
    get ecr() {
      return client("ecr", () => new ECRClient(config));
    },
    get ecs() {
      return client("ecs", () => new ECSClient(config));
    },
    get efs() {
      return client("elasticfilesystem", () => new EFSClient(config));
    },
    get elasticache() {
      return client("elasticache", () => new ElastiCacheClient(config));
    },
    get elb() {
      return client("elasticloadbalancing", () => new ElasticLoadBalancingV2Client(config));
    },
    get iam() {
      return client("iam", () => new IAMClient(config));
    },
    get logs() {
      return client("logs", () => new CloudWatchLogsClient(config));
    },
    get rds() {
      return client("rds", () => new RDSClient(config));
    },
    get s3() {
      // An endpoint override has no name of its own for each bucket.
      return client("s3", () => new S3Client({ ...config, forcePathStyle: endpoint !== undefined }));
    },
    get secrets() {
      return client("secretsmanager", () => new SecretsManagerClient(config));
    },
    get cloudMap() {
      return client("servicediscovery", () => new ServiceDiscoveryClient(config));
    },
    get sts() {
      return client("sts", () => new STSClient(config));
    },
  };
}

let sharedHandler: NodeHttpHandler | undefined;

/** One connection pool for all accounts and regions; requests beyond it queue. */
function keepAliveHandler(deadlineMs: number): NodeHttpHandler {
  const make = () =>
    new NodeHttpHandler({
      connectionTimeout: 5_000,
      requestTimeout: deadlineMs,
      throwOnRequestTimeout: true,
      httpsAgent: { keepAlive: true, maxSockets: 100 },
      httpAgent: { keepAlive: true, maxSockets: 100 },
    });
  if (deadlineMs !== CALL_DEADLINE_MS) return make();
  sharedHandler ??= make();
  return sharedHandler;
}

/** The SDK logs inputs and outputs when asked to log: secrets among them. */
const silent = { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
