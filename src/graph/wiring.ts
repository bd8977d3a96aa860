import type { Agent } from "../api/agent.ts";
import { envName } from "../api/common.ts";
import type { CacheParts } from "./cache.ts";
import type { DatabaseParts } from "./data-parts.ts";
import { langfuseUrl } from "./langfuse-environment.ts";
import type { Wired } from "./ref.ts";
import type { Scope } from "./scope.ts";
import { langfuseKeys, type SecretParts } from "./secrets.ts";
import { artifactsPrefix, type StorageParts } from "./storage.ts";

/** What a container finds in its environment. */
export interface Wiring {
  readonly environment: Readonly<Record<string, Wired<string>>>;
  /** Injected by ECS: variable → ARN of a secret, with a key of it. */
  readonly secrets: Readonly<Record<string, Wired<string>>>;
}

interface Connections {
  readonly domain: string;
  readonly secrets: SecretParts;
  readonly database: DatabaseParts | undefined;
  readonly cache: CacheParts | undefined;
  readonly storage: StorageParts;
}

/** Every account and region has this bus. EventBridge user guide, "Event buses in Amazon EventBridge". */
export const eventBus = "default";

/** One row of docs/wiring.md. */
interface Variable {
  readonly name: string;
  readonly when: string;
  readonly value: string;
}

/** All variables that `wire` can set. A test holds docs/wiring.md, and the code below, to this table. */
export const variables: readonly Variable[] = [
  { name: "AGENT_NAME", when: "always", value: "name of the agent" },
  { name: "PORT", when: "always", value: "port that the agent shall listen on" },
  { name: "AWS_REGION", when: "always", value: "region of the platform" },
  {
    name: "<AGENT>_URL",
    when: "uses `{ agent: <agent> }`",
    value: "`http://<agent>.<domain>:<port>` in the private DNS",
  },
  { name: "GRPC_PORT", when: "grpcPort is set", value: "port that the agent shall serve gRPC on, without TLS" },
  {
    name: "<AGENT>_GRPC_URL",
    when: "uses `{ agent: <agent> }` that has a grpcPort",
    value: "`http://<agent>.<domain>:<grpcPort>` in the private DNS",
  },
  { name: "DATABASE_HOST", when: "uses `{ component: database }`", value: "host name" },
  { name: "DATABASE_PORT", when: "uses `{ component: database }`", value: "5432" },
  { name: "DATABASE_NAME", when: "uses `{ component: database }`", value: "name of the database" },
  {
    name: "DATABASE_SSLMODE",
    when: "uses `{ component: database }`",
    value: "`require` on RDS, `disable` in a container",
  },
  {
    name: "DATABASE_SECRET_ARN",
    when: "uses `{ component: database }`",
    value: "ARN of the secret with `username` and `password`: read it on every connect, RDS rotates it",
  },
  {
    name: "REDIS_URL",
    when: "uses `{ component: cache }`",
    value: "`rediss://<host>:6379`: TLS; who may connect is decided by security groups, there is no password",
  },
  { name: "REDIS_HOST", when: "uses `{ component: cache }`", value: "host name of the primary" },
  { name: "REDIS_PORT", when: "uses `{ component: cache }`", value: "6379" },
  { name: "LANGFUSE_HOST", when: "uses `{ component: langfuse }`", value: "address of Langfuse" },
  { name: "LANGFUSE_BASE_URL", when: "uses `{ component: langfuse }`", value: "the same, as newer SDKs call it" },
  { name: "LANGFUSE_PUBLIC_KEY", when: "uses `{ component: langfuse }`", value: "secret: public key of the project" },
  { name: "LANGFUSE_SECRET_KEY", when: "uses `{ component: langfuse }`", value: "secret: secret key of the project" },
  { name: "ARTIFACTS_BUCKET", when: "uses `{ component: artifacts }`", value: "name of the bucket" },
  {
    name: "ARTIFACTS_PREFIX",
    when: "uses `{ component: artifacts }`",
    value: "`artifacts/`: the part of it that agents may use",
  },
  {
    name: "EVENT_BUS_NAME",
    when: "uses `{ component: events }`",
    value: "`default`: the bus of EventBridge that the agent may put events on",
  },
  { name: "BEDROCK_MODELS", when: "bedrock.models is not empty", value: "the models, with commas between" },
  { name: "<SECRET>", when: "a secret by `arn`, or by `secretRef` with a key", value: "secret: its value" },
  { name: "<SECRET>_<KEY>", when: "a secret by `secretRef` without a key", value: "secret: one variable for each key" },
  {
    name: "<SECRET>_SECRET_ARN",
    when: "every secret",
    value: "ARN of the secret in Secrets Manager, which the agent may read",
  },
];

