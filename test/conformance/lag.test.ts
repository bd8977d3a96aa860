import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { classify } from "../../src/aws/errors.ts";
import type { AnyKind } from "../../src/kinds/kind.ts";
import { changedProps } from "./fixture.ts";
import { Given } from "./given.ts";
import { differences, remove } from "./steps.ts";
import { subjects } from "./subjects.ts";

/** "The EC2 API follows an eventual consistency model": https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html */
const LAG_MS = 30_000;

/** What time heals, as the engine sees it; the rest would stop it. */
const PASSES = new Set(["notFound", "conflict", "dependency", "busy", "transient", "throttle"]);

/** Looks and repairs until what AWS shows stays as it was asked for, longer than reads may be behind. */
async function converge(aws: Aws, kind: AnyKind, created: string, props: object): Promise<string> {
  const deadline = aws.clock.now() + 2 * 3600 * 1000;
  let id = created;
  let since = Number.POSITIVE_INFINITY;
  while (aws.clock.now() - since < 2 * LAG_MS) {
    if (aws.clock.now() > deadline) throw new Error(`${kind.type} ${id} does not become as it was asked for`);
    await aws.clock.sleep(kind.timing.pollSeconds * 1000);
    const observed = await kind.observe(aws, id);
    id = observed?.id ?? id;
    const changes = observed?.phase === "ready" ? differences(kind, props, observed) : [];
    const isAsAsked = observed?.phase === "ready" && changes.length === 0;
    since = isAsAsked ? Math.min(since, aws.clock.now()) : Number.POSITIVE_INFINITY;
    if (!observed || changes.length === 0) continue;
    expect(changes.filter(({ createOnly }) => createOnly)).toEqual([]);
    const change = { props, live: observed.live, changed: changes.map(({ field }) => field) };
    await kind.update?.(aws, id, change).catch((error: unknown) => {
      if (!PASSES.has(classify(error))) throw error;
    });
  }
  return id;
}

// One by one and not by describe.each, which would shorten the names that -t selects by.
for (const { label, kind, fixture } of subjects)
  describe(label, () => {
    let given: Given;
    beforeEach(() => {
      given = new Given();
    });
    afterEach(() => {
      expect(given.world.failures).toEqual([]);
    });

    const mutable = Object.entries(fixture.props).filter(([, how]) => "to" in how);
    test.each([undefined, ...mutable.map(([prop]) => prop)])(
      "ends up as it was asked for while reads are behind: created, with %s changed, gone",
      async (prop) => {
        const { name, props } = await fixture.given(given);
        const wanted = prop ? await changedProps(given, props, prop, fixture) : props;
        await given.settled();
        given.world.consistencyLagMs = LAG_MS;
        const target = given.target(name, props);
        const id = await converge(given.aws, kind, await kind.create(given.aws, target), props);
        expect(await converge(given.aws, kind, id, wanted)).toBe(id);
        expect(await kind.find(given.aws, { ...target, props: wanted })).toHaveLength(1);
        await remove(given.aws, kind, id);
        await given.aws.clock.sleep(LAG_MS);
        expect(await kind.observe(given.aws, id)).toBeUndefined();
      },
    );
  });
