import { text } from "node:stream/consumers";
import { run } from "./program.ts";

// The exit code is set, not forced: output to a pipe is still being written.
process.exitCode = await run(process.argv.slice(2), {
  out: (line) => console.log(line),
  err: (line) => console.error(line),
  stdin: () => text(process.stdin),
  // Loaded only by commands that ask AWS or a cluster: their clients are most of the start-up time.
  sources: async (options) => (await import("./sources.ts")).sourcesOf(options, process.env),
});
