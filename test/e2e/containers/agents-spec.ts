import { readFileSync } from "node:fs";
import { exportSPKI, generateKeyPair, SignJWT } from "jose";
import { parse } from "yaml";

interface AgentInput {
  readonly name: string;
  readonly uses?: readonly object[];
  readonly [field: string]: unknown;
}

/** Ports of this machine that the containers reach, by what listens there. */
export interface Ports {
  readonly bedrock: number;
  readonly langfuse: number;
}

const here = (port: number) => `http://host.docker.internal:${port}`;
const issuer = "https://login.example.com/";
const audience = "workflows";

/** Whoever may decide on workflows: the public half of a key, and tokens that the private half signs. */
export async function newApprover(): Promise<{ publicKey: string; bearer(subject: string): Promise<string> }> {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  return {
    publicKey: await exportSPKI(publicKey),
    async bearer(subject) {
      const token = new SignJWT({ roles: ["workflow-approver"] }).setProtectedHeader({ alg: "ES256" });
      const claims = token.setSubject(subject).setIssuer(issuer).setAudience(audience).setExpirationTime("10m");
      return `Bearer ${await claims.sign(privateKey)}`;
    },
  };
}

/**
 * The spec of examples/dev.yaml with what its agents need to work: models, artifacts, events, whose approvals count, paths
 * for approvers; and where Bedrock, Snowflake and Langfuse are here. MiniStack says where the rest of AWS is, and the bridge
 * where a task's credentials are: the address is the one that Fargate sets.
 */
export function agentsSpec(ports: Ports, approverKey: string): Record<string, unknown> {
  const { spec } = parse(readFileSync(new URL("../../../examples/dev.yaml", import.meta.url), "utf8"));
  const common = {
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/task",
    LANGFUSE_BASE_URL: here(ports.langfuse),
  };
  const bedrock = {
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: here(ports.bedrock),
    AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME: here(ports.bedrock),
  };
  const more: Record<string, (agent: AgentInput) => object> = {
    "aws-agent-core": () => ({ env: { ...common, ...bedrock } }),
    langgraph: ({ uses = [] }) => ({
      uses: [...uses, { component: "artifacts" }, { component: "events" }],
      bedrock: { models: ["anthropic.claude-3-haiku-20240307-v1:0"] },
      ingress: { paths: ["/workflows/*", "/approve/*"], healthCheck: { path: "/health" } },
      env: {
        ...common,
        ...bedrock,
        APPROVAL_ISSUER: issuer,
        APPROVAL_AUDIENCE: audience,
        APPROVAL_PUBLIC_KEY: approverKey,
        LEASE_SECONDS: "3",
      },
    }),
    "snowflake-cortex": () => ({ env: common }),
  };
  const agents = spec.agents.map((agent: AgentInput) => ({ ...agent, ...more[agent.name]?.(agent) }));
  return { ...spec, agents, data: { ...spec.data, artifacts: {} } };
}

/** The Secret `snowflake` of the reference case, for the account that stands in for Snowflake; its address, too, is a key of it. */
export function snowflakeSecret(privateKey: string, port: number): string {
  const stringData = {
    account: "testorg-test",
    user: "agent",
    privateKey,
    role: "READER",
    warehouse: "WH",
    database: "DB1",
    url: here(port),
  };
  const metadata = { name: "snowflake", namespace: "agents" };
  return JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata, stringData });
}
