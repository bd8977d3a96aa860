import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { group, kind } from "../api/resource.ts";
import type { Spec } from "../api/spec.ts";
import { validate } from "../api/validate.ts";

/** An AgentOrchestrator as a file declares it, with the schema's defaults. */
export interface Declared {
  readonly namespace: string;
  readonly name: string;
  readonly spec: Spec;
  /** As it is written. */
  readonly object: { readonly apiVersion: string; readonly kind: string };
  /** File that it stands in. */
  readonly source: string;
}

/** Something that the user wrote is wrong: told as it is, without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/**
 * All AgentOrchestrators in the given files, directories (their .yaml, .yml and .json) and standard input ("-").
 * Objects of other kinds are passed over, as they are usual beside them.
 * @param namespace for objects that name none.
 * @throws UserError with every fault: a file that cannot be read, bad YAML, fields that the API server would refuse.
 */
export async function readDeclared(
  files: readonly string[],
  namespace: string,
  stdin: () => Promise<string>,
): Promise<readonly Declared[]> {
  const declared: Declared[] = [];
  const faults: string[] = [];
  for (const file of (await Promise.all(files.map(expand))).flat()) {
    const text = await (file === "-" ? stdin() : read(file));
    for (const object of objectsIn(text, file)) {
      const validated = validate(object);
      if (!validated.ok) {
        faults.push(...validated.problems.map(({ field, message }) => `${file}: ${field || "(object)"}: ${message}`));
        continue;
      }
      const { metadata } = object as { metadata: { name: string; namespace?: string } };
      declared.push({
        namespace: metadata.namespace ?? namespace,
        name: metadata.name,
        spec: validated.spec,
        object: object as Declared["object"],
        source: file,
      });
    }
  }
  if (faults.length > 0) throw new UserError(faults.join("\n"));
  if (declared.length === 0) throw new UserError(`no ${kind} in ${files.join(", ")}`);
  return declared;
}

async function expand(path: string): Promise<readonly string[]> {
  if (path === "-") return [path];
  const found = await stat(path).catch((error: unknown) => {
    throw new UserError(`${path}: ${(error as Error).message}`);
  });
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
  return names.map((name) => join(path, name));
}

async function read(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new UserError(`${file}: ${(error as Error).message}`);
  });
}

function objectsIn(text: string, file: string): readonly unknown[] {
  const documents = parseAllDocuments(text);
  if ("empty" in documents) return [];
  const faults = documents.flatMap(({ errors }) => errors.map(({ message }) => `${file}: ${message}`));
  if (faults.length > 0) throw new UserError(faults.join("\n"));
  return documents
    .flatMap((document) => {
      const value: unknown = document.toJS();
      return isObject(value) && value.kind === "List" && Array.isArray(value.items) ? value.items : [value];
    })
    .filter((object) => isObject(object) && object.kind === kind && String(object.apiVersion).startsWith(`${group}/`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
