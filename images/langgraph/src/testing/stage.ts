import { setTimeout as sleep } from "node:timers/promises";
import { type AgentProcess, startAgent } from "@agentorchestrator/shared/testing";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type BedrockStub, startBedrock } from "../../../../test/support/bedrock/stub.ts";
import { type Emulator, startEmulator } from "../../../../test/support/emulators/emulator.ts";
import { type Postgres, startPostgres } from "../../../../test/support/postgres.ts";
import { type Issuer, newIssuer } from "./doors.ts";
import { type EventRecorder, type ReceivedEvent, startEventRecorder } from "./event-bridge.ts";

const region = "eu-central-1";
/** MiniStack checks the signature of presigned URLs, with this secret for every account. */
const keys = { accessKeyId: "123456789012", secretAccessKey: "test" };

/** What a replica talks to: PostgreSQL, S3 and Secrets Manager (MiniStack), EventBridge and Bedrock (on the wire). */
export interface Stage {
  readonly postgres: Postgres;
  readonly bedrock: BedrockStub;
  readonly eventBridge: EventRecorder;
  readonly issuer: Issuer;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
  /** A replica as a process of its own; `main` is main.ts, or a bundle of it; `until` what has to answer. */
  replica(scope: Scope, env?: NodeJS.ProcessEnv, main?: URL, until?: string): Promise<AgentProcess>;
  /** An empty database and bucket. */
  newScope(): Promise<Scope>;
  stop(): Promise<void>;
}

export interface Scope {
  readonly database: string;
  readonly bucket: string;
}

export async function startStage(refuse: (event: ReceivedEvent | undefined) => boolean = () => false): Promise<Stage> {
  const started: (() => Promise<void>)[] = [];
  const keep = <T extends { stop(): Promise<void> }>(server: T): T => {
    started.push(() => server.stop());
    return server;
  };
  const stop = async () => void (await Promise.all(started.splice(0).map((end) => end())));
  try {
    const [postgres, aws, bedrock, eventBridge] = await Promise.all([
      startPostgres().then(keep),
      startEmulator("ministack").then(keep),
      startBedrock([]).then(keep),
      startEventRecorder(refuse).then(keep),
    ]);
    return await stageOf(postgres, aws, bedrock, eventBridge, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function stageOf(
  postgres: Postgres,
  aws: Emulator,
  bedrock: BedrockStub,
  eventBridge: EventRecorder,
  stop: () => Promise<void>,
): Promise<Stage> {
  const client = { region, endpoint: aws.url, credentials: keys };
  const s3 = new S3Client(client);
  const value = JSON.stringify({ username: postgres.user, password: postgres.password });
  const secrets = new SecretsManagerClient(client);
  const secret = await secrets.send(new CreateSecretCommand({ Name: "db", SecretString: value }));
  const secretArn = secret.ARN ?? "";
  const issuer = await newIssuer();
  let buckets = 0;
  return {
    ...{ postgres, bedrock, eventBridge, issuer, s3, secrets, stop },
    async newScope() {
      buckets += 1;
      const bucket = `artifacts-${buckets}`;
      await s3.send(new CreateBucketCommand({ Bucket: bucket }));
      const VersioningConfiguration = { Status: "Enabled" } as const;
      await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
      return { bucket, database: (await postgres.createDatabase()).database };
    },
    replica: ({ database, bucket }, env = {}, main = new URL("../main.ts", import.meta.url), until = "/ready") =>
      startAgent({
        main,
        until,
        timeoutMs: 60_000,
        env: {
          AGENT_NAME: "langgraph",
          AWS_ACCESS_KEY_ID: keys.accessKeyId,
          AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
          AWS_ENDPOINT_URL: aws.url,
          AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url,
          AWS_ENDPOINT_URL_EVENTBRIDGE: eventBridge.url,
          DATABASE_HOST: postgres.host,
          DATABASE_PORT: String(postgres.port),
          DATABASE_NAME: database,
          DATABASE_SSLMODE: "disable",
          DATABASE_SECRET_ARN: secretArn,
          ARTIFACTS_BUCKET: bucket,
          EVENT_BUS_NAME: "default",
          BEDROCK_MODELS: "anthropic.claude-sonnet-4-5-20250929-v1:0,amazon.nova-lite-v1:0",
          GRPC_PORT: "0",
          APPROVAL_ISSUER: "https://login.example.com/",
          APPROVAL_AUDIENCE: "workflows",
          APPROVAL_PUBLIC_KEY: issuer.publicKey,
          LEASE_SECONDS: "1",
          POLL_SECONDS: "0.2",
          SWEEP_SECONDS: "0.2",
          RETRY_SECONDS: "0.1",
          RETRY_MAX_SECONDS: "0.5",
          ...env,
        },
      }),
  };
}

/** Text and number of versions of every object under the prefix. */
export async function objectsOf(
  s3: S3Client,
  bucket: string,
): Promise<Map<string, { text: string; versions: number }>> {
  const objects = new Map<string, { text: string; versions: number }>();
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  do {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, KeyMarker, VersionIdMarker }));
    for (const { Key = "" } of page.Versions ?? []) {
      const { versions = 0 } = objects.get(Key) ?? {};
      objects.set(Key, { text: "", versions: versions + 1 });
    }
    KeyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
    VersionIdMarker = page.NextVersionIdMarker;
  } while (KeyMarker !== undefined);
  for (const [key, { versions }] of objects) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    objects.set(key, { text: (await Body?.transformToString()) ?? "", versions });
  }
  return objects;
}

/** Waits until `probe` returns something; throws with `what` after `ms`. */
export async function eventually<T>(what: string, probe: () => Promise<T | undefined>, ms = 20_000): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(20);
  }
}
