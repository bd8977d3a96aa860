import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";

/** Addresses of a name, in lower case and without the dot at its end; undefined when there is no such name. */
export type Resolve = (name: string) => Promise<readonly string[] | undefined>;

const HEADER = 12;
const TYPE_A = 1;
const NAME_ERROR = 3;
const SERVER_FAILURE = 2;
/** Tasks come and go: nobody shall remember them. */
const TTL_SECONDS = 1;

/**
 * A name server (RFC 1035) for one question a message and addresses of IPv4, by UDP. It asks nobody else: a name that
 * `resolve` does not know does not exist.
 *
 * @throws when the address cannot be bound
 */
export async function serveNames(address: string, port: number, resolve: Resolve): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { address: to, port: at }) => {
    const end = endOfQuestion(query);
    if (end === undefined) return;
    const question = query.subarray(HEADER, end);
    const name = nameIn(question).toLowerCase();
    const wantsAddress = question.readUInt16BE(question.length - 4) === TYPE_A;
    resolve(name).then(
      (found) =>
        socket.send(answer(query, question, wantsAddress ? (found ?? []) : [], found ? 0 : NAME_ERROR), at, to),
      () => socket.send(answer(query, question, [], SERVER_FAILURE), at, to),
    );
  });
  socket.bind(port, address);
  await once(socket, "listening");
  return socket;
}

/** Where the first question ends: after its name, type and class. */
function endOfQuestion(query: Buffer): number | undefined {
  if (query.length < HEADER + 5) return undefined;
  let at = HEADER;
  while (at < query.length && query[at] !== 0) at += (query[at] ?? 0) + 1;
  return at + 5 <= query.length ? at + 5 : undefined;
}

function nameIn(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 0; question[at]; ) {
    const next = at + 1 + (question[at] ?? 0);
    labels.push(question.toString("latin1", at + 1, next));
    at = next;
  }
  return labels.join(".");
}

function answer(query: Buffer, question: Buffer, addresses: readonly string[], code: number): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  // An authoritative answer, recursion available; "recursion desired" as it was asked.
  header.writeUInt16BE(0x8480 | (query.readUInt16BE(2) & 0x0100) | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) => {
    const record = Buffer.alloc(16);
    // The name is the question's: a pointer to it.
    record.writeUInt16BE(0xc000 | HEADER, 0);
    record.writeUInt16BE(TYPE_A, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(TTL_SECONDS, 6);
    record.writeUInt16BE(4, 10);
    record.set(address.split(".").map(Number), 12);
    return record;
  });
  return Buffer.concat([header, question, ...records]);
}
