/**
 * What the front door is held against: Node's own HTTP server, which asks the model the same question by Node's own HTTP
 * client and returns its text. No validation, no limits, no logs, no signature, no SDK.
 *
 * node bench/agents/bare-server.ts, with PORT, UPSTREAM (address of Bedrock) and MODEL in its environment
 */
import { Agent, request as ask, createServer } from "node:http";
import { text } from "node:stream/consumers";

const { PORT, UPSTREAM, MODEL = "" } = process.env;
const agent = new Agent({ keepAlive: true, maxSockets: 200 });
/** The stand-in for Bedrock wants to see a signature, and does not check it. */
const authorization =
  "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/bedrock/aws4_request, SignedHeaders=host, Signature=0";
const upstream = new URL(`/model/${encodeURIComponent(MODEL)}/converse`, UPSTREAM);

interface Converse {
  readonly output: { readonly message: { readonly content: readonly { readonly text: string }[] } };
  readonly usage: unknown;
}

function converse(body: string): Promise<Converse> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body), authorization };
    const request = ask(upstream, { method: "POST", agent, headers }, (response) => {
      text(response)
        .then((answer) => resolve(JSON.parse(answer)))
        .catch(reject);
    });
    request.once("error", reject).end(body);
  });
}

createServer(async (request, response) => {
  const { input } = JSON.parse((await text(request)) || "{}") as { input?: string };
  if (input === undefined) return response.end("{}");
  const { output, usage } = await converse(
    JSON.stringify({ messages: [{ role: "user", content: [{ text: input }] }] }),
  );
  const body = JSON.stringify({ output: output.message.content[0]?.text, usage });
  response.writeHead(200, { "content-type": "application/json" }).end(body);
}).listen(Number(PORT), "127.0.0.1");
