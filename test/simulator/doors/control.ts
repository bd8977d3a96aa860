import { z } from "zod";
import { VirtualClock } from "../clock/virtual.ts";
import type { WireRequest, WireResponse } from "../codec/wire.ts";
import { faultRule } from "../faults/schema.ts";
import { script } from "../script.ts";
import { exhaustZone, restoreZone } from "../services/ec2/zones.ts";
import type { SimulatedAws } from "../simulated-aws.ts";

export const CONTROL_PATH = "/_simulator/";

const settings = z.strictObject({
  durations: z.record(z.string(), z.number().nonnegative()).optional(),
  quotas: z.record(z.string(), z.number().nonnegative()).optional(),
  consistencyLagMs: z.number().nonnegative().optional(),
  latencyMs: z.number().nonnegative().optional(),
  enforceIam: z.boolean().optional(),
  buckets: z.boolean().optional(),
});

const imageScript = z.discriminatedUnion("kind", [
  z.strictObject({ image: z.string(), kind: z.literal("works") }),
  z.strictObject({ image: z.string(), kind: z.literal("missing") }),
  z.strictObject({
    image: z.string(),
    kind: z.literal("crashes"),
    exitCode: z.number().int().exactOptional(),
    afterSeconds: z.number().nonnegative().exactOptional(),
  }),
  z.strictObject({ image: z.string(), kind: z.literal("unhealthy") }),
]);

const zone = z.strictObject({ account: z.string(), region: z.string(), zone: z.string(), capacity: z.boolean() });

const advance = z.strictObject({ advanceMs: z.number().nonnegative() });

type Handler = (aws: SimulatedAws, request: WireRequest, body: unknown) => unknown;

/** By "METHOD name". What they answer is JSON. */
const HANDLERS: Readonly<Record<string, { readonly about: string; readonly handle: Handler }>> = {
  "GET state": {
    about: "now, the number of resources by account and type (?account=), and mistakes of the simulator itself",
    handle: (aws, { query }) => {
      const account = query.get("account");
      const accounts = account ? [account] : aws.accounts.filter((one) => one !== "");
      const failures = aws.failures.map((failure) => failure.stack ?? failure.message);
      return {
        now: aws.clock.now(),
        failures,
        accounts: Object.fromEntries(accounts.map((one) => [one, aws.counts(one)])),
      };
    },
  },
  "GET calls": {
    about: "calls that came in (?service= action= account= region= outcome= write=true since= limit=100)",
    handle: (aws, { query }) => calls(aws, query),
  },
  "GET faults": { about: "faults that stand", handle: (aws) => aws.faults.rules },
  "POST faults": {
    about: "adds a fault: {fault: {kind, …}, service?, action?, account?, region?, write?, nth?, probability?, times?}",
    handle: (aws, _request, body) => {
      aws.faults.add(faultRule.parse(body));
      return aws.faults.rules;
    },
  },
  "DELETE faults": {
    about: "takes all faults away",
    handle: (aws) => {
      aws.faults.clear();
      return [];
    },
  },
  "POST scripts": {
    about:
      "{image, kind: works | missing | crashes (exitCode?, afterSeconds?) | unhealthy}: what containers of it do (* fits any characters)",
    handle: (aws, _request, body) => {
      const { image, ...what } = imageScript.parse(body);
      script(aws).image(image, what);
      return {};
    },
  },
  "DELETE scripts": {
    about: "takes back what was said of ?image=",
    handle: (aws, { query }) => {
      script(aws).forget(query.get("image") ?? "");
      return {};
    },
  },
  "POST zones": {
    about: "{account, region, zone, capacity: boolean}: whether anything new can be placed in a zone",
    handle: (aws, _request, body) => {
      const { account, region, zone: name, capacity } = zone.parse(body);
      (capacity ? restoreZone : exhaustZone)({ world: aws, account, region }, name);
      return {};
    },
  },
  "POST settings": {
    about: "{durations?: {name: seconds}, quotas?, consistencyLagMs?, latencyMs?, enforceIam?, buckets?}",
    handle: (aws, _request, body) => applySettings(aws, settings.parse(body)),
  },
  "POST clock": {
    about: "{advanceMs}: moves virtual time on",
    handle: async (aws, _request, body) => {
      if (!(aws.time instanceof VirtualClock)) throw new Error("the clock runs by itself: only a virtual one is moved");
      await aws.time.advance(advance.parse(body).advanceMs);
      return { now: aws.clock.now() };
    },
  },
  "POST reset": {
    about: "forgets every resource, fault and call",
    handle: (aws) => {
      aws.reset();
      return {};
    },
  },
};

/** The control API: JSON in, JSON out; 400 with the reason when the body does not fit, 404 with what there is. */
export async function control(aws: SimulatedAws, request: WireRequest): Promise<WireResponse> {
  const name = request.path.slice(CONTROL_PATH.length).replace(/\/$/, "");
  const handler = HANDLERS[`${request.method} ${name}`];
  if (!handler) {
    const about = Object.fromEntries(Object.entries(HANDLERS).map(([key, { about: text }]) => [key, text]));
    return json(name === "" ? 200 : 404, about);
  }
  try {
    const body: unknown = request.body.length > 0 ? JSON.parse(request.body.toString()) : {};
    return json(200, await handler.handle(aws, request, body));
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
}

const json = (status: number, value: unknown): WireResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: `${JSON.stringify(value, null, 2)}\n`,
});

function calls(aws: SimulatedAws, query: URLSearchParams): object {
  const text = (name: string) => query.get(name) ?? undefined;
  const filter = {
    service: text("service"),
    action: text("action"),
    account: text("account"),
    region: text("region"),
    outcome: text("outcome"),
    write: query.has("write") ? query.get("write") === "true" : undefined,
    since: query.has("since") ? Number(query.get("since")) : undefined,
  };
  const found = aws.calls.find(filter);
  const limit = Number(query.get("limit") ?? 100);
  return { count: found.length, byAction: aws.calls.byAction(filter), last: limit > 0 ? found.slice(-limit) : [] };
}

function applySettings(aws: SimulatedAws, given: z.infer<typeof settings>): object {
  for (const [name, seconds] of Object.entries(given.durations ?? {})) aws.setDuration(name, seconds);
  for (const [name, value] of Object.entries(given.quotas ?? {})) aws.setQuota(name, value);
  if (given.consistencyLagMs !== undefined) aws.consistencyLagMs = given.consistencyLagMs;
  if (given.latencyMs !== undefined) aws.latencyMs = given.latencyMs;
  if (given.enforceIam !== undefined) aws.enforceIam = given.enforceIam;
  if (given.buckets !== undefined) aws.limit(given.buckets);
  return given;
}
