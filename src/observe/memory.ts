import { CALL_DEADLINE_MS } from "../aws/deadline.ts";
import { classify } from "../aws/errors.ts";
import type { Observation } from "../plan/observation.ts";
import { Standing } from "./standing.ts";

/**
 * How long AWS's reads may lag behind its writes, in milliseconds. The EC2 and IAM references name no bound ("eventual
 * consistency": https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html); a minute is many times what
 * is seen, and costs time only where an answer was lost.
 */
export const CONSISTENCY_MS = 60_000;

/**
 * How often to look for what a process that stood still in the middle of a create has made meanwhile, in milliseconds.
 * Such a process most likely was the one before this one: the first look comes as soon as its calls must have ended.
 */
const TWIN_SEARCH_MS = 600_000;
const FIRST_TWIN_SEARCH_MS = CONSISTENCY_MS + CALL_DEADLINE_MS;

/** How long an image that was not there is taken to be missing, in milliseconds, between two looks at everything. */
const ABSENT_IMAGE_MS = 5_000;

/**
 * What this process has seen of one object's resources. Losing it is safe: a new process only waits longer before it
 * believes that something is gone, and looks again at everything.
 */
export class Memory {
  /** What people have been told and still stands. */
  readonly standing: Standing = new Standing();
  readonly #firstLive = new Map<string, number>();
  readonly #firstAbsent = new Map<string, number>();
  readonly #recovering = new Map<string, number>();
  readonly #withoutEffect = new Set<string>();
  readonly #deleted = new Set<string>();
  readonly #twinsDueAt = new Map<string, number>();
  readonly #inSync = new Map<string, string>();
  readonly #failures = new Map<string, number>();
  readonly #heldBack = new Map<string, { readonly error: unknown; readonly until: number }>();
  #generation = 0;
  #sweptAt = Number.NEGATIVE_INFINITY;
  readonly #recent = new Map<string, { readonly observation: Observation; readonly at: number }>();
  readonly #asked: Promise<boolean>[] = [];
  readonly #digests = new Map<string, { readonly digest: string | undefined; readonly at: number }>();

