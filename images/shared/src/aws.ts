import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/** Calls at once to one AWS service; each is a socket. */
const MAX_SOCKETS = 200;

/**
 * Options for every AWS client: region, and HTTP/1.1 with keep-alive (the Bedrock clients speak HTTP/2 otherwise, which
 * neither proxies nor stand-ins understand, and of which one lost connection fails every call on it). Credentials come
 * by the SDK's default chain, AWS_ENDPOINT_URL is the SDK's own. A client has sockets of its own.
 *
 * @param config.requestTimeoutMs time without a byte after which a call fails with TimeoutError; default 0, none: pass
 *   an abort signal per call
 */
export function awsConfig(config: { AWS_REGION: string; requestTimeoutMs?: number }): {
  region: string;
  requestHandler: NodeHttpHandler;
} {
  return {
    region: config.AWS_REGION,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 5_000,
      requestTimeout: config.requestTimeoutMs ?? 0,
      httpAgent: new HttpAgent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
      httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
    }),
  };
}
