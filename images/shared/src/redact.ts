/** What stands where a secret was. */
export const REDACTED = "[redacted]";

/** Shorter values are words that occur in every text: hiding them would spoil logs and name the secret by its holes. */
const SHORTEST_SECRET = 8;

const SECRET_NAME =
  /authorization|password|passwd|passphrase|secret|token|credential|cookie|private[-_]?key|api[-_]?key|access[-_]?key|signature/i;
/** Names that match the above and hold none. */
const HARMLESS_NAME = /(arn|tokens|tokencount|keyid|key_id|publickey)$/i;

const SECRET_TEXT: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, REDACTED],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  [/(\w:\/\/[^\s:/@"]*):[^\s/@"]+@/g, `$1:${REDACTED}@`],
  [/([?&](?:X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential|access_token|token)=)[^&\s"]+/gi, `$1${REDACTED}`],
];

const known = new Set<string>();

/**
 * Makes `value` unspeakable: log lines, errors that clients see, traces and metrics show `[redacted]` where it would
 * stand. Of a text of many lines (a PEM key) each line counts. Values under 8 characters are left alone.
 */
export function keepSecret(value: string): void {
  for (const line of [value, ...value.split(/\r?\n/)]) {
    if (line.length < SHORTEST_SECRET || /^-----(BEGIN|END) /.test(line.trim())) continue;
    known.add(line);
    known.add(JSON.stringify(line).slice(1, -1));
    known.add(encodeURIComponent(line));
  }
}

/** `text` without the secrets that are known (keepSecret) or recognizable: tokens, private keys, passwords in URLs. */
export function redactText(text: string): string {
  let clean = text;
  for (const secret of known) if (clean.includes(secret)) clean = clean.replaceAll(secret, REDACTED);
  for (const [pattern, replacement] of SECRET_TEXT) clean = clean.replace(pattern, replacement);
  return clean;
}

/** Whether a field, header or variable of this name holds a secret by its name. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) && !HARMLESS_NAME.test(name);
}

/** A copy of plain data in which fields with a secret's name, at any depth, hold `[redacted]`. Cycles end it. */
export function redactFields(value: unknown, seen: readonly object[] = []): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (seen.includes(value)) return "[circular]";
  const path = [...seen, value];
  if (Array.isArray(value)) return value.map((item) => redactFields(item, path));
  if (value instanceof Error || value instanceof Date || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) =>
      isSecretName(name) && (typeof field === "string" || typeof field === "object") && field !== null
        ? [name, REDACTED]
        : [name, redactFields(field, path)],
    ),
  );
}
