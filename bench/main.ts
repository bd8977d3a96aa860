import { parseArgs } from "node:util";
import { measureEngine } from "./engine.ts";
import { type Figure, meets, table, writeJson } from "./figures.ts";
import { measureProcess } from "./processes.ts";

const USAGE = `What the operator costs and how fast it is, measured.

npm run bench [-- --platforms 1,10,100] [--only NAME] [--json FILE]

  --platforms N,N   sizes to measure (default 1,10,100)
  --only NAME       creation: time to Ready and calls to create, on virtual time
                    sweep: creation, and the calls of a look at everything when nothing changed
                    process: memory, CPU and restart of the bundled operator at the largest size, in real time
  --json FILE       writes {"figures": [{"name", "value", "unit", "goal", "better"}]}
`;

const SECTIONS = ["creation", "sweep", "process"];
/** The reference case: known here so that --only process need not make it first. */
const RESOURCES_EACH = 62;

const { values } = parseArgs({
  options: {
    platforms: { type: "string", default: "1,10,100" },
    only: { type: "string" },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const counts = values.platforms.split(",").map(Number);
if (!counts.every((count) => Number.isInteger(count) && count > 0)) fail(`--platforms ${values.platforms}`);
if (values.only !== undefined && !SECTIONS.includes(values.only)) fail(`--only ${values.only}`);

const began = performance.now();
const log = (line: string): void =>
  console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${line}`);
const figures: Figure[] = [];
if (values.only !== "process")
  figures.push(...(await measureEngine({ counts, sweeps: values.only !== "creation", log })));
if (values.only === undefined || values.only === "process") {
  figures.push(...(await measureProcess({ count: Math.max(...counts), resourcesEach: RESOURCES_EACH, log })));
}
console.log(`\n${table(figures)}`);
if (values.json !== undefined) await writeJson(values.json, figures);
const missed = figures.filter((figure) => !meets(figure)).length;
console.log(missed === 0 ? "\nAll goals are met." : `\n${missed} of the goals are missed.`);
process.exit(0);

function fail(what: string): never {
  console.error(`${what}: not understood\n\n${USAGE}`);
  process.exit(2);
}
