import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConflictError, SecretForbiddenError } from "../../src/kube/errors.ts";
import { formatKey, type KubeObject, type ObjectKey, type ObjectStore } from "../../src/kube/object-store.ts";

export interface Spec {
  readonly size: number;
  readonly nested?: { readonly tags: readonly string[] };
}
export interface Status {
  readonly message?: string;
  readonly resources?: readonly { readonly node: string; readonly id?: string }[];
}
export type Subject = KubeObject<Spec, Status>;

/** The cluster's side: what users and other controllers do, and what they see. Names are in the namespace `contract`. */
export interface Harness {
  /** A new store over the cluster, as another process would have it. */
  store(): ObjectStore<Spec, Status>;
  create(name: string, spec: Spec): Promise<void>;
  edit(name: string, spec: Spec): Promise<void>;
  annotate(name: string, annotations: Record<string, string>): Promise<void>;
  remove(name: string): Promise<void>;
  putSecret(name: string, data: Record<string, string>): Promise<void>;
  /** Counts of the Events about the object, by reason. */
  eventCounts(name: string): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

export const namespace = "contract";
const finalizer = "agentorchestrator.io/test";

/** What the operator relies on, for every implementation of the port. */
export function objectStoreContract(title: string, start: () => Promise<Harness>): void {
  describe(title, () => {
    let harness: Harness;
    let store: ObjectStore<Spec, Status>;
    let names = 0;
    beforeAll(async () => {
      harness = await start();
      store = harness.store();
    });
    afterAll(() => harness.stop());

    const key = (name: string): ObjectKey => ({ namespace, name });
    const read = async (name: string): Promise<Subject> =>
      (await store.get(key(name))) ?? expect.fail(`${name} is gone`);
    const created = async (): Promise<Subject> => {
      const name = `subject-${++names}`;
      await harness.create(name, { size: 1 });
      return read(name);
    };

    test("get reads what was created, and undefined where there is nothing", async () => {
      const subject = await created();
      expect(subject).toMatchObject({
        kind: "AgentOrchestrator",
        spec: { size: 1 },
        metadata: { namespace, generation: 1 },
      });
      expect(subject.status).toBeUndefined();
      expect(await store.get(key("nothing"))).toBeUndefined();
      const listed = (await store.list()).find(({ metadata }) => metadata.uid === subject.metadata.uid);
      expect(listed).toEqual(subject);
    });

    test("a list that is empty stays there, and is not the same as none", async () => {
      const subject = await created();
      const begun = await store.applyStatus(subject, { resources: [] });
      expect(begun.status).toEqual({ resources: [] });
      const held = await store.addFinalizer(begun, finalizer);
      expect(held.status).toEqual({ resources: [] });
      expect((await read(subject.metadata.name)).status).toEqual({ resources: [] });
    });

    test("applyStatus sets exactly the status given, and the generation stays", async () => {
      const subject = await created();
      const first = await store.applyStatus(subject, {
        message: "a",
        resources: [{ node: "vpc", id: "vpc-1" }, { node: "nat" }],
      });
      expect(first.status).toEqual({ message: "a", resources: [{ node: "vpc", id: "vpc-1" }, { node: "nat" }] });
      const second = await store.applyStatus(first, { resources: [{ node: "nat", id: "nat-1" }] });
      expect(second.status).toEqual({ resources: [{ node: "nat", id: "nat-1" }] });
      expect(second.metadata.generation).toBe(1);
      expect(await read(subject.metadata.name)).toEqual(second);
    });

    test("applying an equal status keeps the resourceVersion", async () => {
      const first = await store.applyStatus(await created(), { message: "same" });
      const second = await store.applyStatus(first, { message: "same" });
      expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    });

    test("applyStatus goes through though the spec and the annotations changed since", async () => {
      const subject = await created();
      await harness.edit(subject.metadata.name, { size: 2 });
      await harness.annotate(subject.metadata.name, { note: "x" });
      const written = await store.applyStatus(subject, { message: "from the old spec" });
      expect(written).toMatchObject({
        spec: { size: 2 },
        status: { message: "from the old spec" },
        metadata: { generation: 2 },
      });
    });

    test("applyStatus refuses to overwrite the status of another process", async () => {
      const subject = await created();
      const other = await harness.store().applyStatus(subject, { message: "other" });
      await expect(store.applyStatus(subject, { message: "ours" })).rejects.toThrow(ConflictError);
      expect((await read(subject.metadata.name)).status).toEqual({ message: "other" });
      expect((await store.applyStatus(other, { message: "ours" })).status).toEqual({ message: "ours" });
    });

    test("applyStatus never writes to another object of the same name, nor makes one", async () => {
      const subject = await created();
      await harness.remove(subject.metadata.name);
      await expect(store.applyStatus(subject, { message: "late" })).rejects.toThrow(ConflictError);
      expect(await store.get(subject.metadata)).toBeUndefined();
      await harness.create(subject.metadata.name, { size: 1 });
      await expect(store.applyStatus(subject, { message: "late" })).rejects.toThrow(ConflictError);
      expect((await read(subject.metadata.name)).status).toBeUndefined();
    });

    test("a finalizer holds the deletion up until it is removed", async () => {
      const subject = await store.addFinalizer(await created(), finalizer);
      expect(subject.metadata.finalizers).toEqual([finalizer]);
      await harness.remove(subject.metadata.name);
      const deleting = await read(subject.metadata.name);
      expect(deleting.metadata.deletionTimestamp).toBeDefined();
      expect(deleting.metadata.generation).toBe(2);
      const told = await store.applyStatus(deleting, { message: "deleting" });
      await store.removeFinalizer(told, finalizer);
      expect(await store.get(subject.metadata)).toBeUndefined();
    });

    test("finalizers are added and removed once, beside those of others, and from an old picture", async () => {
      const old = await created();
      await harness.edit(old.metadata.name, { size: 2 });
      await store.addFinalizer(old, "example.org/other");
      const both = await store.addFinalizer(old, finalizer);
      expect(both.metadata.finalizers).toEqual(["example.org/other", finalizer]);
      expect((await store.addFinalizer(both, finalizer)).metadata.resourceVersion).toBe(both.metadata.resourceVersion);
      await store.removeFinalizer(old, finalizer);
      await store.removeFinalizer(old, finalizer);
      expect((await read(old.metadata.name)).metadata.finalizers).toEqual(["example.org/other"]);
      await store.removeFinalizer(old, "example.org/other");
    });

    test("no finalizer is added to an object being deleted, and none is missed on one that is gone", async () => {
      const before = await created();
      const subject = await store.addFinalizer(before, finalizer);
      await harness.remove(subject.metadata.name);
      await expect(store.addFinalizer(subject, "example.org/late")).rejects.toThrow(ConflictError);
      await store.removeFinalizer(subject, finalizer);
      await store.removeFinalizer(subject, finalizer);
      await expect(store.addFinalizer(before, finalizer)).rejects.toThrow(ConflictError);
    });

    test("secret reads the data as it is now", async () => {
      expect(await store.secret(namespace, "keys")).toBeUndefined();
      await harness.putSecret("keys", { token: "über", empty: "" });
      const first = await store.secret(namespace, "keys");
      expect(first?.data).toEqual(
        new Map([
          ["token", "über"],
          ["empty", ""],
        ]),
      );
      await harness.putSecret("keys", { token: "new" });
      const second = await store.secret(namespace, "keys");
      expect(second?.data).toEqual(new Map([["token", "new"]]));
      expect(second?.uid).toBe(first?.uid);
      expect(second?.resourceVersion).not.toBe(first?.resourceVersion);
    });

    test("a namespace that has not granted its Secrets is an error that names it", async () => {
      const refused = await store.secret("closed", "keys").catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(SecretForbiddenError);
      expect(refused).toMatchObject({ namespace: "closed", message: expect.stringContaining("RoleBinding") });
    });

    test("the same event again counts up, a different one is another", async () => {
      const subject = await created();
      const note = { type: "Normal", reason: "Created", action: "Create", message: "Created vpc-1" } as const;
      for (let i = 0; i < 3; i++) await store.event(subject, note);
      await store.event(subject, { ...note, type: "Warning", reason: "Refused", message: "ü".repeat(5_000) });
      expect(await harness.eventCounts(subject.metadata.name)).toEqual({ Created: 3, Refused: 1 });
    });

    test("an event about an object in a namespace that is gone fails nothing", async () => {
      const subject = await created();
      const elsewhere = { ...subject, metadata: { ...subject.metadata, namespace: "nowhere" } };
      await store.event(elsewhere, { type: "Normal", reason: "Lost", action: "Tell", message: "Lost" });
    });

    test("the cluster's identity is the same for every store", async () => {
      expect(await store.clusterId()).toMatch(/^[0-9a-f-]{36}$/);
      expect(await harness.store().clusterId()).toBe(await store.clusterId());
    });

    test("watch tells what exists, then every edit, deletion and re-creation, and no status", async () => {
      const before = await created();
      const told: string[] = [];
      const stop = new AbortController();
      const watching = store.watch((event) => told.push(formatKey(event)), stop.signal);
      const count = (name: string) => told.filter((entry) => entry === formatKey(key(name))).length;
      const reaches = async (name: string, times: number) => {
        for (let i = 0; i < 500 && count(name) < times; i++) await sleep(10);
        expect(count(name)).toBe(times);
      };
      await reaches(before.metadata.name, 1);
      const after = await created();
      const { name } = after.metadata;
      await reaches(name, 1);
      await store.applyStatus(after, { message: "quiet" });
      await harness.edit(name, { size: 2, nested: { tags: ["a"] } });
      await reaches(name, 2);
      await harness.annotate(name, { note: "x" });
      await reaches(name, 3);
      await harness.edit(name, { size: 2, nested: { tags: ["a"] } });
      await harness.remove(name);
      await reaches(name, 4);
      await harness.create(name, { size: 1 });
      await reaches(name, 5);
      stop.abort();
      await watching;
      expect(count(before.metadata.name)).toBe(1);
    });
  });
}
