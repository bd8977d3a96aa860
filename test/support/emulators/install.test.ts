import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { installed } from "./install.ts";
import { emulators, folderOf } from "./registry.ts";

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "cache-"));
});
afterEach(() => rm(cache, { recursive: true }));

describe("installing an emulator", () => {
  it("says what to do where there is no Python", async () => {
    const env = { ...process.env, XDG_CACHE_HOME: cache, AGENTORCH_PYTHON: join(cache, "no-python") };
    await expect(installed(emulators.moto, env)).rejects.toThrow(
      /moto needs Python 3.10 or newer with the module venv, and .*no-python is not there: install it .*AGENTORCH_PYTHON/,
    );
  });

  it("keeps every version in a folder of its own", () => {
    const other = { ...emulators.moto, version: "9.9.9" };
    expect(folderOf(other, cache)).not.toBe(folderOf(emulators.moto, cache));
  });
});
