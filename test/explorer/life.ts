import type { Spec } from "../../src/api/spec.ts";
import { validate } from "../../src/api/validate.ts";
import { apiVersion, kind } from "../../src/kube/resource.ts";
import { example } from "../support/platform.ts";

/** What a platform goes through: it is made, edited once, and deleted. */
export interface Life {
  readonly name: string;
  readonly created: Spec;
  readonly edited: Spec;
}

const NAMESPACE = "agents";
export const KEY = { namespace: NAMESPACE, name: "dev" };

type Plain = Readonly<Record<string, unknown>>;

const front = (change: Plain = {}): Plain => ({
  name: "front",
  port: 8000,
  replicas: 1,
  ingress: { paths: ["/*"], healthCheck: { path: "/health" } },
  image: { tag: "one" },
  uses: [{ agent: "back" }],
  ...change,
});
const back: Plain = { name: "back", port: 8001, replicas: 1, image: { repository: "public.ecr.aws/acme/back" } };
const alone = { uses: [], replicas: 2, image: { tag: "two" }, ingress: { paths: ["/chat/*"] } };

const small: Plain = {
  project: "shop",
  environment: "dev",
  aws: { region: "us-east-1" },
  network: { natGateways: "Single" },
  agents: [front(), back],
};

/** Scaled, with a new image and other paths, and one agent less. */
const smallEdited: Plain = { ...small, agents: [front(alone)] };

/** With what takes long, holds data or is made from Secrets; private, and without a way out. */
const data: Plain = {
  ...small,
  network: { natGateways: "None" },
  agents: [
    front({
      uses: [{ component: "database" }],
      secrets: [{ name: "snowflake", from: { secretRef: { name: "snowflake" } } }],
    }),
  ],
  data: { database: { engine: "Postgres", version: "15" } },
};
/** The database grows, the secret goes. */
const dataEdited: Plain = {
  ...data,
  agents: [front({ ...alone, uses: [{ component: "database" }] })],
  data: { database: { engine: "Postgres", version: "15", storageGiB: 40 } },
};

/** A database that is a container with its data on EFS, and a NAT gateway in each zone. */
const files: Plain = {
  ...small,
  network: { natGateways: "PerZone" },
  agents: [front({ uses: [{ component: "database" }] })],
  data: {
    database: {
      engine: "Postgres",
      version: "15",
      deployment: "Container",
      passwordSecretRef: { name: "postgres", key: "password" },
    },
  },
};
/** One zone's NAT gateway goes, and what a port stands in is replaced. */
const filesEdited: Plain = {
  ...files,
  network: { natGateways: "Single" },
  agents: [front({ uses: [{ component: "database" }], port: 8080 })],
};

/** A cache, of which AWS takes one change a time, and tells no tags before it is available. */
const cache: Plain = {
  ...small,
  network: { natGateways: "None" },
  agents: [front({ uses: [{ component: "cache" }] })],
  data: { cache: { version: "8.0", maxMemoryPolicy: "noeviction" } },
};
/** It gets a replica, failover, and a version with parameters of another family. */
const cacheEdited: Plain = {
  ...cache,
  data: { cache: { version: "9.0", maxMemoryPolicy: "noeviction", replicas: 1 } },
};

export const lives = ["small", "data", "files", "cache", "reference"] as const;
export type LifeName = (typeof lives)[number];

export async function lifeOf(name: LifeName): Promise<Life> {
  if (name === "reference") return reference();
  const { created, edited } = {
    small: { created: small, edited: smallEdited },
    data: { created: data, edited: dataEdited },
    files: { created: files, edited: filesEdited },
    cache: { created: cache, edited: cacheEdited },
  }[name];
  return { name, created: valid(created), edited: valid(edited) };
}

/** examples/dev.yaml; by the edit an agent goes, another is scaled, and logs are kept longer. */
async function reference(): Promise<Life> {
  const { spec: created } = await example("dev.yaml");
  const { spec: edited } = await example("dev.yaml", ({ spec }) => {
    type Agent = { name: string; uses: { agent?: string }[]; replicas: number };
    spec.agents = (spec.agents as Agent[])
      .filter(({ name }) => name !== "snowflake-cortex")
      .map((agent) => ({ ...agent, uses: agent.uses.filter((use) => use.agent !== "snowflake-cortex"), replicas: 3 }));
    spec.observability = { ...(spec.observability as object), logs: { retentionDays: 14 } };
  });
  return { name: "reference", created, edited };
}

function valid(spec: Plain): Spec {
  const checked = validate({ apiVersion, kind, metadata: KEY, spec });
  if (!checked.ok) throw new Error(checked.problems.map(({ field, message }) => `${field}: ${message}`).join("\n"));
  return checked.spec;
}
