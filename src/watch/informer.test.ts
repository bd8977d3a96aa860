import { expect, test } from "vitest";
import { MemoryCluster } from "../../test/support/memory-store/memory-cluster.ts";
import { settle, VirtualClock } from "../../test/support/virtual-clock.ts";
import { KubeError } from "../kube/errors.ts";
import { type ListWatch, runInformer } from "./informer.ts";

interface Spec {
  readonly size: number;
}

function fixture() {
  const clock = new VirtualClock();
  const cluster = new MemoryCluster<Spec, unknown>();
  const told: string[] = [];
  const errors: unknown[] = [];
  const calls = { list: 0, watch: 0 };
  // Between the informer and the server: a rejection here is a server that cannot be reached.
  const network = { list: async () => {}, watch: async () => {}, handler: (_name: string) => {} };
  const source: ListWatch = {
    list: async (signal) => {
      calls.list++;
      await network.list();
      return cluster.source.list(signal);
    },
    watch: async (version, onEvent, signal) => {
      calls.watch++;
      await network.watch();
      return cluster.source.watch(version, onEvent, signal);
    },
  };
  const stop = new AbortController();
  const onEvent = ({ name }: { name: string }) => {
    told.push(name);
    network.handler(name);
  };
  const ended = runInformer(
    { source, clock, onEvent, onError: (error) => errors.push(error), random: () => 1 },
    stop.signal,
  );
  const create = (name: string) => cluster.create({ namespace: "n", name, spec: { size: 1 } });
  const edit = (name: string, size: number) =>
    cluster.update({ namespace: "n", name }, (object) => ({ ...object, spec: { size } }));
  /** What was told since the last call. */
  const news = () => told.splice(0);
  return {
    clock,
    cluster,
    create,
    edit,
    remove: (name: string) => cluster.delete({ namespace: "n", name }),
    news,
    errors,
    calls,
    network,
    stop,
    ended,
  };
}

const broken = () => Promise.reject(new KubeError(0, "NoAnswer", "connection refused"));

test("edits, deletions and re-creations are told as they happen", async () => {
  const { clock, create, edit, remove, news } = fixture();
  await clock.advance(10);
  create("a");
  edit("a", 2);
  remove("a");
  create("a");
  expect(news()).toEqual(["a", "a", "a", "a"]);
});

test("while the server is away nothing is told, and afterwards each change once", async () => {
  const { clock, cluster, create, edit, remove, news, network } = fixture();
  for (const name of ["kept", "edited", "removed", "replaced"]) create(name);
  await clock.advance(10);
  expect(news()).toEqual(["kept", "edited", "removed", "replaced"]);
  network.list = network.watch = broken;
  cluster.disconnect(new KubeError(0, "NoAnswer", "connection reset"));
  edit("edited", 2);
  edit("edited", 3);
  remove("removed");
  remove("replaced");
  create("replaced");
  create("added");
  await clock.advance(60_000);
  expect(news()).toEqual([]);
  // The history is gone as well, so only a list can tell.
  cluster.compact();
  network.list = network.watch = async () => {};
  await clock.advance(5_000);
  expect(news().sort()).toEqual(["added", "edited", "removed", "replaced"]);
});

test("a broken connection is followed by a watch from the same place, without a list", async () => {
  const { clock, cluster, create, news, calls } = fixture();
  await clock.advance(10);
  cluster.disconnect(new KubeError(0, "NoAnswer", "connection reset"));
  create("a");
  await clock.advance(500);
  expect(news()).toEqual(["a"]);
  expect(calls.list).toBe(1);
});

test("lost history costs one list", async () => {
  const { clock, cluster, create, news, calls } = fixture();
  create("a");
  await clock.advance(10);
  create("b");
  cluster.compact();
  cluster.disconnect(new KubeError(410, "Expired", "too old resource version"));
  create("c");
  await clock.advance(10_000);
  expect(news()).toEqual(["a", "b", "c"]);
  expect(calls.list).toBe(2);
});

test("a server that is away is asked about once a second at most, and one that ends every watch at once as well", async () => {
  const away = fixture();
  away.network.list = broken;
  await away.clock.advance(60_000);
  expect(away.calls.list).toBeLessThan(40);
  away.stop.abort();
  await away.ended;
  const hasty = fixture();
  const original = hasty.cluster.source.watch;
  Object.assign(hasty.cluster.source, { watch: async () => {} });
  await hasty.clock.advance(60_000);
  expect(hasty.calls.watch).toBeLessThan(40);
  expect(hasty.calls.list).toBe(1);
  Object.assign(hasty.cluster.source, { watch: original });
  hasty.create("late");
  await hasty.clock.advance(5_000);
  expect(hasty.news()).toEqual(["late"]);
});

test("what a handler throws is reported and ends nothing", async () => {
  const { clock, create, news, errors, network } = fixture();
  network.handler = (name) => {
    if (name === "bad") throw new Error("handler");
  };
  create("bad");
  create("good");
  await clock.advance(10);
  create("later");
  expect(news()).toEqual(["bad", "good", "later"]);
  expect(errors).toEqual([new Error("handler")]);
});

test("metadata that others keep, as managedFields and status, is no news; labels, annotations and finalizers are", async () => {
  const { clock, cluster, create, news } = fixture();
  const object = create("a");
  await clock.advance(10);
  news();
  const key = object.metadata;
  cluster.update(key, (latest) => ({ ...latest, status: { message: "x" } }));
  expect(news()).toEqual([]);
  cluster.update(key, (latest) => ({ ...latest, metadata: { ...latest.metadata, labels: { a: "1", b: "2" } } }));
  cluster.update(key, (latest) => ({ ...latest, metadata: { ...latest.metadata, labels: { b: "2", a: "1" } } }));
  cluster.update(key, (latest) => ({ ...latest, metadata: { ...latest.metadata, annotations: { a: "1" } } }));
  cluster.update(key, (latest) => ({ ...latest, metadata: { ...latest.metadata, finalizers: ["example.org/x"] } }));
  expect(news()).toEqual(["a", "a", "a"]);
});

test("it ends when it is told to, at any moment", async () => {
  for (const moment of [0, 10]) {
    const { clock, stop, ended, errors } = fixture();
    await clock.advance(moment);
    stop.abort();
    await settle();
    await ended;
    expect(errors).toEqual([]);
  }
});
