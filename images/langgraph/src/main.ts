import { readFile } from "node:fs/promises";
import {
  awsConfig,
  createServer,
  instrument,
  Peer,
  readConfig,
  runAgent,
  SecretValue,
  serve,
} from "@agentorchestrator/shared";
import { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import packageJson from "../package.json" with { type: "json" };
import { type Artifacts, BucketArtifacts, RecordedArtifacts } from "./artifacts.ts";
import { type ApproverOptions, Approvers } from "./auth.ts";
import { type Config, schema } from "./config.ts";
import { credentials, Database } from "./database.ts";
import { Workflows } from "./domain/workflow.ts";
import { EventBus, nobody } from "./events.ts";
import { BedrockModel } from "./graph/bedrock-model.ts";
import { FrontDoorModel } from "./graph/front-door-model.ts";
import type { Model } from "./graph/model.ts";
import { startGrpc } from "./grpc/server.ts";
import { registerRoutes } from "./http/server.ts";
import { Changes } from "./store/changes.ts";
import { migrateUntilDone } from "./store/migrate.ts";
import { Driver } from "./worker/driver.ts";
import { Publisher } from "./worker/publisher.ts";
import { Sweeper } from "./worker/sweeper.ts";
import { Worker } from "./worker/worker.ts";

await runAgent(async () => {
  const config = readConfig(schema);
  const agent = config.AGENT_NAME;
  const { log, metrics, tracing } = instrument(config);

  const secret = new SecretValue(new SecretsManagerClient(awsConfig(config)), config.DATABASE_SECRET_ARN);
  const ssl = await tls(config);
  if (ssl && !ssl.rejectUnauthorized) {
    log.warn("the database's certificate is not checked: set DATABASE_CA_FILE to a file with the ones to trust");
  }
  const database = new Database({
    host: config.DATABASE_HOST,
    port: config.DATABASE_PORT,
    database: config.DATABASE_NAME,
    ssl,
    poolSize: config.DATABASE_POOL_SIZE,
    credentials: () => secret.json(credentials),
    onRefused: () => secret.invalidate(),
    onError: (error) => log.warn({ err: error }, "an idle connection to the database broke"),
    idleInTransactionMs: config.LEASE_SECONDS * 1_000,
  });
  const artifacts = artifactsOf(config);
  const model = modelOf(config);

  const pollMs = config.POLL_SECONDS * 1_000;
  const leaseMs = config.LEASE_SECONDS * 1_000;
  const changes = new Changes(database, pollMs);
  const workflows = new Workflows(database, artifacts, changes, { withoutEvents: config.EVENT_BUS_NAME === undefined });
  const driver = new Driver(
    { database, artifacts, model, metrics, badAnswers: config.MODEL_BAD_ANSWERS, leaseMs },
    {
      approvalHours: config.APPROVAL_TIMEOUT_HOURS,
      callbackMinutes: config.CALLBACK_TIMEOUT_MINUTES,
      retryBaseMs: config.RETRY_SECONDS * 1_000,
      retryCapMs: config.RETRY_MAX_SECONDS * 1_000,
      stepHours: config.STEP_TIMEOUT_HOURS,
      maxCrashes: config.MAX_CRASHES,
    },
    log,
  );
  const worker = new Worker(database, driver, changes, log, {
    concurrency: config.MAX_CONCURRENT_WORKFLOWS,
    leaseMs,
    pollMs,
  });
  const name = config.EVENT_BUS_NAME;
  const bus = name === undefined ? nobody : new EventBus(new EventBridgeClient(awsConfig(config)), name);
  const publisher = new Publisher(database, bus, changes, log, pollMs);
  const sweeper = new Sweeper(database, log, {
    everyMs: config.SWEEP_SECONDS * 1_000,
    retentionDays: config.RETENTION_DAYS,
  });

  let migrated = false;
  const check = async () => {
    if (!migrated) throw new Error("the tables are not there yet: the database could not be reached since the start");
    await database.ping();
  };
  const server = await createServer({
    agent,
    version: packageJson.version,
    config,
    log,
    metrics,
    title: "Workflows",
    description: "Durable workflows: researcher, analyst, human approval, writer",
    checks: { database: check },
  });
  const { draining } = server.lifecycle;
  const approvers = new Approvers(approversOf(config));
  if (config.APPROVAL_ISSUER === undefined) log.warn("nobody can decide on workflows: APPROVAL_ISSUER is not set");
  registerRoutes(server, workflows, approvers);
  const host = config.HOST;
  const grpc = await startGrpc({
    workflows,
    approvers,
    port: config.GRPC_PORT,
    host,
    log,
    metrics,
    check,
    config,
    draining,
  });

  let drainingSince = 0;
  draining.addEventListener("abort", () => {
    drainingSince = performance.now();
    worker.drain();
  });
  const stopWorker = () => {
    const left = config.DRAIN_SECONDS * 1_000 - (performance.now() - drainingSince);
    return worker.stop(Math.max(0, left));
  };
  await serve(server, {
    config,
    log,
    tracing,
    // Last first: the doors, what works, what publishes the last events, and then what all of them need.
    onDrain: [
      () => database.end(),
      () => changes.stop(),
      () => publisher.stop(),
      () => sweeper.stop(),
      stopWorker,
      () => grpc.close(),
    ],
  });

  await migrateUntilDone(database, log, draining);
  migrated = true;
  if (draining.aborted) return;
  changes.start();
  worker.start();
  publisher.start();
  sweeper.start();
});

/** libpq's meaning: `require` encrypts, and checks the server's certificate where it is told which ones to trust. */
async function tls({ DATABASE_SSLMODE, DATABASE_CA_FILE }: Config) {
  if (DATABASE_SSLMODE === "disable") return false;
  const ca = DATABASE_CA_FILE === undefined ? undefined : await readFile(DATABASE_CA_FILE, "utf8");
  return {
    rejectUnauthorized: ca !== undefined || DATABASE_SSLMODE === "verify-full",
    ...(ca !== undefined && { ca }),
  };
}

function artifactsOf(config: Config): Artifacts {
  const urlSeconds = config.REPORT_URL_SECONDS;
  const { ARTIFACTS_BUCKET: bucket, ARTIFACTS_PREFIX: prefix } = config;
  if (bucket === undefined) return new RecordedArtifacts({ urlSeconds });
  return new BucketArtifacts(new S3Client(awsConfig(config)), { bucket, prefix, urlSeconds });
}

/** One question a call: attempts are counted where answers are recorded. */
function modelOf(config: Config): Model {
  const options = { timeoutMs: config.MODEL_TIMEOUT_SECONDS * 1_000, maxTokens: config.MODEL_MAX_TOKENS };
  const [id] = config.BEDROCK_MODELS ?? [];
  if (id === undefined)
    return new FrontDoorModel(new Peer("aws-agent-core", config.AWS_AGENT_CORE_URL ?? "", { attempts: 1 }), options);
  return new BedrockModel(new BedrockRuntimeClient({ ...awsConfig(config), maxAttempts: 1 }), { id, ...options });
}

function approversOf(config: Config): ApproverOptions | undefined {
  const { APPROVAL_ISSUER: issuer, APPROVAL_AUDIENCE: audience, APPROVAL_JWKS_URL, APPROVAL_PUBLIC_KEY } = config;
  if (issuer === undefined || audience === undefined) return undefined;
  return {
    ...{ issuer, audience, claim: config.APPROVAL_CLAIM, value: config.APPROVAL_CLAIM_VALUE },
    ...(APPROVAL_JWKS_URL !== undefined && { jwksUrl: APPROVAL_JWKS_URL }),
    ...(APPROVAL_PUBLIC_KEY !== undefined && { publicKey: APPROVAL_PUBLIC_KEY }),
  };
}
