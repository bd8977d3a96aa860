import type { Http2Server, ServerHttp2Session } from "node:http2";
import { setTimeout as delay } from "node:timers/promises";

/** How often a connection is asked whether its client is still there, and how long it may take to answer. */
export interface Keepalive {
  readonly everyMs: number;
  readonly answerWithinMs: number;
}

/**
 * The connections of an HTTP/2 server. A client that vanished without a word is noticed by its missing answer to a ping, so
 * that what it watches does not stay open for ever; a ping also keeps idle connections from being forgotten on the way.
 */
export class Sessions {
  readonly #open = new Set<ServerHttp2Session>();
  readonly #timer: NodeJS.Timeout;

  constructor(server: Http2Server, keepalive: Keepalive) {
    server.on("session", (session) => {
      this.#open.add(session);
      session.once("close", () => this.#open.delete(session));
      // A broken connection ends its streams by itself; without a listener it would end the process.
      session.on("error", () => session.destroy());
    });
    this.#timer = setInterval(() => {
      for (const session of this.#open) ping(session, keepalive.answerWithinMs);
    }, keepalive.everyMs);
    this.#timer.unref();
  }

  /** GOAWAY to all: no new stream begins, those that are open finish. What is still open after `withinMs` is cut. */
  async close(withinMs: number): Promise<void> {
    clearInterval(this.#timer);
    const closed = [...this.#open].map((session) => new Promise((resolve) => session.once("close", resolve)));
    for (const session of this.#open) session.close();
    await Promise.race([Promise.all(closed), delay(withinMs, undefined, { ref: false })]);
    for (const session of this.#open) session.destroy();
  }
}

function ping(session: ServerHttp2Session, answerWithinMs: number): void {
  if (session.closed || session.destroyed) return;
  const late = setTimeout(() => session.destroy(), answerWithinMs);
  late.unref();
  // It calls back also when the session ends without an answer; only then with an error.
  session.ping(() => clearTimeout(late));
}
