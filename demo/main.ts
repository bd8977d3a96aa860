import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type ControlPlane, startControlPlane } from "../test/support/control-plane/control-plane.ts";
import { kubectl } from "../test/support/control-plane/kubectl.ts";
import {
  bundleOperator,
  type OperatorProcess,
  type SimulatorProcess,
  startOperatorProcess,
  startSimulator,
} from "../test/support/processes.ts";
import { Cloud } from "./cloud.ts";
import { Platform } from "./platform.ts";
import { story } from "./story.ts";
import { heading, line } from "./view.ts";

const USAGE = `The main job, on this machine: a real Kubernetes API server, a simulated AWS, the operator.

npm run demo [-- --keep] [--speed F]

  --keep     leaves everything running at the end and prints what to export
  --speed F  how many times as fast as AWS the simulated one works (default 60)
`;

/** Account of the simulated AWS. */
const ACCOUNT = "111122223333";
const NAMESPACE = "agents";
const SERVICE_ACCOUNT = { namespace: "agentorchestrator-system", name: "agentorchestrator" };

const { values } = parseArgs({
  options: {
    keep: { type: "boolean", default: false },
    speed: { type: "string", default: "60" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const speed = Number(values.speed);
if (!(speed > 0)) throw new Error(`--speed takes a number above 0, not ${values.speed}`);

const root = fileURLToPath(new URL("..", import.meta.url));
const stops: (() => Promise<void>)[] = [];
let failed: unknown;
try {
  heading("A real Kubernetes API server and etcd (built once from Go modules where the machine has none)");
  const control = await startControlPlane(line);
  stops.push(() => control.stop());
  const simulator = await startSimulator(speed);
  stops.push(() => simulator.server.stop());
  line(`API server on ${control.url}, AWS simulated on ${simulator.url}, ${speed} times as fast as AWS`);

  await install(control);
  const operator = await startOperator(control, simulator);
  stops.push(() => operator.server.stop());
  const platform = new Platform(control.adminKubeconfig, NAMESPACE, "dev");
  const cloud = new Cloud(simulator, ACCOUNT, "us-east-1");
  await story({ platform, cloud, manifest: `${root}examples/dev.yaml`, keep: values.keep });
  if (values.keep) await keepRunning(control, simulator);
} catch (error) {
  failed = error;
}
for (const stop of stops.reverse()) await stop().catch((error: unknown) => line(`while ending: ${error}`));
if (failed) {
  console.error(`\nThe demo failed: ${failed instanceof Error ? failed.message : failed}`);
  process.exit(1);
}
heading("Done: everything that was made is gone again");
process.exit(0);

async function install(control: ControlPlane): Promise<void> {
  heading("Installing the operator: kubectl apply -k manifests");
  const apply = (text: string): Promise<string> => kubectl(control.adminKubeconfig, ["apply", "-f", "-"], text);
  console.log(await kubectl(control.adminKubeconfig, ["apply", "-k", `${root}manifests`]));
  const examples = await readFile(`${root}demo/namespace.yaml`, "utf8");
  console.log(await apply(examples));
}

/** No node runs its Deployment here: the operator is a process that acts as the Deployment's service account. */
async function startOperator(control: ControlPlane, simulator: SimulatorProcess): Promise<OperatorProcess> {
  const program = await bundleOperator();
  const kubeconfig = await control.kubeconfigFor(SERVICE_ACCOUNT.name, SERVICE_ACCOUNT.namespace);
  const operator = await startOperatorProcess({
    program,
    kubeconfig,
    endpoint: simulator.url,
    account: ACCOUNT,
    speed,
    args: ["--log-level", "warn"],
    onOutput: (text) => process.stderr.write(text),
  });
  line(
    `the operator runs as ${SERVICE_ACCOUNT.namespace}/${SERVICE_ACCOUNT.name}, with the rights of manifests/ and no others`,
  );
  return operator;
}

async function keepRunning(control: ControlPlane, simulator: SimulatorProcess): Promise<void> {
  console.log(`
Everything keeps running until Ctrl-C. In another terminal:
  export KUBECONFIG=${control.adminKubeconfig}
  export AWS_ENDPOINT_URL=${simulator.url} AWS_ACCESS_KEY_ID=${ACCOUNT} AWS_SECRET_ACCESS_KEY=x AWS_REGION=us-east-1
  kubectl -n ${NAMESPACE} get agentorchestrators
  aws ecs list-services --cluster multi-agent-orchestrator-dev`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}
