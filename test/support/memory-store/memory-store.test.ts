import { expect, test } from "vitest";
import { KubeError } from "../../../src/kube/errors.ts";
import { type Harness, namespace, objectStoreContract, type Spec, type Status } from "../object-store-contract.ts";
import { MemoryStore } from "./memory-store.ts";

objectStoreContract("the store in memory", async (): Promise<Harness> => {
  const first = new MemoryStore<Spec, Status>();
  const key = (name: string) => ({ namespace, name });
  first.allowSecrets("closed", false);
  return {
    store: () => first,
    create: async (name, spec) => void first.cluster.create({ ...key(name), spec }),
    edit: async (name, spec) => void first.cluster.update(key(name), (object) => ({ ...object, spec })),
    annotate: async (name, annotations) =>
      void first.cluster.update(key(name), (object) => ({ ...object, metadata: { ...object.metadata, annotations } })),
    remove: async (name) => first.cluster.delete(key(name)),
    putSecret: async (name, data) => first.putSecret(namespace, name, data),
    eventCounts: async (name) => {
      const uid = first.cluster.get(key(name))?.metadata.uid;
      return Object.fromEntries(
        first.events.filter((event) => event.uid === uid).map(({ reason, count }) => [reason, count]),
      );
    },
    stop: async () => {},
  };
});

test("a fault before a call leaves no effect, one after it does", async () => {
  const store = new MemoryStore<Spec, Status>();
  const object = store.cluster.create({ namespace: "n", name: "o", spec: { size: 1 } });
  const lost = new KubeError(0, "NoAnswer", "connection reset");
  store.faults.before = (call) => {
    if (call.method === "applyStatus") throw lost;
  };
  await expect(store.applyStatus(object, { message: "a" })).rejects.toBe(lost);
  expect(store.cluster.get(object.metadata)?.status).toBeUndefined();
  delete store.faults.before;
  store.faults.after = () => {
    throw lost;
  };
  await expect(store.applyStatus(object, { message: "a" })).rejects.toBe(lost);
  expect(store.cluster.get(object.metadata)?.status).toEqual({ message: "a" });
});

test("what a caller holds does not change with the cluster", async () => {
  const store = new MemoryStore<Spec, Status>();
  const object = store.cluster.create({ namespace: "n", name: "o", spec: { size: 1 } });
  await store.applyStatus(object, { message: "a" });
  expect(object.status).toBeUndefined();
  expect(() => Object.assign(object.spec, { size: 2 })).toThrow(TypeError);
});
