import { setTimeout as sleep } from "node:timers/promises";
import { ECRClient, paginateDescribeRepositories } from "@aws-sdk/client-ecr";
import { KubeHttp } from "../src/kube/http.ts";
import { allObjectsPath } from "../src/kube/resource.ts";
import { httpClientsConfig } from "../test/simulator/index.ts";
import { pushImage } from "../test/support/images.ts";
import { type Installation, startInstallation } from "../test/support/installation.ts";
import { Orchestrator } from "../test/support/orchestrator.ts";
import { ACCOUNT } from "../test/support/platform.ts";
import {
  type OperatorProcess,
  type SimulatorProcess,
  startOperatorProcess,
  startSimulator,
} from "../test/support/processes.ts";
import type { Figure } from "./figures.ts";
import { LATENCY_MS, type Platform, platforms, RAISED_QUOTAS, REGION } from "./fleet.ts";
import { metricsOf } from "./metrics.ts";

/** How many times faster than AWS the platforms are made: what two cores carry beside an API server. */
const CREATION_SPEED = 4;
/** Seconds between two looks at everything while the operator is measured at rest: the shortest that it takes. */
const INTERVAL_S = 30;
const MIB = 1024 * 1024;

export interface ProcessRun {
  readonly count: number;
  readonly resourcesEach: number;
  readonly log: (line: string) => void;
}

/**
 * The bundled operator as a process of its own, with the rights that manifests/ gives it, between a real API server and
 * a simulated AWS behind HTTP: its memory, its CPU, and what a restart costs. All in real time but the creation.
 */
export async function measureProcess(run: ProcessRun): Promise<readonly Figure[]> {
  const simulator = await startSimulator(CREATION_SPEED, ["--latency", String(LATENCY_MS)]);
  try {
    await simulator.control("POST", "settings", { quotas: RAISED_QUOTAS });
    const installation = await startInstallation();
    try {
      return await new Bench(run, installation, simulator).figures();
    } finally {
      await installation.stop();
    }
  } finally {
    await simulator.server.stop();
  }
}

class Bench {
  readonly #run: ProcessRun;
  readonly #installation: Installation;
  readonly #simulator: SimulatorProcess;
  readonly #http: KubeHttp;

  constructor(run: ProcessRun, installation: Installation, simulator: SimulatorProcess) {
    this.#run = run;
    this.#installation = installation;
    this.#simulator = simulator;
    this.#http = KubeHttp.fromKubeconfig(installation.control.adminKubeconfig);
  }

