import "./driver-environment.ts";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Logger } from "@agentorchestrator/shared";
import snowflake, { type Connection, type ConnectionOptions } from "snowflake-sdk";

/**
 * Makes the driver behave as a service needs it, once a process. Its log is off, or goes to ours at the level trace (by
 * default it writes a file): what it calls an error is thrown as well, and answered with a code. Values of VARIANT that
 * are no JSON stay text (by default it runs them as JavaScript).
 * https://docs.snowflake.com/en/developer-guide/node-js/nodejs-driver-options
 */
export function configureDriver(log: Logger): void {
  const driverLog = log.child({ component: "snowflake-sdk" });
  const say = (message: string) => driverLog.trace(message);
  snowflake.configure({
    logLevel: log.level === "trace" ? "TRACE" : "OFF",
    customLogger: { error: say, warn: say, info: say, debug: say, trace: say },
    jsonColumnVariantParser: (text: string) => JSON.parse(text) as unknown,
    xmlColumnVariantParser: (text: string) => text,
    keepAlive: true,
  });
}

/**
 * Sockets of one session. After `shut` no request leaves any more: the driver sends a statement again up to 1000 times
 * while the network is down, and would run it hours after its client was told that it failed.
 */
export interface Sockets {
  readonly agent: HttpAgent | HttpsAgent;
  /** Fires when a connection failed and none could be made for LOST_MS, with that error as its reason. */
  readonly lost: AbortSignal;
  shut(): void;
}

/** The driver takes a request for cancelled, and does not repeat it, when its error has this code. */
const CANCELLED = "ERR_CANCELED";
/** Long enough for the few seconds in which a load balancer or a NAT gateway is replaced. */
const LOST_MS = 8_000;

export function socketsFor(url: string): Sockets {
  const options = { keepAlive: true, maxSockets: 16, timeout: 120_000 };
  const agent = url.startsWith("http:") ? new HttpAgent(options) : new HttpsAgent(options);
  const create = agent.createConnection.bind(agent);
  const lost = new AbortController();
  const connectedEvent = url.startsWith("http:") ? "connect" : "secureConnect";
  let open = true;
  let failing: NodeJS.Timeout | undefined;
  const failed = (error: unknown) => {
    failing ??= setTimeout(() => lost.abort(error), LOST_MS).unref();
  };
  agent.createConnection = (connection, callback) => {
    if (!open) throw Object.assign(new Error("the session is closed"), { code: CANCELLED });
    const socket = create(connection, callback);
    socket?.once("error", failed).once(connectedEvent, () => {
      socket.off("error", failed);
      clearTimeout(failing);
      failing = undefined;
    });
    return socket;
  };
  return {
    agent,
    lost: lost.signal,
    shut() {
      open = false;
      clearTimeout(failing);
      agent.destroy();
    },
  };
}

/** A connection of the driver that was not opened yet, which talks over `sockets`. */
export function createConnection(options: ConnectionOptions, sockets: Sockets): Connection {
  // The driver asks it for an agent at every request. Certificates are checked by Node; without it the driver would ask
  // OCSP responders besides, over plain HTTP, and keep files.
  const agentClass = () => sockets.agent;
  return snowflake.createConnection({ ...options, agentClass } as ConnectionOptions);
}

export type { Connection, ConnectionOptions };
