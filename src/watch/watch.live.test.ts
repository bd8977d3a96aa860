import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type LiveHarness, startLiveHarness } from "../../test/support/kube/live-harness.ts";
import { systemClock } from "../clock.ts";
import { hasStatus } from "../kube/errors.ts";
import { KubeHttp } from "../kube/http.ts";
import { listWatchOver } from "../kube/list-watch.ts";
import { allObjectsPath } from "../kube/resource.ts";
import { type ListWatch, runInformer } from "./informer.ts";
import { LeaderElector } from "./leader-election.ts";
import { leaseStoreOver } from "./lease.ts";

// These tests crash and stop the API server, which a cluster of the user's own must be spared.
describe.skipIf(Boolean(process.env.AGENTORCH_KUBECONFIG))("against a real API server that fails", () => {
  let harness: LiveHarness;
  const told: { readonly name: string; readonly at: number }[] = [];
  const stop = new AbortController();
  let watching: Promise<void>;
  let count = 0;

  beforeAll(async () => {
    harness = await startLiveHarness();
    watching = harness.store().watch(({ name }) => told.push({ name, at: performance.now() }), stop.signal);
    for (let i = 0; i < 20; i++) await harness.create(`bystander-${i}`, { size: 1 });
    await tells("bystander-19");
  });
  afterAll(async () => {
    stop.abort();
    await watching;
    await harness.stop();
  });
  beforeEach(() => {
    told.length = 0;
  });

  /** Waits until `name` was told and returns the milliseconds that took. */
  async function tells(name: string, withinMs = 60_000): Promise<number> {
    const started = performance.now();
    while (performance.now() - started < withinMs) {
      const event = told.find((entry) => entry.name === name);
      if (event !== undefined) return Math.max(0, Math.round(event.at - started));
      await sleep(5);
    }
    throw new Error(`${name} was not told within ${withinMs} ms; errors: ${harness.errors.slice(-5).join("; ")}`);
  }

  async function editTold(what: string, withinMs: number): Promise<void> {
    const name = `edited-${++count}`;
    await harness.create(name, { size: 1 });
    const ms = await tells(name);
    console.log(`${what}: an edit was told ${ms} ms after it was made`);
    expect(ms).toBeLessThan(withinMs);
  }

  /** Nothing was told but what changed. */
  function isQuietBeside(...names: string[]): void {
    const others = told.filter(({ name }) => !names.includes(name)).map(({ name }) => name);
    expect(others).toEqual([]);
  }

  test("an edit is told within a fraction of a second", async () => {
    await editTold("healthy", 1_000);
    isQuietBeside(`edited-${count}`);
  });

  test("a crash and restart misses nothing and repeats nothing", async () => {
    await harness.controlPlane.kill();
    await sleep(3_000);
    await harness.controlPlane.restart();
    await editTold("crashed for three seconds", 10_000);
    isQuietBeside(`edited-${count}`);
  });

  test("history that was compacted costs a list, which tells what changed and nothing else", async () => {
    const source = listWatchOver(harness.admin, allObjectsPath);
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const gated: ListWatch = {
      ...source,
      watch: (...args) => gate.then(() => source.watch(...args)),
    };
    const names: string[] = [];
    const errors: unknown[] = [];
    const end = new AbortController();
    const onEvent = ({ name }: { name: string }) => names.push(name);
    const onError = (error: unknown) => errors.push(error);
    const ended = runInformer({ source: gated, clock: systemClock, onEvent, onError }, end.signal);
    await vi.waitFor(() => expect(names).toContain("bystander-19"), { timeout: 10_000 });
    names.length = 0;
    await harness.remove("bystander-0");
    await harness.edit("bystander-1", { size: 2 });
    await harness.controlPlane.kill();
    await harness.controlPlane.compact();
    await harness.controlPlane.restart();
    open();
    await vi.waitFor(() => expect(names.sort()).toEqual(["bystander-0", "bystander-1"]), { timeout: 10_000 });
    // A connection that was kept open to the server that died may break first: that is told as well, and costs no list.
    expect(errors.filter((error) => hasStatus(error, 410))).toHaveLength(1);
    end.abort();
    await ended;
    await editTold("compacted", 10_000);
    isQuietBeside("bystander-0", "bystander-1", `edited-${count}`);
  });

  test("a silent server is noticed within about ten seconds, and edits are told once it speaks again", async () => {
    const before = harness.errors.length;
    harness.controlPlane.pause();
    const paused = performance.now();
    while (harness.errors.length === before && performance.now() - paused < 30_000) await sleep(20);
    const noticed = Math.round(performance.now() - paused);
    console.log(`silent: noticed after ${noticed} ms`);
    expect(noticed).toBeLessThan(12_000);
    await sleep(5_000);
    harness.controlPlane.resume();
    await editTold("silent for fifteen seconds", 10_000);
    isQuietBeside(`edited-${count}`);
  });

  test("a quiet watch outlives the compaction of what it began with", async () => {
    await sleep(10_000);
    const before = harness.errors.length;
    await harness.controlPlane.compact();
    await sleep(8_000);
    await editTold("compacted while quiet", 1_000);
    expect(harness.errors.length).toBe(before);
    isQuietBeside(`edited-${count}`);
  });

  test("of two processes one leads; the other takes over at once when it stops, and in the lease's time when it dies", async () => {
    const config = await harness.controlPlane.kubeconfigFor("agentorchestrator", "agentorchestrator-system");
    const start = (identity: string, timing?: { durationMs: number; renewDeadlineMs: number; retryMs: number }) => {
      const leases = leaseStoreOver(KubeHttp.fromKubeconfig(config), "agentorchestrator-system", "agentorchestrator");
      const elector = new LeaderElector({ leases, identity, ...(timing && { timing }) });
      const end = new AbortController();
      const lead = (leading: AbortSignal) =>
        new Promise<void>((resolve) => leading.addEventListener("abort", () => resolve(), { once: true }));
      return { elector, end, done: elector.run(end.signal, lead) };
    };
    const leads = async (elector: LeaderElector) => {
      const started = performance.now();
      while (!elector.isLeader() && performance.now() - started < 30_000) await sleep(10);
      return Math.round(performance.now() - started);
    };
    const first = start("first");
    await leads(first.elector);
    const second = start("second");
    await sleep(3_000);
    expect(second.elector.isLeader()).toBe(false);
    first.end.abort();
    const released = await leads(second.elector);
    expect(await first.done).toBe("stopped");
    second.end.abort();
    await second.done;

    // A holder that died: its lease stands, for three seconds, and nobody renews it.
    const leases = leaseStoreOver(KubeHttp.fromKubeconfig(config), "agentorchestrator-system", "agentorchestrator");
    const left = await leases.read();
    await leases.write({ ...(left ?? expect.fail()), holder: "dead", durationSeconds: 3 });
    const third = start("third", { durationMs: 3_000, renewDeadlineMs: 2_000, retryMs: 500 });
    const expired = await leads(third.elector);
    console.log(`leader: ${released} ms after release, ${expired} ms after the death of a holder of three seconds`);
    expect(released).toBeLessThan(5_000);
    expect(expired).toBeGreaterThan(2_500);
    expect(expired).toBeLessThan(6_000);
    third.end.abort();
    await third.done;
  });
});
