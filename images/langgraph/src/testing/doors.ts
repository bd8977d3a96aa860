import { type Check, createLog, createServer, Metrics } from "@agentorchestrator/shared";
import { type Client, createClient, type Transport } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { type CryptoKey, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { Approvers } from "../auth.ts";
import type { Workflows } from "../domain/workflow.ts";
import { WorkflowService } from "../grpc/gen/agentorchestrator/langgraph/v1/workflows_pb.ts";
import { Health } from "../grpc/gen/grpc/health/v1/health_pb.ts";
import { type GrpcServer, startGrpc } from "../grpc/server.ts";
import { registerRoutes } from "../http/server.ts";

const issuer = "https://login.example.com/";
const audience = "workflows";

/** Signs tokens as an issuer would. */
export interface Issuer {
  readonly publicKey: string;
  /** `Bearer <JWT>` */
  bearer(subject: string, roles?: readonly string[]): Promise<string>;
}

export async function newIssuer(): Promise<Issuer> {
  const pair = await generateKeyPair("ES256", { extractable: true });
  const key: CryptoKey = pair.privateKey;
  return {
    publicKey: await exportSPKI(pair.publicKey),
    async bearer(subject, roles = ["workflow-approver"]) {
      const token = new SignJWT({ roles: [...roles] }).setProtectedHeader({ alg: "ES256" }).setSubject(subject);
      return `Bearer ${await token.setIssuer(issuer).setAudience(audience).setExpirationTime("5m").sign(key)}`;
    },
  };
}

export interface Doors extends AsyncDisposable {
  /** http://127.0.0.1:port */
  readonly http: string;
  readonly grpc: GrpcServer;
  readonly transport: Transport;
  readonly client: Client<typeof WorkflowService>;
  readonly health: Client<typeof Health>;
  /** Everything that was logged or measured, as it would stand on stdout. */
  readonly output: readonly string[];
  /** As SIGTERM does before anything ends. */
  startDraining(): void;
}

export interface DoorsOptions {
  readonly workflows: Workflows;
  /** undefined: it is not configured who may decide. */
  readonly issuer: Issuer | { readonly jwksUrl: string } | undefined;
  readonly check?: Check;
  readonly env?: Partial<typeof defaults>;
}

const defaults = {
  AGENT_NAME: "langgraph",
  AWS_REGION: "eu-central-1",
  HOST: "127.0.0.1",
  PORT: 0,
  LOG_LEVEL: "debug" as const,
  LANGFUSE_BASE_URL: undefined,
  LANGFUSE_PUBLIC_KEY: undefined,
  LANGFUSE_SECRET_KEY: undefined,
  REQUEST_TIMEOUT_SECONDS: 5,
  MAX_BODY_BYTES: 65_536,
  MAX_CONCURRENT_REQUESTS: 50,
  DRAIN_SECONDS: 2,
  DRAIN_DELAY_SECONDS: 0,
};

/** Both doors over one domain, on free ports of 127.0.0.1, and clients of them. */
export async function openDoors({
  workflows,
  issuer: keys,
  check = async () => {},
  env,
}: DoorsOptions): Promise<Doors> {
  const config = { ...defaults, ...env };
  const output: string[] = [];
  const log = createLog({ agent: "langgraph", level: "debug" }, { write: (line) => void output.push(line) });
  const metrics = new Metrics({ agent: "langgraph", write: (line) => void output.push(line) });
  const approvers = new Approvers(
    keys && { issuer, audience, ...keyOf(keys), claim: "roles", value: "workflow-approver" },
  );
  const server = await createServer({
    agent: "langgraph",
    version: "0.0.0",
    title: "Workflows",
    description: "Durable workflows",
    config,
    log,
    metrics,
    checks: { database: check },
  });
  registerRoutes(server, workflows, approvers);
  const http = await server.listen({ port: 0, host: "127.0.0.1" });
  const { draining } = server.lifecycle;
  const grpc = await startGrpc({
    ...{ workflows, approvers, config, log, metrics, check, draining },
    ...{ port: 0, host: "127.0.0.1", healthEveryMs: 20 },
  });
  const transport = createGrpcTransport({ baseUrl: `http://${grpc.address}` });
  return {
    http,
    grpc,
    transport,
    client: createClient(WorkflowService, transport),
    health: createClient(Health, transport),
    output,
    startDraining: () => server.lifecycle.startDraining(),
    async [Symbol.asyncDispose]() {
      server.server.closeAllConnections();
      await Promise.all([server.close(), grpc.close()]);
    },
  };
}

const keyOf = (keys: NonNullable<DoorsOptions["issuer"]>) =>
  "jwksUrl" in keys ? { jwksUrl: keys.jwksUrl } : { publicKey: keys.publicKey };
