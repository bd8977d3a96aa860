import { expect, test } from "vitest";
import { criticalPath, type Work, withinRates } from "./critical-path.ts";

const work: readonly Work[] = [
  { id: "vpc", dependsOn: [], ms: 1_000, calls: ["vpc"] },
  { id: "role", dependsOn: [], ms: 500, calls: [undefined] },
  { id: "database", dependsOn: ["vpc"], ms: 300_000, calls: ["database"] },
  { id: "balancer", dependsOn: ["vpc"], ms: 150_000, calls: ["balancer", "balancer"] },
  { id: "service", dependsOn: ["balancer", "database", "role"], ms: 40_000, calls: ["service"] },
];

const never = () => undefined;

test("the critical path is the longest way through the edges", () => {
  expect(criticalPath(work)).toBe(1_000 + 300_000 + 40_000);
  expect(criticalPath([])).toBe(0);
});

test("without request rates every platform takes the critical path", () => {
  expect(withinRates(work, 3, never)).toEqual([341_000, 341_000, 341_000]);
});

test("a bucket that gives one a second makes each platform beyond its burst wait a second more", () => {
  const rates = (bucket: string) => (bucket === "service" ? { burst: 2, perSecond: 1 } : undefined);
  expect(withinRates(work, 4, rates)).toEqual([341_000, 341_000, 342_000, 343_000]);
});

test("a bucket fills again while nobody asks", () => {
  const rates = (bucket: string) =>
    bucket === "vpc" || bucket === "service" ? { burst: 1, perSecond: 0.5 } : undefined;
  // The second VPC comes two seconds later, and so does everything after it: its service finds a token.
  expect(withinRates(work, 2, rates)).toEqual([341_000, 343_000]);
});

test("what is not on the critical path may wait without cost", () => {
  const rates = (bucket: string) => (bucket === "balancer" ? { burst: 1, perSecond: 0.1 } : undefined);
  expect(withinRates(work, 4, rates)).toEqual([341_000, 341_000, 341_000, 341_000]);
});
