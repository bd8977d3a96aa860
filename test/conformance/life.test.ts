import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { classify } from "../../src/aws/errors.ts";
import { tagKeys } from "../../src/aws/tags.ts";
import type { Tags, Target } from "../../src/kinds/kind.ts";
import { changedProps } from "./fixture.ts";
import { Given } from "./given.ts";
import { deleteAgain, differences, remove, settle, untilReady, update } from "./steps.ts";
import { subjects } from "./subjects.ts";

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

    async function made() {
      const { name, props } = await fixture.given(given);
      const target = given.target(name, props);
      const { id, observed } = await untilReady(given.aws, kind, await kind.create(given.aws, target));
      return { target, id, observed, props };
    }

    /** Some services tell no tags when they are asked for many resources at once: find then asks for one. */
    async function tagsOf(target: Target<object>, observed: { readonly tags?: Tags | undefined }) {
      return observed.tags ?? (await kind.find(given.aws, target))[0]?.tags;
    }

    test("is found by nobody before it is there, and by its owner once it is, with its tags", async () => {
      const { name, props } = await fixture.given(given);
      const target = given.target(name, props);
      expect(await kind.find(given.aws, target)).toEqual([]);
      const { id } = await untilReady(given.aws, kind, await kind.create(given.aws, target));
      const recorded = Object.fromEntries(kind.createOnly.map((prop) => [prop, props[prop]]));
      const writes = given.writes;
      const found = await kind.find(given.aws, { ...target, props: recorded });
      expect(found.map((one) => one.id)).toEqual([id]);
      if (kind.tag) expect(found[0]?.tags).toMatchObject(target.tags);
      expect(given.writes).toBe(writes);
    });

    test("never passes for anybody else's: what is found tells its owner, or is not found by others", async () => {
      const { target } = await made();
      const others = { [tagKeys.owner]: "team-b/dev", [tagKeys.uid]: "5f0c1a52-0000-4000-8000-000000000003" };
      const found = await kind.find(given.aws, { ...target, tags: { ...target.tags, ...others } });
      if (kind.tag) for (const one of found) expect(one.tags?.[tagKeys.owner]).toBe(target.tags[tagKeys.owner]);
      if (kind.identity === "tags") expect(found).toEqual([]);
    });

    test("gets ready as it was asked for, with nothing left to change", async () => {
      const { target, observed, id } = await made();
      expect(differences(kind, target.props, observed)).toEqual([]);
      if (kind.tag) expect(await tagsOf(target, observed)).toMatchObject(target.tags);
      for (const [name, value] of Object.entries(observed.outputs)) expect(value, name).not.toBe("");
      const writes = given.writes;
      await kind.observe(given.aws, id);
      expect(given.writes).toBe(writes);
    });

    test("shares the calls of looks at the same moment, but those that AWS answers singly", async () => {
      const { id } = await made();
      const countLooks = async (looks: number): Promise<Record<string, number>> => {
        const before = given.reads;
        const aws = given.connect();
        await Promise.all(Array.from({ length: looks }, () => kind.observe(aws, id)));
        const counts = Object.entries(Object.groupBy(given.actions(before, false), (action) => action));
        return Object.fromEntries(counts.map(([action, calls]) => [action, calls?.length ?? 0]));
      };
      const singly = await countLooks(1);
      for (const action of fixture.readsSingly ?? []) expect(singly).toHaveProperty(action);
      const shared = Object.entries(await countLooks(5)).filter(([action]) => !fixture.readsSingly?.includes(action));
      for (const [action, calls] of shared) expect(calls, action).toBe(singly[action]);
    });

    test("takes over a tag that changed, and leaves those of others", async () => {
      if (!kind.tag) return;
      const { target, id } = await made();
      await kind.tag(given.aws, id, { team: "blue" });
      await kind.tag(given.aws, id, { team: "green", Name: "renamed" });
      const { observed } = await untilReady(given.aws, kind, id);
      const expected = { ...target.tags, team: "green", Name: "renamed" };
      expect(await tagsOf(target, observed)).toMatchObject(expected);
    });

    const mutable = Object.entries(fixture.props).filter(([, how]) => "to" in how);
    test.each(mutable.map(([prop]) => prop))("changes %s in place", async (prop) => {
      const { props, observed, id } = await made();
      const wanted = await changedProps(given, props, prop, fixture);
      const changes = differences(kind, wanted, observed);
      expect(changes.map(({ field }) => field)).toContain(prop);
      await update(given.aws, kind, id, wanted, observed, changes);
      const after = await untilReady(given.aws, kind, id);
      expect(after.id).toBe(id);
      expect(differences(kind, wanted, after.observed)).toEqual([]);
      await update(given.aws, kind, id, wanted, after.observed, changes);
      expect(differences(kind, wanted, (await untilReady(given.aws, kind, id)).observed)).toEqual([]);
    });

    test.each(Object.entries(fixture.drift ?? {}))("repairs what others did: %s", async (_what, drift) => {
      const { target, id } = await made();
      await given.settled();
      await drift.act(given, id);
      await given.settled();
      const { observed } = await untilReady(given.aws, kind, id);
      expect(differences(kind, target.props, observed).map(({ field }) => field)).toContain(drift.shows);
      await settle(given.aws, kind, id, target);
    });

    const createOnly = Object.entries(fixture.props).filter(([, how]) => "replaces" in how);
    test.each(createOnly.map(([prop]) => prop))("is replaced when %s changes", async (prop) => {
      const { target, props, observed, id } = await made();
      const wanted = await changedProps(given, props, prop, fixture);
      const changes = differences(kind, wanted, observed);
      const compared = prop in observed.live;
      if (compared) expect(changes.find(({ field }) => field === prop)?.createOnly).toBe(true);
      if (kind.deleteFirst) await remove(given.aws, kind, id);
      const next = given.target(kind.deleteFirst ? target.name : `${target.name}-2`, wanted);
      const replacement = await untilReady(given.aws, kind, await kind.create(given.aws, next));
      expect(differences(kind, wanted, replacement.observed)).toEqual([]);
      if (kind.deleteFirst) return;
      expect(replacement.id).not.toBe(id);
      await remove(given.aws, kind, id);
      expect((await kind.observe(given.aws, replacement.id))?.phase).toBe("ready");
    });

    test("is deleted to the last row, and deleting it again does no harm", async () => {
      const { name, props } = await fixture.given(given);
      const target = given.target(name, props);
      await kind.find(given.aws, target);
      const before = given.counts();
      const { id } = await untilReady(given.aws, kind, await kind.create(given.aws, target));
      await deleteAgain(given.aws, kind, id);
      await deleteAgain(given.aws, kind, id);
      await remove(given.aws, kind, id);
      expect(await kind.observe(given.aws, id)).toBeUndefined();
      expect(await kind.find(given.aws, target)).toEqual([]);
      await deleteAgain(given.aws, kind, id);
      await given.settled();
      expect(given.counts()).toEqual(before);
    });

    const { obstruct } = fixture;
    test.runIf(obstruct)("names what keeps AWS from deleting it", async () => {
      const { id, props } = await made();
      const blockers = [await obstruct?.(given, id, props)].flat();
      const refusal = await kind.delete(given.aws, id, {}).catch((error: unknown) => error);
      expect(classify(refusal)).toBe("dependency");
      const named = await kind.blockers?.(given.aws, id);
      for (const blocker of blockers) expect(named?.join("\n")).toContain(blocker);
    });
  });
