import { expect, test } from "vitest";
import { Names, uuidOf } from "./names.ts";

const place = { account: "111122223333", region: "us-east-1" };
const short = new Names({ project: "shop", environment: "dev", ...place });
const long = new Names({ project: "p".repeat(30), environment: "e".repeat(12), ...place });
const agent = "a".repeat(32);

test("names are project, environment and part", () => {
  expect(short.part("langgraph")).toBe("shop-dev-langgraph");
  expect(short.logGroup("langgraph")).toBe("/ecs/shop-dev-langgraph");
});

test("the longest names fit into what each service takes", () => {
  expect(long.loadBalancer().length).toBeLessThanOrEqual(32);
  expect(long.targetGroup(agent, {}).length).toBeLessThanOrEqual(32);
  expect(long.bucket("artifacts").length).toBeLessThanOrEqual(63);
  expect(long.role(agent).length).toBeLessThanOrEqual(64);
  expect(long.part("database").length).toBeLessThanOrEqual(63);
  expect(long.part(agent, "b".repeat(32)).length).toBeLessThanOrEqual(255);
});

test("cut names neither meet nor end in a hyphen", () => {
  const names = ["a", "b"].map((environment) => new Names({ project: "p".repeat(30), environment, ...place }));
  expect(new Set(names.map((each) => each.loadBalancer())).size).toBe(2);
  expect(new Set(names.map((each) => each.targetGroup(agent, {}))).size).toBe(2);
  const atHyphen = new Names({ project: "p".repeat(22), environment: "dev", ...place });
  expect(atHyphen.targetGroup("one", {})).toMatch(/^p{22}-[0-9a-f]{8}$/);
});

test("names of the whole account differ by region and account", () => {
  const elsewhere = new Names({ project: "shop", environment: "dev", ...place, region: "eu-west-1" });
  expect(elsewhere.role("one")).not.toBe(short.role("one"));
  expect(elsewhere.bucket("artifacts")).not.toBe(short.bucket("artifacts"));
});

test("a target group has another name when what cannot change changes", () => {
  expect(short.targetGroup("one", { port: 8000 })).not.toBe(short.targetGroup("one", { port: 8001 }));
  expect(short.targetGroup("one", { port: 8000 })).toBe(short.targetGroup("one", { port: 8000 }));
});

test("a UUID has the version and variant of RFC 9562", () => {
  expect(uuidOf("x")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(uuidOf("x")).not.toBe(uuidOf("y"));
});
