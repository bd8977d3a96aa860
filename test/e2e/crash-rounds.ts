import { expect } from "vitest";
import { inventoryOf, type Live } from "../support/orchestrator.ts";
import type { CrashingOperator, Moment } from "./crashing-operator.ts";
import type { ReferenceCase } from "./reference-case.ts";

/** What a run has come to: what lives in the account, and what status.resources says of it. */
interface Picture {
  readonly resources: readonly string[];
  readonly inventory: readonly string[];
}

/** Where a run must end, by phase: after the deletion the account is empty. */
export interface Ends {
  readonly create: Picture;
  readonly change: Picture;
}

type Phase = "create" | "change" | "delete";

const pictureOf = async (platform: ReferenceCase, object: Live | undefined): Promise<Picture> => ({
  resources: await platform.resources(),
  inventory: inventoryOf(object),
});

/** The life of the reference case: what is done in each phase, and what shows that it is over. */
const phases: Readonly<Record<Phase, (platform: ReferenceCase) => Promise<Live | undefined>>> = {
  create: async (platform) => {
    await platform.begin();
    return platform.ready();
  },
  change: async (platform) => {
    await platform.change();
    return platform.ready();
  },
  delete: async (platform) => {
    await platform.object.delete();
    await platform.gone();
    return undefined;
  },
};

/** One life without any disturbance. */
export async function undisturbed(platform: ReferenceCase): Promise<Ends> {
  const create = await pictureOf(platform, await phases.create(platform));
  const change = await pictureOf(platform, await phases.change(platform));
  await phases.delete(platform);
  expect(await platform.resources()).toEqual([]);
  return { create, change };
}

export interface Rounds {
  readonly platform: ReferenceCase;
  readonly operator: CrashingOperator;
  readonly ends: Ends;
  /** Kills in all, at least: so many rounds as they take. */
  readonly kills: number;
  /** Kills in one phase, at most, so that it comes to its end; and when. */
  readonly crashes: Readonly<Record<Phase, { readonly most: number; readonly moment: Moment }>>;
}

/** Lives of the reference case under crashes, each of which must end where the undisturbed one does. */
export async function crashRounds({ platform, operator, ends, kills, crashes }: Rounds): Promise<void> {
  const counts = { create: 0, change: 0, delete: 0 };
  const crashing = async (phase: Phase): Promise<Live | undefined> => {
    const before = operator.kills;
    const { most, moment } = crashes[phase];
    try {
      return await operator.crashDuring(() => phases[phase](platform), most, moment);
    } finally {
      counts[phase] += operator.kills - before;
      platform.object.say(`${phase}: killed ${operator.kills - before} times`);
    }
  };
  for (let round = 1; operator.kills < kills; round++) {
    expect(round, "rounds").toBeLessThan(10);
    expect(await pictureOf(platform, await crashing("create"))).toEqual(ends.create);
    expect(await pictureOf(platform, await crashing("change"))).toEqual(ends.change);
    await crashing("delete");
    expect(await platform.resources()).toEqual([]);
  }
  platform.object.say(`killed in all: ${JSON.stringify(counts)}`);
}