/** Wires an agent to what it uses. The spec's own env wins, so that a connection can be led elsewhere. */
export function wire(scope: Scope, agent: Agent, connections: Connections): Wiring {
  const { domain, database, cache, storage } = connections;
  const environment: Record<string, Wired<string>> = {
    AGENT_NAME: agent.name,
    PORT: String(agent.port),
    AWS_REGION: scope.facts.region,
    ...(agent.grpcPort !== undefined && { GRPC_PORT: String(agent.grpcPort) }),
  };
  const secrets: Record<string, Wired<string>> = {};
  const uses = (component: string): boolean => agent.uses.some((use) => use.component === component);

  for (const { agent: used } of agent.uses) {
    const other = scope.spec.agents.find(({ name }) => name === used);
    if (!other) continue;
    const host = `http://${other.name}.${domain}`;
    environment[`${envName(other.name)}_URL`] = `${host}:${other.port}`;
    if (other.grpcPort !== undefined) environment[`${envName(other.name)}_GRPC_URL`] = `${host}:${other.grpcPort}`;
  }
  if (uses("database") && database) {
    environment.DATABASE_HOST = database.host;
    environment.DATABASE_PORT = String(database.port);
    environment.DATABASE_NAME = database.name;
    environment.DATABASE_SSLMODE = database.sslMode;
    environment.DATABASE_SECRET_ARN = database.secretArn;
  }
  if (uses("cache") && cache) {
    environment.REDIS_URL = cache.url;
    environment.REDIS_HOST = cache.host;
    environment.REDIS_PORT = String(cache.port);
  }
  if (uses("events")) environment.EVENT_BUS_NAME = eventBus;
  const langfuse = uses("langfuse") ? connections.secrets.langfuse : undefined;
  if (langfuse) {
    const { mode, host } = scope.spec.observability.langfuse;
    environment.LANGFUSE_HOST = mode === "SelfHosted" ? langfuseUrl(domain) : host;
    environment.LANGFUSE_BASE_URL = environment.LANGFUSE_HOST;
    const [publicKey, secretKey] = langfuseKeys;
    secrets.LANGFUSE_PUBLIC_KEY = langfuse.valueFrom(publicKey);
    secrets.LANGFUSE_SECRET_KEY = langfuse.valueFrom(secretKey);
  }
  if (uses("artifacts") && storage.bucketName) {
    environment.ARTIFACTS_BUCKET = storage.bucketName;
    environment.ARTIFACTS_PREFIX = artifactsPrefix;
  }
  if (agent.bedrock && agent.bedrock.models.length > 0) environment.BEDROCK_MODELS = agent.bedrock.models.join(",");
  for (const { name, from } of agent.secrets) {
    const secret = connections.secrets.ofAgents.get(agent.name)?.get(name);
    if (!secret) continue;
    const variable = envName(name);
    environment[`${variable}_SECRET_ARN`] = secret.arn;
    if (from.secretRef && from.secretRef.key === undefined) {
      for (const key of secret.keys ?? []) secrets[`${variable}_${envName(key)}`] = secret.valueFrom(key);
    } else secrets[variable] = secret.valueFrom(from.secretRef?.key);
  }
  return { environment: { ...environment, ...agent.env }, secrets };
}
