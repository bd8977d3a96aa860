import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedEvent {
  readonly type: string;
  readonly source: string;
  readonly bus: string;
  /** What the event holds. */
  readonly detail: { readonly id: string; readonly workflowId: string; readonly sequence: number } & Record<
    string,
    unknown
  >;
}

export interface EventRecorder {
  readonly url: string;
  /** Events that were taken, in their order, repeats included. */
  readonly events: readonly ReceivedEvent[];
  /** How often EventBridge said no to an entry or to a request. */
  readonly refused: number;
  stop(): Promise<void>;
}

interface Entry {
  readonly DetailType: string;
  readonly Source: string;
  readonly EventBusName?: string;
  readonly Detail: string;
}

/**
 * EventBridge's PutEvents on the wire, which keeps the order of what comes in and refuses as AWS may: single entries
 * (FailedEntryCount) and whole requests. Emulators refuse nothing.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 *
 * @param refuse asked for each entry, and with undefined for each request; refuses where it returns true
 */
export async function startEventRecorder(
  refuse: (event: ReceivedEvent | undefined) => boolean,
): Promise<EventRecorder> {
  const events: ReceivedEvent[] = [];
  let refused = 0;
  const says = (event: ReceivedEvent | undefined): boolean => {
    const no = refuse(event);
    if (no) refused += 1;
    return no;
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
    if (request.headers["x-amz-target"] !== "AWSEvents.PutEvents")
      return json(400, { __type: "UnknownOperationException" });
    const { Entries } = JSON.parse(Buffer.concat(parts).toString()) as { Entries: Entry[] };
    const bytes = Entries.reduce((sum, { Detail }) => sum + Buffer.byteLength(Detail), 0);
    if (Entries.length < 1 || Entries.length > 10 || bytes > 262_144)
      return json(400, { __type: "ValidationException" });
    if (says(undefined)) return json(500, { __type: "InternalException", message: "try again" });
    const results = Entries.map((entry) => {
      const { DetailType: type, Source: source, EventBusName: bus = "default", Detail } = entry;
      const event: ReceivedEvent = { type, source, bus, detail: JSON.parse(Detail) };
      if (says(event)) return { ErrorCode: "ThrottlingException", ErrorMessage: "rate exceeded" };
      events.push(event);
      return { EventId: crypto.randomUUID() };
    });
    json(200, { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    get refused() {
      return refused;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