  live(key: string, observation: Observation, now: number): void {
    this.#firstAbsent.delete(key);
    if (!this.#firstLive.has(key)) this.#firstLive.set(key, now);
    this.#recent.set(key, { observation, at: now });
  }

  /**
   * Milliseconds until an empty read may be believed: 0 when it was seen alive longer than the window ago, or has been
   * absent for the whole window.
   */
  absent(key: string, now: number): number {
    this.#recent.delete(key);
    const seen = this.#firstLive.get(key);
    if (seen !== undefined && now - seen >= CONSISTENCY_MS) return 0;
    const since = this.#firstAbsent.get(key) ?? now;
    this.#firstAbsent.set(key, since);
    return Math.max(0, since + CONSISTENCY_MS - now);
  }

  /** The last look, when it is younger than `maxAgeMs` and found it ready. */
  recent(key: string, now: number, maxAgeMs: number): Observation | undefined {
    const last = this.#recent.get(key);
    if (!last || now - last.at >= maxAgeMs) return undefined;
    return last.observation.state === "live" && last.observation.observed.phase === "ready"
      ? last.observation
      : undefined;
  }

  /** Whether it is time to look for a second resource of the node, made by a process that stood still meanwhile. */
  mayHaveTwin(node: string, now: number): boolean {
    const due = this.#twinsDueAt.get(node);
    if (due === undefined) this.#twinsDueAt.set(node, now + FIRST_TWIN_SEARCH_MS);
    return due !== undefined && due <= now;
  }

  soughtTwins(node: string, now: number): void {
    this.#twinsDueAt.set(node, now + TWIN_SEARCH_MS);
  }

  /** A write to it happened: the next look must be at AWS. */
  touched(key: string): void {
    this.#recent.delete(key);
  }

  /** AWS does not show it any more after it was deleted. */
  deleted(id: string): void {
    const name = /^[a-z]+-[0-9a-f]{8,}$/.test(id) ? id : /:loadbalancer\/(.+)$/.exec(id)?.[1];
    if (name) this.#deleted.add(name);
  }

  /**
   * Whether something that is in the way belongs to what was deleted: network interfaces outlive a load balancer or NAT
   * gateway for a minute or two, and name it in their description ("ELB app/…", "Interface for NAT Gateway nat-…").
   */
  goesWithDeleted(blocker: string): boolean {
    return [...this.#deleted].some((name) => blocker.includes(name));
  }

  gone(key: string): void {
    this.#recent.delete(key);
    this.#firstLive.delete(key);
    this.#firstAbsent.delete(key);
  }

  /** The answer to this create was lost: recovery begins now. */
  lost(nonce: string, now: number): void {
    this.#recovering.set(nonce, now);
    this.#withoutEffect.delete(nonce);
  }

  /** AWS refused this create: nothing happened. */
  refused(nonce: string): void {
    this.#withoutEffect.add(nonce);
  }

  /**
   * Milliseconds until a node that failed is tried again: full jitter below a bound that doubles from 1 s to 32 s with
   * each failure in a row (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
   */
  failed(node: string): number {
    const failures = (this.#failures.get(node) ?? 0) + 1;
    this.#failures.set(node, failures);
    return Math.max(250, Math.random() * Math.min(32_000, 1_000 * 2 ** (failures - 1)));
  }

  /** The node failed, and is neither tried nor looked at again before `until`, whatever else its object has to do. */
  holdBack(node: string, error: unknown, until: number): void {
    this.#heldBack.set(node, { error, until });
  }

  /** How the node failed, and the milliseconds until it is tried again. */
  heldBack(node: string, now: number): { readonly error: unknown; readonly ms: number } | undefined {
    const held = this.#heldBack.get(node);
    return held && held.until > now ? { error: held.error, ms: held.until - now } : undefined;
  }

  /** Another generation of the object has another spec: what failed with the one before is tried at once. */
  asOf(generation: number): void {
    if (generation !== this.#generation) this.#heldBack.clear();
    this.#generation = generation;
  }

  /** The node is as declared, in these words of its desired props. */
  inSync(node: string, declared: string): void {
    this.#inSync.set(node, declared);
  }

  /** Whether it was as declared with the same props before, so that what differs now is drift; undefined: not known. */
  wasInSync(node: string, declared: string): boolean | undefined {
    const before = this.#inSync.get(node);
    return before === undefined ? undefined : before === declared;
  }

  succeeded(node: string): void {
    this.#failures.delete(node);
  }

  /**
   * What an image tag stands for: the last answer. One that is `maxAgeMs` old or older is asked for again beside the pass,
   * which goes on meanwhile (`imagesMoved`); an absence, which somebody is about to end, is trusted for seconds only.
   */
  async digest(
    image: string,
    now: number,
    maxAgeMs: number,
    read: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    const last = this.#digests.get(image);
    const trustMs = last?.digest === undefined ? Math.min(maxAgeMs, ABSENT_IMAGE_MS) : maxAgeMs;
    if (last && now - last.at < trustMs) return last.digest;
    const answer = read().then((digest) => {
      this.#digests.set(image, { digest, at: now });
      return digest;
    });
    if (last?.digest === undefined) return answer;
    this.#asked.push(
      answer.then(
        (digest) => digest !== last.digest,
        (error) => this.#doubt(image, error),
      ),
    );
    return last.digest;
  }

  /** Whether a tag that `digest` answered from memory stands for another image by now: then the pass is out of date. */
  async imagesMoved(): Promise<boolean> {
    return (await Promise.all(this.#asked.splice(0))).includes(true);
  }

  /** Refused for the request rate, the last answer stands; else the next pass asks for itself, and tells what it meets. */
  #doubt(image: string, error: unknown): boolean {
    if (classify(error) === "throttle") return false;
    this.#digests.delete(image);
    return true;
  }

  /** When everything was last looked at, in milliseconds since the epoch; -Infinity: never. */
  get sweptAt(): number {
    return this.#sweptAt;
  }

  swept(now: number): void {
    this.#sweptAt = now;
  }

  isWithoutEffect(nonce: string): boolean {
    return this.#withoutEffect.has(nonce);
  }

  /** Milliseconds until finding nothing proves that the create behind this open intent had no effect. */
  recoveryMs(nonce: string, now: number): number {
    if (this.#withoutEffect.has(nonce)) return 0;
    const since = this.#recovering.get(nonce) ?? now;
    this.#recovering.set(nonce, since);
    return Math.max(0, since + CONSISTENCY_MS + CALL_DEADLINE_MS - now);
  }
}
