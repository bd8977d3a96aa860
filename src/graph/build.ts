import type { EffectiveSpec } from "../api/effective.ts";
import { addCache } from "./cache.ts";
import { addAgent, addCluster } from "./compute.ts";
import { addDatabase } from "./data.ts";
import { addEndpoints, endpointServicesOf } from "./endpoints.ts";
import type { Facts } from "./facts.ts";
import type { Graph } from "./graph.ts";
import { addExecutionRole } from "./identity.ts";
import { addIngress } from "./ingress.ts";
import { addLangfuse } from "./langfuse.ts";
import { addLangfuseSecrets } from "./langfuse-secrets.ts";
import { addNetwork } from "./network.ts";
import { addObservability } from "./observability.ts";
import { addRegistry } from "./registry.ts";
import { Scope } from "./scope.ts";
import { addSecrets, type SecretParts } from "./secrets.ts";
import { addSecurity } from "./security.ts";
import { addStorage } from "./storage.ts";

/**
 * What a spec asks for, as one graph of AWS resources. Pure: the same spec and facts give the same graph. A Kubernetes
 * Secret that is not in the facts blocks what needs it and nothing else.
 */
export function buildGraph(spec: EffectiveSpec, facts: Facts): Graph {
  const scope = new Scope(spec, facts);
  const network = addNetwork(scope);
  const security = addSecurity(scope, network, endpointServicesOf(scope).length > 0);
  const endpoints = addEndpoints(scope, network, security);
  const images = addRegistry(scope);
  const storage = addStorage(scope);
  const langfuseSecrets = addLangfuseSecrets(scope);
  const secrets = addSecrets(scope, langfuseSecrets?.keys);
  const logGroups = addObservability(scope);
  const compute = addCluster(scope, network, addExecutionRole(scope, injectedSecrets(scope, secrets)));
  const database = addDatabase(scope, network, security, compute);
  const cache = addCache(scope, network, security);
  const ingress = addIngress(scope, network, security, storage);
  const parts = {
    compute,
    network,
    security,
    secrets,
    storage,
    database,
    cache,
    images,
    logGroups,
    ingress,
    endpoints,
  };
  for (const agent of spec.agents) addAgent(scope, agent, parts);
  const { bucketName, bucketArn } = storage;
  if (langfuseSecrets && database && cache && bucketName && bucketArn) {
    const stores = { database, cache, bucketName, bucketArn };
    const entrance = ingress.get("langfuse");
    addLangfuse(scope, { compute, network, security, stores, secrets: langfuseSecrets, ingress: entrance, endpoints });
  }
  return scope.graph;
}

/** What ECS injects: keys of Langfuse, secrets of agents, the password of a database in a container. */
function injectedSecrets(scope: Scope, { langfuse, ofAgents }: SecretParts): readonly string[] {
  const ofDatabase = scope.spec.data.database?.passwordSecretRef
    ? [scope.arn("secretsmanager", `secret:${scope.names.part("database")}-??????`)]
    : [];
  const all = [...ofAgents.values()].flatMap((secrets) => [...secrets.values()]);
  const patterns = [...(langfuse ? [langfuse] : []), ...all].map(({ pattern }) => pattern);
  return [...new Set([...patterns, ...ofDatabase])].sort();
}
