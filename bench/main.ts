import { parseArgs } from "node:util";
import { AGENT_SECTIONS, measureAgents } from "./agents/agents.ts";
import { measureEngine } from "./engine.ts";
import { type Figure, meets, table, writeJson } from "./figures.ts";
import { measureProcess } from "./processes.ts";

const USAGE = `What the operator and the agents cost and how fast they are, measured.

npm run bench [-- --platforms 1,10,100] [--only NAME] [--json FILE]
npm run bench -- agents [--only NAME] [--json FILE]

  agents            the bundled agents instead of the operator: needs PostgreSQL and, for S3, an emulator from PyPI
  --platforms N,N   sizes to measure (default 1,10,100)
  --only NAME       creation: time to Ready and calls to create, on virtual time
                    sweep: creation, and the calls of a look at everything when nothing changed
                    process: memory, CPU and restart of the bundled operator at the largest size, in real time
                    of agents, front-door: requests a second, p99, CPU and memory beside a bare Node server
                    of agents, workflows: workflows a second with 1 and 3 replicas on PostgreSQL
  --json FILE       writes {"figures": [{"name", "value", "unit", "goal", "better"}]}
`;

const SECTIONS = ["creation", "sweep", "process"];
/** The reference case: known here so that --only process need not make it first. */
const RESOURCES_EACH = 62;

const { values, positionals } = parseArgs({
  allowPositionals: true,
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
const ofAgents = positionals[0] === "agents";
if (positionals.length > (ofAgents ? 1 : 0)) fail(positionals.join(" "));
const sections: readonly string[] = ofAgents ? AGENT_SECTIONS : SECTIONS;
if (values.only !== undefined && !sections.includes(values.only)) fail(`--only ${values.only}`);

const began = performance.now();
const log = (line: string): void =>
  console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${line}`);
const figures: Figure[] = [];
if (ofAgents) {
  figures.push(
    ...(await measureAgents(
      AGENT_SECTIONS.filter((name) => name === (values.only ?? name)),
      log,
    )),
  );
} else {
  if (values.only !== "process") {
    figures.push(...(await measureEngine({ counts, sweeps: values.only !== "creation", log })));
  }
  if (values.only === undefined || values.only === "process") {
    figures.push(...(await measureProcess({ count: Math.max(...counts), resourcesEach: RESOURCES_EACH, log })));
  }
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
