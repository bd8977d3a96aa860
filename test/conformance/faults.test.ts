import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { classify } from "../../src/aws/errors.ts";
import type { Found, Target } from "../../src/kinds/kind.ts";
import type { Fault } from "../simulator/index.ts";
import { changedProps } from "./fixture.ts";
import { Given } from "./given.ts";
import { differences, remove, settle, untilReady } from "./steps.ts";
import { subjects } from "./subjects.ts";

/** More calls than any create makes: the suite stops at the first that is not struck. */
const MOST_CALLS = 20;

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

    /** Rows that an undisturbed create leaves. */
    async function undisturbed() {
      const calm = new Given();
      const { name, props } = await fixture.given(calm);
      await settle(calm.aws, kind, await kind.create(calm.aws, calm.target(name, props)), calm.target(name, props));
      await calm.settled();
      return calm.counts();
    }

    /** ElastiCache tells no tags of what it is creating: the engine looks again. */
    async function findPatiently(target: Target<object>): Promise<readonly Found[]> {
      for (let look = 0; look < 1_000; look++) {
        try {
          return await kind.find(given.aws, target);
        } catch (error) {
          if (classify(error) !== "busy") throw error;
        }
        await given.aws.clock.sleep(kind.timing.pollSeconds * 1000);
      }
      throw new Error(`${kind.type} ${target.name} cannot be looked for`);
    }

    /** What the engine does about a create that threw: the same token again, or a look for what it may have made. */
    async function recover(target: Target<object>): Promise<string> {
      if (kind.identity === "token") return kind.create(given.aws, target);
      const [found] = await findPatiently(target);
      return found?.id ?? kind.create(given.aws, target);
    }

    /** Creates with the nth write struck. Undefined: there is no nth write. */
    async function struckCreate(fault: Fault, nth: number) {
      given = new Given();
      const { name, props } = await fixture.given(given);
      const target = given.target(name, props);
      await kind.find(given.aws, target);
      const before = given.counts();
      const lift = given.world.faults.add({ fault, write: true, nth });
      const writes = given.writes;
      const answer = await kind.create(given.aws, target).then(
        (id: string) => ({ id }),
        (error: unknown) => ({ error }),
      );
      const struck = given.world.calls
        .find({ write: true })
        .slice(writes)
        .some(({ outcome }) => outcome !== "ok");
      lift();
      return struck ? { target, before, answer } : undefined;
    }

    test("makes no duplicate when any answer of its creation is lost, and ends up as it was asked for", async () => {
      const expected = await undisturbed();
      for (let nth = 1; nth <= MOST_CALLS; nth++) {
        const struck = await struckCreate({ kind: "lost" }, nth);
        if (!struck) return expect(nth).toBeGreaterThan(1);
        const { target, answer } = struck;
        const id = "id" in answer ? answer.id : await recover(target);
        const settled = await settle(given.aws, kind, id, target);
        expect((await kind.find(given.aws, target)).map((one) => one.id)).toEqual([settled.id]);
        await given.settled();
        expect(given.counts(), `after losing the answer to call ${nth}`).toEqual(expected);
      }
    });

    test("surfaces a throttled creation as such, with nothing made or with its id", async () => {
      for (let nth = 1; nth <= MOST_CALLS; nth++) {
        const struck = await struckCreate({ kind: "throttle" }, nth);
        if (!struck) return expect(nth).toBeGreaterThan(1);
        const { target, before, answer } = struck;
        if ("error" in answer) {
          expect(classify(answer.error)).toBe("throttle");
          // The engine takes a throttled create for one without effect, unless it can find it by its natural key.
          if (kind.identity !== "naturalKey") expect(given.counts()).toEqual(before);
        }
        await settle(given.aws, kind, "id" in answer ? answer.id : await recover(target), target);
        expect(await kind.find(given.aws, target)).toHaveLength(1);
      }
    });

    test("surfaces a throttled deletion as such, and can be deleted afterwards", async () => {
      const { name, props } = await fixture.given(given);
      const target = given.target(name, props);
      const { id } = await untilReady(given.aws, kind, await kind.create(given.aws, target));
      given.world.faults.add({ fault: { kind: "throttle" }, write: true, nth: 1 });
      const refusal = await kind.delete(given.aws, id, {}).catch((error: unknown) => error);
      expect(classify(refusal)).toBe("throttle");
      await remove(given.aws, kind, id);
    });

    const mutable = Object.entries(fixture.props).filter(([, how]) => "to" in how);
    test.each(mutable.map(([prop]) => prop))(
      "surfaces a throttled change of %s as such, and makes it later",
      async (prop) => {
        const { name, props } = await fixture.given(given);
        const { id, observed } = await untilReady(
          given.aws,
          kind,
          await kind.create(given.aws, given.target(name, props)),
        );
        const wanted = await changedProps(given, props, prop, fixture);
        const changed = differences(kind, wanted, observed).map(({ field }) => field);
        given.world.faults.add({ fault: { kind: "throttle" }, write: true, nth: 1 });
        const change = { props: wanted, live: observed.live, changed };
        const refusal = await kind.update?.(given.aws, id, change).catch((error: unknown) => error);
        expect(classify(refusal)).toBe("throttle");
        await settle(given.aws, kind, id, given.target(name, wanted));
      },
    );

    const faults: readonly Fault[] = [
      { kind: "throttle" },
      { kind: "denied" },
      { kind: "error" },
      { kind: "lost", before: true },
    ];
    test.each(faults)("takes no failed read for absence: $kind", async (fault) => {
      const { name, props } = await fixture.given(given);
      const target = given.target(name, props);
      const { id } = await untilReady(given.aws, kind, await kind.create(given.aws, target));
      // A new connection each time: what never changes need not be read twice by one process.
      const looks = {
        observe: () => kind.observe(given.connect(), id),
        find: () => kind.find(given.connect(), target),
      };
      for (const [verb, look] of Object.entries(looks)) {
        const before = given.reads;
        await look();
        const asked = [...new Set(given.actions(before, false))];
        expect(asked.length).toBeGreaterThan(0);
        for (const action of asked) {
          const lift = given.world.faults.add({ fault, action });
          await expect(look(), `${verb} with ${action} failing`).rejects.toThrow();
          lift();
        }
      }
    });
  });
