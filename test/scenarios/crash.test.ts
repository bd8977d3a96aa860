import { describe, expect, it } from "vitest";
import { CrashingLife, type CrashingLifeOptions, type End } from "../support/crashing-life.ts";
import { agentEdit, type Edit } from "../support/stage.ts";

/** CRASH_SEED=7 CRASH_LIVES=100 goes further than the few lives of every day. */
const FIRST = Number(process.env.CRASH_SEED ?? 1);
const LIVES = Number(process.env.CRASH_LIVES ?? 2);
/** Seconds on an idle machine; several times that where the whole suite runs beside it. */
const TIMEOUT_MS = 120_000;

const withoutCortex: Edit = ({ spec }) => {
  const agents = spec.agents as { name: string; uses: { agent?: string }[] }[];
  spec.agents = agents
    .filter(({ name }) => name !== "snowflake-cortex")
    .map((agent) => ({ ...agent, uses: agent.uses.filter((use) => use.agent !== "snowflake-cortex") }));
};

/** A database on EFS, a bucket, one NAT gateway: the kinds that the reference case does without. */
const otherKinds: Edit = ({ spec }) => {
  const database = { deployment: "Container", passwordSecretRef: { name: "postgres" } };
  spec.data = { database, artifacts: {} };
  spec.network = { cidr: "10.0.0.0/16", natGateways: "Single" };
};

const clickhouse = { url: "https://clickhouse.example.com:8443", secretRef: { name: "clickhouse" } };
const onlyCortex: NonNullable<Edit> = ({ spec }) => {
  spec.agents = (spec.agents as { name: string }[]).filter(({ name }) => name === "snowflake-cortex");
};
const ownLangfuse: Edit = (object) => {
  onlyCortex(object);
  const { spec } = object;
  spec.data = { database: {}, cache: { maxMemoryPolicy: "noeviction" }, artifacts: {} };
  spec.observability = { langfuse: { mode: "SelfHosted", selfHosted: { clickhouse } } };
};

const lives: Readonly<Record<string, readonly Edit[]>> = {
  "the reference case": [
    undefined,
    agentEdit("langgraph", { replicas: 3, image: { tag: "v2" } }),
    agentEdit("aws-agent-core", { port: 8080 }),
    withoutCortex,
  ],
  "a database in a container, a bucket": [
    otherKinds,
    (object) => [otherKinds, withoutCortex].map((edit) => edit?.(object)),
  ],
  "a Langfuse of one's own, then Cloud": [ownLangfuse, onlyCortex],
};

describe.each(Object.entries(lives))("an operator that dies again and again, with %s", (_name, edits) => {
  let undisturbed: Promise<readonly End[]> | undefined;

  async function endsAsEver(options: Omit<CrashingLifeOptions, "edits">): Promise<void> {
    undisturbed ??= new CrashingLife({ seed: 0, calls: 0, edits }).live();
    const expected = await undisturbed;
    expect(expected.at(-1)).toEqual({ resources: [], inventory: [] });
    const life = new CrashingLife({ ...options, edits });
    const ends = await life.live().catch((error: unknown) => {
      throw new Error(`after deaths ${life.deaths.slice(-12).join(", ")}`, { cause: error });
    });
    expect(life.deaths.length).toBeGreaterThan(edits.length);
    expect(ends).toEqual(expected);
    expect(life.stage.aws.failures).toEqual([]);
  }

  const seeds = Array.from({ length: LIVES }, (_, place) => FIRST + place);
  it.each(seeds)(
    "comes to the same end as one that never dies (seed %i)",
    (seed) => endsAsEver({ seed, calls: 12 }),
    TIMEOUT_MS,
  );
  it.each(seeds)(
    "does so while reads are up to 20 s behind (seed %i)",
    (seed) => endsAsEver({ seed, calls: 12, lagMs: 20_000 }),
    TIMEOUT_MS,
  );
});
