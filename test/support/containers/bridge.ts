import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { serveNames } from "./dns.ts";
import { roleOfTask, taskNames } from "./tasks.ts";

const USAGE = `What containers find on AWS and an emulator has not, at the gateway of their network:

  names        port 53: <service>.<namespace> of Cloud Map as the addresses of the running tasks, and host.docker.internal
               with all below it as the gateway itself. Nothing else has a name.
  credentials  port 80: those of the role of the task that asks, where AWS has them, below /v2/credentials/
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

/** The emulator takes a key id of twelve digits as the account. */
const own = { region, endpoint: aws, credentials: { accessKeyId: account, secretAccessKey: "unchecked" } };
const sts = new STSClient(own);
const ownNames = /(^|\.)host\.docker\.internal$/;

/** What ECS runs is asked once a second at most, however many names are asked for. */
let known: ReturnType<typeof taskNames> | undefined;
function names() {
  if (known) return known;
  const asked = taskNames(own);
  known = asked;
  const forget = () => {
    known = undefined;
  };
  asked.then(() => sleep(1_000, undefined, { ref: false }).then(forget), forget);
  return asked;
}

/** What a task is given for its role: docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
async function credentialsFor(address: string): Promise<object | undefined> {
  const RoleArn = await roleOfTask(own, address);
  if (!RoleArn) return undefined;
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "task" }));
  if (!Credentials) return undefined;
  const { AccessKeyId, SecretAccessKey, SessionToken: Token, Expiration } = Credentials;
  return { RoleArn, AccessKeyId, SecretAccessKey, Token, Expiration };
}

const roleCredentials = createHttpServer((request, response) => {
  const answer = (status: number, body: object) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const asked = request.method === "GET" && request.url?.startsWith("/v2/credentials/") === true;
  const found = asked ? credentialsFor(request.socket.remoteAddress ?? "") : Promise.resolve(undefined);
  found.then(
    (credentials) => answer(credentials ? 200 : 404, credentials ?? { message: "no task with a role asks from there" }),
    (error: Error) => answer(500, { message: error.message }),
  );
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

await serveNames(gateway, 53, async (name) => (ownNames.test(name) ? [gateway] : (await names()).get(name)));
await listening(roleCredentials, 80);
const forwards = ports.map((port) => [forwardTo(Number(port)), Number(port)] as const);
for (const [server, port] of forwards) await listening(server, port);
const told = forwards.map(([server]) => (server.address() as AddressInfo).port);
process.stdout.write(`bridge on ${gateway}: names, credentials, ports ${told.join(" ")}\n`);
process.once("SIGTERM", () => process.exit(0));
