import { afterAll, beforeAll, expect, test } from "vitest";
import { Explorer } from "./explorer.ts";
import { parsePlan } from "./plan.ts";

/** What the explorer has found, in the fewest faults that show it. Each was a leak, a duplicate or a standstill. */
const found: readonly (readonly [sentence: string, plan: string])[] = [
  ["a VPC made by a process that stood still until its successor was done is removed", "small:paused@CreateVpc.1#4"],
  ["so is an internet gateway", "small:paused@CreateInternetGateway.1#4"],
  ["so is an address", "small:paused@AllocateAddress.1#4"],
  ["so is a revision of a task definition", "small:paused@RegisterTaskDefinition.1#4"],
  [
    "a task definition that AWS did not show when it was to go is looked for again, and goes",
    "small:stale@CreateSubnet.1,deleted@RegisterTaskDefinition.2#1",
  ],
  [
    "a task definition that somebody deregistered is registered again, although revisions are remembered",
    "small:removed@CreateService.4#44",
  ],
  [
    "a release whose log group somebody deleted is rolled back as a whole: no half of it is sent again, and asked for it is",
    "files:crash-before@ReplaceRoute.1,removed@AuthorizeSecurityGroupIngress.5#1926151191",
  ],
];

const unhandled: unknown[] = [];
const note = (error: unknown): unknown => unhandled.push(error);
beforeAll(() => void process.on("unhandledRejection", note));
afterAll(() => void process.off("unhandledRejection", note));

const explorer = new Explorer();
test.each(found)("%s", { timeout: 120_000 }, async (_, text) => {
  const plan = parsePlan(text);
  const { violations, struck } = await explorer.play(plan);
  expect(violations).toEqual([]);
  expect(struck).toBe(plan.faults.length);
  expect(unhandled.splice(0)).toEqual([]);
});
