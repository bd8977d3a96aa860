import type { AwsError, Call } from "../../operation.ts";

interface Remembered {
  readonly asked: string;
  readonly answer: object;
}

/**
 * An idempotent create: the same token with the same parameters is answered with the same resource, even when that has
 * been deleted since; with other parameters it is refused. EC2 API Reference, "Ensuring idempotency in EC2 API
 * requests". Without a token every call makes.
 *
 * @param parameters all of the request but the token
 * @param refresh the answer as it would be now; undefined when the resource has gone
 */
export function once<Answer extends object>(
  call: Call,
  action: string,
  token: string | undefined,
  parameters: object,
  make: () => Answer,
  refresh: (answer: Answer) => Answer | undefined,
  mismatch: () => AwsError,
): Answer {
  if (token === undefined || token === "") return make();
  const remembered = call.world.table<Remembered>(call, `tokens.${action}`);
  const asked = canonical(parameters);
  const known = remembered.get(token);
  if (!known) {
    const answer = make();
    remembered.put(token, { asked, answer: structuredClone(answer) });
    return answer;
  }
  if (known.asked !== asked) throw mismatch();
  return refresh(known.answer as Answer) ?? (known.answer as Answer);
}

/** The same text for equal parameters, whatever the order of their keys; absent and undefined are equal. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && Object.getPrototypeOf(inner) === Object.prototype
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
