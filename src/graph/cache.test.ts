import { expect, test } from "vitest";
import { graphOf, referenceSpec } from "../../test/support/reference.ts";

const withCache = (cache: object, more: Parameters<typeof referenceSpec>[0] = {}) =>
  graphOf(referenceSpec({ data: { database: {}, cache }, ...more })).graph;
const group = (graph: ReturnType<typeof withCache>) => graph.get("cache/replication-group");

test("no cache is made unless the spec asks for one", () => {
  const { graph } = graphOf();
  expect(graph.nodes.filter(({ type }) => type.startsWith("AWS::ElastiCache::"))).toEqual([]);
  expect(graph.get("cache/security-group")).toBeUndefined();
});

test("a cache in development is one node of Valkey, encrypted, in the private subnets, with a day of snapshots", () => {
  const graph = withCache({});
  expect(group(graph)).toMatchObject({
    name: "multi-agent-orchestrator-dev-cache",
    fact: "CacheReady",
    deletionPolicy: "Delete",
    props: {
      engine: "valkey",
      engineVersion: "8.2",
      nodeType: "cache.t4g.micro",
      replicas: 0,
      multiAZ: false,
      parameterGroup: "default.valkey8",
      port: 6379,
      atRestEncryption: true,
      transitEncryption: "required",
      snapshotRetentionDays: 1,
    },
  });
  expect(graph.get("cache/subnet-group")?.props.subnetIds).toEqual(
    ["private-a", "private-b"].map((subnet) => ({ $ref: { node: `subnet/${subnet}`, output: "subnetId" } })),
  );
  expect(graph.get("cache/parameter-group")).toBeUndefined();
});

test("a cache in production has a replica that takes over, a week of snapshots, and a last one when it goes", () => {
  expect(group(withCache({}, { profile: "Production" }))).toMatchObject({
    deletionPolicy: "Snapshot",
    props: { nodeType: "cache.t4g.small", replicas: 1, multiAZ: true, snapshotRetentionDays: 7 },
  });
});

test("what goes when memory is full is set in a parameter group of the version's family", () => {
  const graph = withCache({ engine: "Redis", maxMemoryPolicy: "noeviction" });
  expect(graph.get("cache/parameter-group")).toMatchObject({
    name: "multi-agent-orchestrator-dev-cache-redis7",
    props: { family: "redis7", parameters: { "maxmemory-policy": "noeviction" } },
  });
  expect(group(graph)?.props.parameterGroup).toEqual({ $ref: { node: "cache/parameter-group", output: "name" } });
});

test("a long project leaves the name of the replication group within the 40 characters that ElastiCache takes", () => {
  const graph = withCache({}, { project: "a-project-with-a-name-of-30-ch", environment: "staging12345" });
  expect(group(graph)?.name).toMatch(/^[a-z](?!.*--)[a-z0-9-]{0,38}[a-z0-9]$/);
});

test("without a way to the internet, agents put events through an endpoint in the VPC", () => {
  const [core, ...rest] = referenceSpec().agents;
  if (!core) throw new Error("the reference case has agents");
  const endpoint = (uses: { component: "events" }[]) =>
    graphOf(
      referenceSpec({
        agents: [{ ...core, uses }, ...rest.map((agent) => ({ ...agent, uses: [] }))],
        network: { natGateways: "None" },
        observability: { langfuse: { mode: "None" } },
      }),
    ).graph.get("endpoint/events");
  expect(endpoint([{ component: "events" }])?.props.service).toBe("com.amazonaws.us-east-1.events");
  expect(endpoint([])).toBeUndefined();
});
