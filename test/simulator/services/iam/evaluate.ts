import { list, type Statement } from "./document.ts";

/** What a caller wants: IAM User Guide, "Policy evaluation logic". */
export interface Request {
  /** As "ecs:CreateService". */
  readonly action: string;
  /** ARN, or "*" where the action knows none. */
  readonly resource: string;
  /** Condition keys of the request, as "aws:RequestTag/team"; a list for keys with several values, as aws:TagKeys. */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

export type Decision = "allow" | "explicitDeny" | "implicitDeny";

/** An explicit Deny wins, then any Allow; what nothing allows is denied. */
export function evaluate(statements: readonly Statement[], request: Request): Decision {
  const matching = statements.filter((statement) => applies(statement, request));
  if (matching.some(({ Effect }) => Effect === "Deny")) return "explicitDeny";
  return matching.some(({ Effect }) => Effect === "Allow") ? "allow" : "implicitDeny";
}

function applies(statement: Statement, request: Request): boolean {
  return (
    names(statement.Action, statement.NotAction, request.action, true) &&
    names(statement.Resource, statement.NotResource, request.resource, false, request.context) &&
    conditionsHold(statement.Condition, request.context)
  );
}

function names(
  patterns: string | readonly string[] | undefined,
  others: string | readonly string[] | undefined,
  value: string,
  anyCase: boolean,
  context: Request["context"] = {},
): boolean {
  const matches = (pattern: string) => like(filledIn(pattern, context), value, anyCase);
  if (others !== undefined) return !list(others).some(matches);
  return patterns === undefined || list(patterns).some(matches);
}

/** Policy variables, as ${aws:PrincipalAccount}: IAM User Guide, "IAM policy elements: Variables and tags". */
function filledIn(pattern: string, context: Request["context"]): string {
  return pattern.replace(/\$\{([^}]+)\}/g, (variable, key: string) => contextValue(context, key)?.[0] ?? variable);
}

/** Wildcards of IAM: * any characters, ? one. */
export function like(pattern: string, value: string, anyCase = false): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, anyCase ? "is" : "s").test(value);
}

/** IAM User Guide, "IAM JSON policy elements: Condition operators". All conditions have to hold. */
export function conditionsHold(conditions: Statement["Condition"], context: Request["context"]): boolean {
  return Object.entries(conditions ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) =>
      holds(
        operator,
        contextValue(context, key),
        list(wanted).map((one) => filledIn(String(one), context)),
      ),
    ),
  );
}

function contextValue(context: Request["context"], key: string): readonly string[] | undefined {
  const found = Object.keys(context).find((held) => held.toLowerCase() === key.toLowerCase());
  return found === undefined ? undefined : list(context[found]);
}

function holds(operator: string, held: readonly string[] | undefined, wanted: readonly string[]): boolean {
  const [set, rest] = operator.includes(":") ? (operator.split(":") as [string, string]) : ["", operator];
  const optional = rest.endsWith("IfExists");
  const name = optional ? rest.slice(0, -"IfExists".length) : rest;
  if (name === "Null") return (held === undefined || held.length === 0) === (wanted[0] === "true");
  if (held === undefined || held.length === 0) {
    return optional || set === "ForAllValues" || name.includes("Not");
  }
  const passes = (value: string) => test(name, value, wanted);
  return set === "ForAllValues" ? held.every(passes) : held.some(passes);
}

function test(operator: string, value: string, wanted: readonly string[]): boolean {
  const positive = TESTS[operator.replace("Not", "")];
  if (!positive) return false;
  const any = wanted.some((one) => positive(value, one));
  return operator.includes("Not") ? !any : any;
}

const TESTS: Readonly<Record<string, (value: string, wanted: string) => boolean>> = {
  StringEquals: (value, wanted) => value === wanted,
  StringEqualsIgnoreCase: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  StringLike: (value, wanted) => like(wanted, value),
  ArnEquals: (value, wanted) => like(wanted, value),
  ArnLike: (value, wanted) => like(wanted, value),
  Bool: (value, wanted) => value.toLowerCase() === wanted.toLowerCase(),
  NumericEquals: (value, wanted) => Number(value) === Number(wanted),
  NumericLessThan: (value, wanted) => Number(value) < Number(wanted),
  NumericLessThanEquals: (value, wanted) => Number(value) <= Number(wanted),
  NumericGreaterThan: (value, wanted) => Number(value) > Number(wanted),
  NumericGreaterThanEquals: (value, wanted) => Number(value) >= Number(wanted),
};
