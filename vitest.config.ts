import { defineConfig } from "vitest/config";

/**
 * Units and everything that runs on the simulator inside one process are in `unit`; what starts servers (API server,
 * emulators, operator processes) is in `e2e`, one file at a time, so that two cores are not fought over.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "src/**/*.test.ts",
            "test/{simulator,conformance,scenarios,explorer,support}/**/*.test.ts",
            "bench/**/*.test.ts",
            "images/**/*.test.ts",
          ],
          exclude: ["**/*.live.test.ts", "**/node_modules/**"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts", "**/*.live.test.ts"],
          exclude: ["**/node_modules/**"],
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