  async figures(): Promise<readonly Figure[]> {
    const { count } = this.#run;
    const declared = await platforms(count);
    const peak = await this.#create(declared);
    const name = `${count} platforms`;
    // From here on in real time: a call takes as long as it does on AWS.
    await this.#simulator.control("POST", "settings", { latencyMs: LATENCY_MS * CREATION_SPEED });
    const rest = await this.#restart();
    const edit = await this.#restartWithEdit(declared);
    return [
      lower(`${name}: memory of the operator while they are made, peak`, peak / MIB, "MiB"),
      lower(`${name}: memory of the operator`, rest.memory / MIB, "MiB", 200),
      lower("reconcile CPU per pass", rest.cpuMsPerPass, "ms"),
      lower("reconcile CPU per pass and resource", rest.cpuMsPerPass / this.#run.resourcesEach, "ms"),
      lower(`${name}: AWS writes after a restart`, rest.writes, "calls", 0),
      lower(`${name}: edit during a restart, start of the process to first AWS write`, edit.seconds, "s", 2),
      lower(`${name}: AWS writes after a restart that the edit does not explain`, edit.otherWrites, "calls", 0),
    ];
  }

  /** Makes all platforms, and returns the most memory that the operator had meanwhile, in bytes. */
  async #create(declared: readonly Platform[]): Promise<number> {
    const operator = await this.#start(CREATION_SPEED, []);
    const stopping = new AbortController();
    const pushing = this.#pushImages(stopping.signal);
    try {
      for (const platform of declared) {
        await new Orchestrator(this.#installation.control.adminKubeconfig, platform).create(platform.spec);
      }
      let peak = 0;
      for (let ready = 0, deadline = performance.now() + 1_800_000; ready < declared.length; await sleep(2_000)) {
        peak = Math.max(peak, (await metricsOf(operator.metricsUrl)).sum("process_resident_memory_bytes"));
        // A busy API server may not answer in time: then the next look tells.
        const now = await this.#ready().catch(() => ready);
        if (now !== ready) this.#run.log(`${now} of ${declared.length} platforms are Ready`);
        ready = now;
        if (performance.now() > deadline) throw new Error(`only ${ready} platforms got Ready`);
      }
      return peak;
    } finally {
      stopping.abort();
      await pushing;
      await operator.server.stop();
    }
  }

  /** Nothing has changed: memory and CPU at rest, and the writes of two looks at everything. */
  async #restart(): Promise<{ readonly memory: number; readonly cpuMsPerPass: number; readonly writes: number }> {
    const since = await this.#now();
    const operator = await this.#start(1, ["--interval", String(INTERVAL_S)]);
    try {
      // All have had their first turn; then two more.
      await sleep((INTERVAL_S + 5) * 1000);
      const before = await metricsOf(operator.metricsUrl);
      await sleep(2 * INTERVAL_S * 1000);
      const after = await metricsOf(operator.metricsUrl);
      const grown = (name: string): number => after.sum(name) - before.sum(name);
      const passes = grown("agentorchestrator_reconcile_total");
      this.#run.log(`${passes} passes of ${this.#run.count} platforms in ${2 * INTERVAL_S} s`);
      return {
        memory: after.sum("process_resident_memory_bytes"),
        cpuMsPerPass: (grown("process_cpu_seconds_total") * 1000) / passes,
        writes: (await this.#writes(since)).length,
      };
    } finally {
      await operator.server.stop();
    }
  }

  /** One platform is edited while no operator runs: seconds from the start of the process to the first write. */
  async #restartWithEdit(
    declared: readonly Platform[],
  ): Promise<{ readonly seconds: number; readonly otherWrites: number }> {
    const [edited] = declared.slice(Math.floor(declared.length / 2));
    if (!edited) throw new Error("no platform to edit");
    const object = new Orchestrator(this.#installation.control.adminKubeconfig, edited);
    await object.merge({ spec: { observability: { logs: { retentionDays: 14 } } } });
    const since = await this.#now();
    const began = performance.now();
    const starting = this.#start(1, []);
    try {
      let first: number | undefined;
      for (const deadline = began + 60_000; first === undefined; await sleep(10)) {
        if ((await this.#writes(since)).length > 0) first = (performance.now() - began) / 1000;
        if (performance.now() > deadline) throw new Error("the edit reached AWS not within a minute");
      }
      await sleep(10_000);
      const others = (await this.#writes(since)).filter((action) => action !== "PutRetentionPolicy");
      return { seconds: first, otherWrites: others.length };
    } finally {
      await (await starting).server.stop();
    }
  }

  #start(speed: number, args: readonly string[]): Promise<OperatorProcess> {
    const { program, kubeconfig } = this.#installation;
    const endpoint = this.#simulator.url;
    const quiet = ["--log-level", "error", ...args];
    return startOperatorProcess({ program, kubeconfig, endpoint, account: ACCOUNT, speed, args: quiet });
  }

  /** How many say Ready in what `kubectl get` shows. */
  async #ready(): Promise<number> {
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const shown = (await this.#http.request("GET", allObjectsPath, {
      accept,
      query: { includeObject: "None" },
    })) as Table;
    const column = shown.columnDefinitions.findIndex(({ name }) => name === "Ready");
    return shown.rows.filter(({ cells }) => cells[column] === "True").length;
  }

  /** Milliseconds of the simulator's clock. */
  async #now(): Promise<number> {
    return ((await this.#simulator.control("GET", "state?account=none")) as { now: number }).now;
  }

  async #writes(since: number): Promise<readonly string[]> {
    const path = `calls?write=true&limit=1000&since=${since}`;
    const { last } = (await this.#simulator.control("GET", path)) as { last: readonly { action: string }[] };
    return last.map(({ action }) => action);
  }

  /** The build pipeline: an image for every repository that has none yet. */
  async #pushImages(signal: AbortSignal): Promise<void> {
    const config = httpClientsConfig(this.#simulator.url, { account: ACCOUNT, region: REGION });
    const pushed = new Set<string>();
    while (!signal.aborted) {
      for await (const { repositories = [] } of paginateDescribeRepositories({ client: new ECRClient(config) }, {})) {
        for (const { repositoryName: name = "" } of repositories) {
          if (pushed.has(name)) continue;
          await pushImage(config, name, "latest");
          pushed.add(name);
        }
      }
      await sleep(1_000 / CREATION_SPEED);
    }
  }
}

/** https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables */
interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

function lower(name: string, value: number, unit: string, goal?: number): Figure {
  return { name, value, unit, goal, better: "lower" };
}
