import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { CONTROL_PATH, startBedrock } from "./stub.ts";

const USAGE = `Bedrock's runtime, scripted: Converse, ConverseStream and InvokeAgent on one port.

node test/support/bedrock/main.ts [--port N] [--host H] [--script FILE]

  --port N       default 4570; 0: a free one
  --host H       default 127.0.0.1
  --script FILE  a JSON array of rules, see script.ts; default: every call is answered "ok"

Clients find it by AWS_ENDPOINT_URL_BEDROCK_RUNTIME and AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME, and must sign (any
credentials do). GET ${CONTROL_PATH}calls tells what came, PUT ${CONTROL_PATH}script replaces the script.
`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4570" },
    host: { type: "string", default: "127.0.0.1" },
    script: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const script = values.script ? JSON.parse(readFileSync(values.script, "utf8")) : [{ answer: {} }];
const stub = await startBedrock(script, { host: values.host, port: Number(values.port) });
process.stdout.write(`bedrock stub on ${stub.url}\n`);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stub.stop());
