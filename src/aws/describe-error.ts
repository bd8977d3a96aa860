import { classify, codeOf, type ErrorClass, failedCall, StillWorking, TerminalError } from "./classify.ts";

/** An error in words for conditions, events and logs. Holds no secret. */
export interface Described {
  readonly class: ErrorClass;
  /** AWS's error code, as "DependencyViolation". */
  readonly code: string;
  /** "ec2:CreateVpc": what was asked, or for a denied action what AWS says is missing. */
  readonly action?: string | undefined;
  /** What it was asked of: ARN or id that AWS names in a refusal. */
  readonly resource?: string | undefined;
  /** For AWS support. Differs with each attempt, so it is not part of `message`. */
  readonly requestId?: string | undefined;
  /** What a person can do; undefined where waiting is all. */
  readonly remedy?: string | undefined;
  /** One line: action, code, AWS's words. */
  readonly what: string;
  /** `what` and the remedy. The same for the same failure, so that a condition does not flap. */
  readonly message: string;
}

/** Name of CredentialsInvalid (credentials.ts), whose words are a sentence by themselves. */
const OURS = "CredentialsError";

/** Words an error. Access keys, encoded authorization messages and values of secret fields are cut out. */
export function describe(error: unknown): Described {
  const meaning = classify(error);
  const code = codeOf(error);
  const words = redact(error instanceof Error ? error.message : String(error));
  if (error instanceof TerminalError || error instanceof StillWorking) {
    return { class: meaning, code: error instanceof TerminalError ? error.reason : code, what: words, message: words };
  }
  const call = failedCall(error);
  const refused = meaning === "denied" ? parseDenied(words) : undefined;
  const action = refused?.action ?? (call ? `${call.service}:${call.action}` : undefined);
  const remedy = remedyFor(meaning, code, action, refused?.resource);
  const requestId = (error as { $metadata?: { requestId?: string } } | null)?.$metadata?.requestId;
  const prefix = [action, code === OURS ? undefined : code].filter(Boolean).join(" ");
  const what = `${prefix ? `${prefix}: ` : ""}${words || "no message"}`.replace(/\.?$/, ".");
  return {
    class: meaning,
    code,
    action,
    resource: refused?.resource,
    requestId,
    remedy,
    what,
    message: [what, remedy].filter(Boolean).join(" "),
  };
}

/**
 * Action and resource of AWS's refusal: "User: ARN is not authorized to perform: ACTION on resource: ARN because …"
 * (IAM user guide, "Troubleshoot access denied error messages").
 */
export function parseDenied(message: string): { readonly action?: string; readonly resource?: string } | undefined {
  const found =
    /not authorized to perform:? (?<action>[a-z0-9-]+:\w+)(?: on (?:the )?resource:? (?<resource>\S+))?/i.exec(
      message,
    )?.groups;
  if (!found) return undefined;
  const { action, resource } = found;
  return {
    ...(action === undefined ? {} : { action }),
    ...(resource === undefined ? {} : { resource: resource.replace(/[.,;]$/, "") }),
  };
}

const LONGEST = 700;

/** The text without what must not be shown. Also for AWS's free texts, such as the reason of a stopped task. */
export function redact(text: string): string {
  const clean = text
    .replace(/\s*Encoded authorization failure message:.*$/s, "")
    .replace(/\b(AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,}\b/g, "$1…")
    .replace(
      /((?:value|values)\s+)(['"])[\s\S]*?\2(\s+at\s+['"]?[\w.]*(?:password|secret|token|string)\w*)/gi,
      "$1(sensitive)$3",
    )
    .replace(/((?:password|secret(?:AccessKey|String)?|token)\s*[=:]\s*)\S+/gi, "$1(sensitive)")
    .replace(/:\/\/[^\s/@:]+:[^\s/@]+@/g, "://(sensitive)@")
    .replace(/\s+/g, " ")
    .trim();
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST - 1)}…` : clean;
}

const CAPACITY = /Insufficient|NoFreeAddresses/;

function remedyFor(meaning: ErrorClass, code: string, action?: string, resource?: string): string | undefined {
  switch (meaning) {
    case "denied":
      if (code === "OptInRequired" || code === "RegionDisabled") {
        return "Enable the service or region for the account, or choose another region.";
      }
      return `Allow ${action ?? "the action"}${resource ? ` on ${resource}` : ""} in the role that the operator assumes, and look for an explicit deny in service control policies.`;
    case "credentials":
      return "Check the operator's access configuration, its own credentials, the trust policy of the role that it assumes, and the clock of its node.";
    case "quota":
      if (/Addresses(InSubnet)?$|IPsInSubnet$/.test(code)) return "Free addresses in the subnet, or use a larger one.";
      if (CAPACITY.test(code)) return "AWS has no capacity for this now: choose another zone, size or region, or wait.";
      if (code === "PendingVerification") return "AWS is verifying the account: wait, or ask AWS Support.";
      return "Ask for a higher quota in Service Quotas, or remove what is not needed.";
    case "terminal":
      return "Correct the spec; the same request will not succeed.";
    default:
      return undefined;
  }
}
