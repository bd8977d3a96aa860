import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleAgent } from "../../../scripts/images/bundle.ts";
import { type Snowflake, startSnowflake } from "../../../test/support/snowflake/snowflake.ts";
import { startCortex } from "./testing/cortex.ts";

let snowflake: Snowflake;
let folder: string;

beforeAll(async () => {
  snowflake = await startSnowflake();
  folder = await mkdtemp(join(tmpdir(), "snowflake-cortex-"));
});
afterAll(async () => {
  await snowflake?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("the bundle, which leaves out the driver's other clouds and logins, logs in and reads large results", async () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const { packages } = await bundleAgent(root, "snowflake-cortex", folder);
  const names = packages.map(({ name }) => name);
  expect(names).toContain("snowflake-sdk");
  expect(names.filter((name) => /^@azure|google-auth|client-s3|^open$/.test(name))).toEqual([]);
  await snowflake.change({ rows_a_file: 100 });
  const cortex = await startCortex(snowflake, { HOME: "" }, pathToFileURL(join(folder, "agent.js")));
  try {
    await cortex.ready();
    const sql = "select seq4() as n from table(generator(rowcount => 1000))";
    const { text } = await cortex.post("/query/stream", { sql });
    expect(text.trim().split("\n")).toHaveLength(1_002);
    expect((await cortex.post("/complete", { prompt: "x" })).status).toBe(200);
    expect((await cortex.post("/search", { query: "x", service: "docs" })).status).toBe(200);
  } finally {
    expect(await cortex.stop()).toBe(0);
  }
});
