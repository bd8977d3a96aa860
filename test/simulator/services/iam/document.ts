import { AwsError } from "../../operation.ts";

export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly NotPrincipal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export const list = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === "string" ? [value] : value;

const malformed = (message: string) => new AwsError("MalformedPolicyDocumentException", message);

/** Statements of a policy that has been accepted. */
export function statementsOf(document: string): readonly Statement[] {
  const { Statement: statements } = JSON.parse(document) as { Statement: Statement | readonly Statement[] };
  return Array.isArray(statements) ? statements : [statements as Statement];
}

/** IAM User Guide, "IAM JSON policy element reference" and "Grammar of the IAM JSON policy language". */
const ELEMENTS = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);
const ACTION = /^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/i;
const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/;

/**
 * Refuses what IAM refuses when a policy is put: MalformedPolicyDocument with IAM's words.
 *
 * @param kind an identity policy names actions and resources; a trust policy names a principal and no resource
 */
export function checkDocument(document: string | undefined, kind: "identity" | "trust"): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document ?? "");
  } catch {
    throw malformed(kind === "trust" ? "This policy contains invalid Json" : "Syntax errors in policy.");
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw malformed("Syntax errors in policy.");
  const { Version, Statement: given } = parsed as { Version?: unknown; Statement?: unknown };
  if (Version !== undefined && Version !== "2012-10-17" && Version !== "2008-10-17") {
    throw malformed("The policy must contain a valid version string");
  }
  const statements = Array.isArray(given) ? given : [given];
  if (given === undefined || statements.length === 0) throw malformed("Syntax errors in policy.");
  const sids = statements
    .map((statement) => (statement as Statement | undefined)?.Sid)
    .filter((sid) => sid !== undefined);
  if (new Set(sids).size < sids.length) throw malformed("Statement IDs (SID) in a single policy must be unique.");
  for (const statement of statements) checkStatement(statement, kind);
  return document ?? "";
}

function checkStatement(given: unknown, kind: "identity" | "trust"): void {
  if (typeof given !== "object" || given === null) throw malformed("Syntax errors in policy.");
  const statement = given as Statement;
  if (Object.keys(statement).some((element) => !ELEMENTS.has(element))) throw malformed("Syntax errors in policy.");
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny") throw malformed("Syntax errors in policy.");
  const actions = [...list(statement.Action), ...list(statement.NotAction)];
  if (actions.length === 0) throw malformed("Policy statement must contain actions.");
  if (!actions.every((action) => ACTION.test(action))) {
    throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  if (kind === "trust") checkTrust(statement);
  else checkIdentity(statement);
}

function checkIdentity(statement: Statement): void {
  if (statement.Principal !== undefined || statement.NotPrincipal !== undefined) {
    throw malformed("Policy document should not specify a principal.");
  }
  const resources = [...list(statement.Resource), ...list(statement.NotResource)];
  if (resources.length === 0) throw malformed("Policy statement must contain resources.");
  const wrong = resources.find((resource) => resource !== "*" && !/^(arn|\*|\$\{)[^ ]*$/.test(resource));
  if (wrong !== undefined) throw malformed(`Resource ${wrong} must be in ARN format or "*".`);
}

function checkTrust(statement: Statement): void {
  if (statement.Resource !== undefined || statement.NotResource !== undefined) {
    throw malformed("Has prohibited field Resource");
  }
  if (statement.Principal === undefined) throw malformed("Missing required field Principal");
  if (statement.Principal === "*") return;
  for (const [type, ids] of Object.entries(statement.Principal)) {
    for (const id of list(ids)) {
      const known =
        type === "Service"
          ? SERVICE.test(id)
          : type === "AWS"
            ? id === "*" || /^\d{12}$/.test(id) || /^arn:aws[\w-]*:(iam|sts)::\d{12}:.+/.test(id)
            : type === "Federated" || type === "CanonicalUser";
      if (!known) throw malformed(`Invalid principal in policy: "${type === "Service" ? "SERVICE" : type}":"${id}"`);
    }
  }
}

/** Sizes leave white space out (IAM User Guide, "IAM and AWS STS quotas"). */
export const sizeOf = (document: string): number => document.replace(/\s/g, "").length;
