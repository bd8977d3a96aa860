import { canonicalJson } from "../same.ts";

/** An IAM policy as AWS writes it (IAM User Guide, "IAM JSON policy elements reference"). */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** IAM answers with the document percent-encoded (RFC 3986), as its API reference says of GetRole and GetRolePolicy. */
export function decodePolicy(encoded: string | undefined): PolicyDocument {
  return JSON.parse(decodeURIComponent(encoded ?? "%7B%7D"));
}

/**
 * Whether two documents mean the same: statements and lists in any order, a single value or a list of one, an account
 * or its root user as principal. Anything else that differs makes them different, even where IAM would not care.
 */
export function samePolicy(a: PolicyDocument | undefined, b: PolicyDocument | undefined): boolean {
  return canonicalPolicy(a) === canonicalPolicy(b);
}

export function canonicalPolicy(document: PolicyDocument | undefined): string {
  const { Statement, ...rest } = document ?? { Statement: [] };
  const statements = listOf(Statement as PolicyStatement | readonly PolicyStatement[]).map((statement) =>
    canonicalJson(canonicalStatement(statement)),
  );
  return canonicalJson({ ...rest, Statement: statements.sort() });
}

function canonicalStatement(statement: PolicyStatement): object {
  return Object.fromEntries(
    Object.entries(statement).map(([element, value]: [string, unknown]) => {
      switch (element) {
        case "Sid":
        case "Effect":
          return [element, value];
        case "Principal":
        case "NotPrincipal":
          return [element, value === "*" ? { AWS: ["*"] } : mapValues(value, principals)];
        case "Condition":
          return [element, mapValues(value, (keys) => mapValues(keys, values))];
        default: // Action, NotAction, Resource, NotResource
          return [element, values(value)];
      }
    }),
  );
}

/** IAM saves "111122223333" as "arn:aws:iam::111122223333:root" (IAM User Guide, "AWS JSON policy elements: Principal"). */
function principals(value: unknown): string[] {
  return values(value, (principal) => principal.replace(/^arn:aws[\w-]*:iam::(\d{12}):root$/, "$1"));
}

function values(value: unknown, map: (one: string) => string = (one) => one): string[] {
  return [...new Set(listOf(value).map((one) => map(String(one))))].sort();
}

function mapValues(object: unknown, map: (value: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(object as object).map(([key, value]) => [key, map(value)]));
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
