import type { Agent } from "../api/agent.ts";
import type { EffectiveSpec } from "../api/effective.ts";
import { selfHostedLangfuse } from "../api/langfuse.ts";
import type { Facts, SecretFact } from "./facts.ts";
import type { Blocked } from "./graph.ts";
import { uuidOf } from "./names.ts";
import { type Ref, Sensitive, text, type Wired } from "./ref.ts";
import type { Scope } from "./scope.ts";

/** A secret in Secrets Manager, as what is injected from it and who may read it need it. */
export interface SecretPart {
  /** Its ARN, or a pattern that only it matches: known before it exists. */
  readonly pattern: string;
  readonly arn: Wired<string>;
  /** What ECS injects one key of it by; without a key, all of it. */
  readonly valueFrom: (key?: string) => Wired<string>;
  /** Keys that are in it; undefined for a secret that is not the operator's. */
  readonly keys?: readonly string[] | undefined;
}

export interface SecretParts {
  /** Keys of the project that agents send traces to. */
  readonly langfuse?: SecretPart | undefined;
  /** By agent, then by name of the entry. */
  readonly ofAgents: ReadonlyMap<string, ReadonlyMap<string, SecretPart>>;
}

/** A Kubernetes Secret that is needed; without a key, all of it. */
export interface SecretWanted {
  readonly name: string;
  readonly keys?: readonly string[];
}

export const langfuseKeys = ["publicKey", "secretKey"] as const;
/** Of the Secret with the user of ClickHouse, for a Langfuse that runs here. */
export const clickhouseKeys = ["user", "password"] as const;

/** The Kubernetes Secrets that a graph is built from, each once by name and keys. */
export function secretsWanted(spec: EffectiveSpec): readonly SecretWanted[] {
  const wanted: SecretWanted[] = [];
  const { langfuse } = spec.observability;
  if (usesLangfuse(spec) && langfuse.secretRef) wanted.push({ name: langfuse.secretRef.name, keys: langfuseKeys });
  const clickhouse = selfHostedLangfuse(langfuse)?.clickhouse.secretRef;
  if (clickhouse) wanted.push({ name: clickhouse.name, keys: clickhouseKeys });
  const password = spec.data.database?.passwordSecretRef;
  if (password) wanted.push({ name: password.name, keys: [password.key] });
  for (const { from } of spec.agents.flatMap(({ secrets }) => secrets)) {
    const { secretRef } = from;
    if (secretRef) wanted.push({ name: secretRef.name, ...(secretRef.key !== undefined && { keys: [secretRef.key] }) });
  }
  const seen = new Set<string>();
  return wanted.filter((secret) => {
    const key = JSON.stringify(secret);
    return seen.has(key) ? false : seen.add(key);
  });
}

/**
 * Copies of the Kubernetes Secrets that the spec names, one for each use, so that nobody reads what another one needs.
 *
 * @param keysOfOwn keys of a Langfuse that runs here, in place of a copy
 */
export function addSecrets(scope: Scope, keysOfOwn: SecretPart | undefined): SecretParts {
  const { spec } = scope;
  const { secretRef } = spec.observability.langfuse;
  const langfuse =
    usesLangfuse(spec) && secretRef
      ? addCopy(scope, { id: "langfuse/secret", part: "langfuse", from: secretRef.name, keys: langfuseKeys })
      : undefined;
  const ofAgents = new Map(spec.agents.map((agent) => [agent.name, secretsOf(scope, agent)]));
  return { langfuse: keysOfOwn ?? langfuse, ofAgents };
}

interface Copy {
  readonly id: string;
  readonly part: string;
  readonly from: string;
  /** Those that must be there; without, all that are. */
  readonly keys?: readonly string[] | undefined;
  readonly agent?: string;
  /** Further fields of the JSON, which are no secrets. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Names of fields in the JSON other than the keys themselves. */
  readonly rename?: Readonly<Record<string, string>>;
}

/** A secret with keys of a Kubernetes Secret as JSON; blocked while the Secret or a key is missing. */
export function addCopy(scope: Scope, copy: Copy): SecretPart {
  const name = scope.names.part(copy.part);
  const source = scope.facts.secrets.get(copy.from);
  const blocked = missing(scope.facts, copy.from, source, copy.keys);
  const keys = copy.keys ?? [...(source?.data.keys() ?? [])].sort();
  const content = keys.map((key) => [copy.rename?.[key] ?? key, source?.data.get(key)?.reveal() ?? ""]);
  const version = uuidOf(`${scope.facts.owner.cluster} ${name} ${copy.from} ${source?.version} ${keys.join()}`);
  const { secretArn } = scope.add(
    "AWS::SecretsManager::Secret",
    copy.id,
    {
      description: `Copy of Kubernetes Secret ${copy.from}`,
      value: new Sensitive(JSON.stringify({ ...copy.fields, ...Object.fromEntries(content) })),
      version,
    },
    { name, fact: "SecretsReady", ...(copy.agent && { agent: copy.agent }), ...(blocked && { blocked }) },
  );
  return {
    pattern: scope.arn("secretsmanager", `secret:${name}-??????`),
    arn: secretArn,
    keys: content.map(([key]) => key as string),
    // The version is named, so that another value is another revision and reaches running tasks by a rollout.
    valueFrom: (key) => injected(secretArn, key, version),
  };
}

function secretsOf(scope: Scope, agent: Agent): ReadonlyMap<string, SecretPart> {
  return new Map(
    agent.secrets.map(({ name, from }) => {
      const { arn, secretRef } = from;
      if (arn !== undefined) return [name, { pattern: arn, arn, valueFrom: (): string => arn }];
      if (!secretRef) throw new Error(`secret ${name} of agent ${agent.name} has no source`);
      const keys = secretRef.key === undefined ? undefined : [secretRef.key];
      const id = `agent/${agent.name}/secret/${name}`;
      return [
        name,
        addCopy(scope, { id, part: `${agent.name}-${name}`, from: secretRef.name, keys, agent: agent.name }),
      ];
    }),
  );
}

/** ECS developer guide, "Pass Secrets Manager secrets through Amazon ECS environment variables". */
function injected(arn: Ref<string>, key: string | undefined, version: string): Wired<string> {
  return text`${arn}:${key ?? ""}::${version}`;
}

function usesLangfuse({ agents, observability }: EffectiveSpec): boolean {
  return (
    observability.langfuse.mode === "Cloud" &&
    agents.some(({ uses }) => uses.some((use) => use.component === "langfuse"))
  );
}

function missing(
  facts: Facts,
  name: string,
  source: SecretFact | undefined,
  keys: readonly string[] | undefined,
): Blocked | undefined {
  const [namespace] = facts.owner.owner.split("/");
  const forbidden = facts.forbiddenSecrets?.get(name);
  if (forbidden !== undefined) return { reason: "SecretForbidden", message: forbidden };
  if (!source) {
    const message = `Secret ${name} does not exist in namespace ${namespace}: create it, and this goes on by itself`;
    return { reason: "SecretNotFound", message };
  }
  const absent = keys?.filter((key) => !source.data.has(key)) ?? [];
  if (absent.length === 0 && source.data.size > 0) return undefined;
  const message = `Secret ${name} in namespace ${namespace} has no key ${absent.join(", ") || "at all"}: add it, and this goes on by itself`;
  return { reason: "SecretKeyNotFound", message };
}
