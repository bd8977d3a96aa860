import { AwsError } from "../../operation.ts";

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque, as AWS's are; undefined on the last page. */
  readonly next: string | undefined;
}

/**
 * One page of a list, at most `max` long. The token names the last item given and not a position, so that items which
 * come or go between two pages neither repeat nor hide others.
 *
 * @throws what `invalid` makes, when the token is not one of ours
 */
export function page<T>(
  all: readonly T[],
  key: (item: T) => string,
  token: string | undefined,
  max: number,
  invalid: () => AwsError = () => new AwsError("InvalidParameterException", "The specified nextToken is invalid."),
): Page<T> {
  const sorted = [...all].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
  let from = 0;
  if (token !== undefined) {
    const after = decode(token);
    if (after === undefined) throw invalid();
    from = sorted.findIndex((item) => key(item) > after);
    if (from < 0) from = sorted.length;
  }
  const items = sorted.slice(from, from + max);
  const last = items.at(-1);
  return { items, next: last !== undefined && from + max < sorted.length ? encode(key(last)) : undefined };
}

const PREFIX = "page:";
const encode = (key: string): string => Buffer.from(PREFIX + key).toString("base64");

function decode(token: string): string | undefined {
  const text = Buffer.from(token, "base64").toString();
  return text.startsWith(PREFIX) ? text.slice(PREFIX.length) : undefined;
}
