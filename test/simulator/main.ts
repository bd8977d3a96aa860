import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { CONTROL_PATH } from "./doors/control.ts";
import { faultRule } from "./faults/schema.ts";
import { type AwsOptions, createWorld, ScaledClock, startHttpDoor, VirtualClock } from "./index.ts";

const USAGE = `The simulator of AWS, alone, on 127.0.0.1.

npm run simulator -- [--port N] [--speed F | --virtual] [options]

  --port N            default 4566; 0: a free one
  --speed F           how many times as fast as real time AWS works (default 1)
  --virtual           time stands still but for POST ${CONTROL_PATH}clock {"advanceMs": …}
  --seed N            same seed and same calls: same world (default 1)
  --spread S          durations vary by this share, as 0.2 (default 0)
  --consistency-lag MS  reads may be this much behind writes (default 0)
  --latency MS        what every call takes (default 0)
  --enforce-iam       callers are held to their policies
  --no-buckets        no throttling
  --faults FILE       a JSON array of fault rules, as POST ${CONTROL_PATH}faults takes them

Clients sign with an account's twelve digits as access key id and any secret key, or with what AssumeRole gave them:
  AWS_ACCESS_KEY_ID=123456789012 AWS_SECRET_ACCESS_KEY=x AWS_DEFAULT_REGION=us-east-1 \\
    aws --endpoint-url http://127.0.0.1:4566 ec2 describe-vpcs
`;

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4566" },
    speed: { type: "string", default: "1" },
    virtual: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    spread: { type: "string", default: "0" },
    "consistency-lag": { type: "string", default: "0" },
    latency: { type: "string", default: "0" },
    "enforce-iam": { type: "boolean", default: false },
    "no-buckets": { type: "boolean", default: false },
    faults: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

function number(name: "port" | "speed" | "seed" | "spread" | "consistency-lag" | "latency"): number {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`--${name} takes a number, not ${values[name]}`);
  process.exit(2);
}

if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const options: AwsOptions = {
  clock: values.virtual ? new VirtualClock() : new ScaledClock(number("speed") || 1),
  seed: number("seed"),
  spread: number("spread"),
  consistencyLagMs: number("consistency-lag"),
  latencyMs: number("latency"),
  enforceIam: values["enforce-iam"],
  buckets: !values["no-buckets"],
};
const aws = createWorld(options);
if (values.faults !== undefined) {
  for (const rule of faultRule.array().parse(JSON.parse(readFileSync(values.faults, "utf8")))) aws.faults.add(rule);
}
const door = await startHttpDoor(aws, { port: number("port") });
console.log(`AWS simulator on ${door.url} (control: ${door.url}${CONTROL_PATH})`);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void door.close().then(() => process.exit(0)));
}
