import { describe, expect, it } from "vitest";
import { CALL_DEADLINE_MS } from "../aws/deadline.ts";
import type { Observation } from "../plan/observation.ts";
import { CONSISTENCY_MS, Memory } from "./memory.ts";

const ready: Observation = { state: "live", id: "vpc-1", observed: { live: {}, phase: "ready", outputs: {} } };

describe("Memory", () => {
  it("believes at once that something is gone which it saw alive long ago", () => {
    const memory = new Memory();
    memory.live("vpc", ready, 0);
    expect(memory.absent("vpc", CONSISTENCY_MS)).toBe(0);
  });

  it("does not believe that something is gone which was made a moment ago, or which this process never saw", () => {
    const memory = new Memory();
    memory.live("vpc", ready, 0);
    expect(memory.absent("vpc", 1_000)).toBe(CONSISTENCY_MS);
    expect(new Memory().absent("subnet", 5_000)).toBe(CONSISTENCY_MS);
  });

  it("counts the window from the first empty look, and anew when it has shown up meanwhile", () => {
    const memory = new Memory();
    memory.absent("vpc", 0);
    expect(memory.absent("vpc", CONSISTENCY_MS - 1)).toBe(1);
    memory.live("vpc", ready, CONSISTENCY_MS);
    expect(memory.absent("vpc", CONSISTENCY_MS + 1)).toBe(CONSISTENCY_MS);
  });

  it("counts recovery from when it began, not from the create, and adds the deadline of a call in flight", () => {
    const memory = new Memory();
    expect(memory.recoveryMs("nonce", 500_000)).toBe(CONSISTENCY_MS + CALL_DEADLINE_MS);
    expect(memory.recoveryMs("nonce", 500_000 + CONSISTENCY_MS + CALL_DEADLINE_MS)).toBe(0);
  });

  it("waits for nothing after a create that AWS refused, until one is lost", () => {
    const memory = new Memory();
    memory.refused("nonce");
    expect(memory.recoveryMs("nonce", 0)).toBe(0);
    memory.lost("nonce", 10);
    expect(memory.recoveryMs("nonce", 10)).toBe(CONSISTENCY_MS + CALL_DEADLINE_MS);
  });

  it("trusts a recent look only when it found the resource ready and nothing has been written since", () => {
    const memory = new Memory();
    memory.live("vpc", ready, 0);
    expect(memory.recent("vpc", 59_000, 60_000)).toBe(ready);
    expect(memory.recent("vpc", 60_000, 60_000)).toBeUndefined();
    memory.touched("vpc");
    expect(memory.recent("vpc", 1, 60_000)).toBeUndefined();
    memory.live(
      "nat",
      { state: "live", id: "nat", observed: { live: {}, phase: "progressing", message: "pending" } },
      0,
    );
    expect(memory.recent("nat", 1, 60_000)).toBeUndefined();
  });

  it("knows the network interfaces that outlive what was deleted, and no others", () => {
    const memory = new Memory();
    memory.deleted(
      "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shop-dev-alb/f70656263a358fa7",
    );
    memory.deleted("nat-0123456789abcdef0");
    memory.deleted("shop-dev");
    expect(memory.goesWithDeleted("network interface eni-1 (ELB app/shop-dev-alb/f70656263a358fa7)")).toBe(true);
    expect(memory.goesWithDeleted("network interface eni-2 (Interface for NAT Gateway nat-0123456789abcdef0)")).toBe(
      true,
    );
    expect(memory.goesWithDeleted("network interface eni-3 (ELB app/shop-dev-alb/0000000000000000)")).toBe(false);
    expect(memory.goesWithDeleted("security group sg-1 (shop-dev-theirs)")).toBe(false);
  });

  it("has a second resource looked for once an earlier process's calls must have ended, and then every ten minutes", () => {
    const memory = new Memory();
    expect(memory.mayHaveTwin("vpc", 0)).toBe(false);
    expect(memory.mayHaveTwin("vpc", CONSISTENCY_MS + CALL_DEADLINE_MS - 1)).toBe(false);
    expect(memory.mayHaveTwin("vpc", CONSISTENCY_MS + CALL_DEADLINE_MS)).toBe(true);
    memory.soughtTwins("vpc", 100_000);
    expect(memory.mayHaveTwin("vpc", 699_999)).toBe(false);
    expect(memory.mayHaveTwin("vpc", 700_000)).toBe(true);
  });

  it("draws delays below a bound that doubles up to 32 seconds, and begins anew after a success", () => {
    const memory = new Memory();
    const delays = Array.from({ length: 12 }, () => memory.failed("node"));
    for (const [index, delay] of delays.entries()) {
      expect(delay).toBeGreaterThanOrEqual(250);
      expect(delay).toBeLessThanOrEqual(Math.max(250, Math.min(32_000, 1_000 * 2 ** index)));
    }
    memory.succeeded("node");
    expect(memory.failed("node")).toBeLessThanOrEqual(1_000);
  });
});
