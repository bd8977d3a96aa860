import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { serveNames } from "./dns.ts";
import { taskAddresses } from "./names.ts";

const USAGE = `What containers find on AWS and an emulator has not, at the gateway of their network:

  names        port 53: <service>.<namespace> of Cloud Map as the addresses of the running tasks, and host.docker.internal
               with all below it as the gateway itself. Nothing else has a name.
  credentials  port 80: those of the task's role, where AWS has them, below /v2/credentials/
  ports        connections to the gateway's port N go to 127.0.0.1:N

node test/support/containers/bridge.ts --gateway 169.254.170.2 --account 111122223333 --region us-east-1 \\
  --aws http://127.0.0.1:4566 [--port N]...
`;

const text = { type: "string", default: "" } as const;
const { values } = parseArgs({
  options: { gateway: text, account: text, region: text, aws: text, port: { type: "string", multiple: true } },
});
const { gateway, account, region, aws, port: ports = [] } = values;
if (!gateway || !account || !region || !aws) {
  process.stderr.write(USAGE);
  process.exit(2);
}

/** The emulator takes a key id of twelve digits as the account, and checks presigned URLs with this secret. */
const credentials = { accessKeyId: account, secretAccessKey: "test" };
const ownNames = /(^|\.)host\.docker\.internal$/;

/** What ECS runs is asked once a second at most, however many names are asked for. */
let known: ReturnType<typeof taskAddresses> | undefined;
function addresses() {
  if (known) return known;
  const asked = taskAddresses({ region, endpoint: aws, credentials });
  known = asked;
  const forget = () => sleep(1_000, undefined, { ref: false }).then(() => (known = undefined));
  asked.then(forget, () => (known = undefined));
  return asked;
}

/** docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
const roleCredentials = createHttpServer((request, response) => {
  const found = request.method === "GET" && request.url?.startsWith("/v2/credentials/") === true;
  response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = credentials;
  const Expiration = new Date(Date.now() + 3_600_000).toISOString();
  response.end(JSON.stringify(found ? { AccessKeyId, SecretAccessKey, Token: "unchecked", Expiration } : {}));
});

/** A connection that breaks breaks both ways; one that ends, ends as the other side ends it. */
function forwardTo(target: number): Server {
  return createServer({ allowHalfOpen: true }, (from) => {
    const to = connect({ host: "127.0.0.1", port: target, allowHalfOpen: true });
    from.on("error", () => to.destroy());
    to.on("error", () => from.destroy());
    from.pipe(to).pipe(from);
  });
}

const listening = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, gateway, resolve);
  });

await serveNames(gateway, 53, async (name) => (ownNames.test(name) ? [gateway] : (await addresses()).get(name)));
await listening(roleCredentials, 80);
const forwards = ports.map((port) => [forwardTo(Number(port)), Number(port)] as const);
for (const [server, port] of forwards) await listening(server, port);
const told = forwards.map(([server]) => (server.address() as AddressInfo).port);
process.stdout.write(`bridge on ${gateway}: names, credentials, ports ${told.join(" ")}\n`);
process.once("SIGTERM", () => process.exit(0));
