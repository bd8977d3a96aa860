import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../scripts/run.ts";
import { freePorts, Server } from "../control-plane/process.ts";
import { cleanEnv } from "../processes.ts";
import { installPrograms } from "./install.ts";

/** Which registry answers for which name, as `123456789012.dkr.ecr.us-east-1.amazonaws.com` for one on loopback. */
export type RegistryNames = Readonly<Record<string, string>>;

/** A network of containers whose gateway, this machine, also answers their questions for names. */
export interface ContainerNetwork {
  /** As `169.254.170.0/24`. */
  readonly subnet: string;
  /** Address of this machine within it. Containers find it as `host.docker.internal`, and as their name server. */
  readonly gateway: string;
  readonly name: string;
}

/** podman with a store and a configuration of its own, which go with it; containers get addresses of a bridge. */
export class ContainerEngine {
  /** Environment with which podman and buildah find this engine's store, registries and runtime. */
  readonly env: NodeJS.ProcessEnv;
  readonly #removal: readonly string[];
  readonly #guard: ChildProcess;
  readonly #services: Server[] = [];

  private constructor(env: NodeJS.ProcessEnv, removal: readonly string[]) {
    this.env = env;
    this.#removal = removal;
    // In a session of its own: Ctrl-C shall not end it before it can act.
    const guarding = `read -r word || { ${REMOVAL}; } >/dev/null 2>&1`;
    const options = { env, detached: true, stdio: ["pipe", "ignore", "ignore"] } satisfies SpawnOptions;
    this.#guard = spawn("/bin/sh", ["-c", guarding, ...removal], options);
    this.#guard.stdin?.on("error", () => {});
    this.#guard.unref();
  }

  /**
   * @param names registries under other names; a registry on 127.0.0.1 is always spoken to without TLS
   * @param network of containers that name none, instead of podman's own. One engine at a time has a network of a name
   * @throws when podman is missing and cannot be installed, or the network's subnet is in use
   */
  static async start(names: RegistryNames = {}, network?: ContainerNetwork): Promise<ContainerEngine> {
    await installPrograms();
    const folder = mkdtempSync(join(tmpdir(), "containers-"));
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    // Files, not systemd: there may be none. And limits that a machine without privileges grants.
    const containers = (server: string, defaultNetwork: string) => `[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "${join(folder, "tmp")}"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
log_driver = "k8s-file"
${server}
[network]
network_config_dir = "${join(folder, "networks")}"
${defaultNetwork}
`;
    const storage = `[storage]
driver = "${hasOverlay() ? "overlay" : "vfs"}"
graphroot = "${join(folder, "store")}"
runroot = "${join(folder, "run")}"
`;
    const entries = Object.entries(names).map(
      ([name, location]) => `[[registry]]\nprefix = "${name}"\nlocation = "${location}"\ninsecure = true\n`,
    );
    const loopback = '[[registry]]\nprefix = "127.0.0.1"\nlocation = "127.0.0.1"\ninsecure = true\n';
    mkdirSync(join(folder, "networks"));
    const plain = write("containers.conf", containers("", ""));
    const env = cleanEnv({
      CONTAINERS_CONF: plain,
      CONTAINERS_STORAGE_CONF: write("storage.conf", storage),
      CONTAINERS_REGISTRIES_CONF: write("registries.conf", [loopback, ...entries].join("\n")),
    });
    const engine = new ContainerEngine(env, ["remove", folder, plain, network?.name ?? ""]);
    if (network) {
      const { name, subnet, gateway } = network;
      // Before it is the default one: podman neither makes nor removes that.
      await engine.podman(["network", "create", "--subnet", subnet, "--gateway", gateway, "--disable-dns", name]);
      const server = `dns_servers = ["${gateway}"]\nhost_containers_internal_ip = "${gateway}"`;
      env.CONTAINERS_CONF = write("network.conf", containers(server, `default_network = "${name}"`));
    }
    return engine;
  }

  /** @throws CommandError with what podman printed */
  podman(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    return run("podman", args, { env: { ...this.env, ...env } });
  }

  /** Docker's API on a free port of loopback, for programs that take DOCKER_HOST. @returns `tcp://127.0.0.1:<port>` */
  async serveDockerApi(): Promise<string> {
    const [port = 0] = await freePorts(1);
    const address = `tcp:127.0.0.1:${port}`;
    const server = new Server("podman service", "podman", ["system", "service", "--time=0", address], undefined, {
      env: this.env,
    });
    this.#services.push(server);
    await server.ready(async () => (await fetch(`http://127.0.0.1:${port}/_ping`)).ok);
    return `tcp://127.0.0.1:${port}`;
  }

  /** Ends services and containers, and removes everything that it stored. */
  async stop(): Promise<void> {
    for (const service of this.#services) await service.stop();
    await run("/bin/sh", ["-c", REMOVAL, ...this.#removal], { env: this.env });
    this.#guard.stdin?.end("stopped\n");
  }
}

/**
 * Removes containers, network and store of an engine; `$1` is its folder, `$2` a configuration without the network `$3`.
 * Also when this process was killed: a shell waits for that. The bridge goes with the network alone.
 */
const REMOVAL = `podman rm --all --force --time 0 &&
{ test -z "$3" || CONTAINERS_CONF="$2" podman network rm --force "$3"; } &&
{ podman system reset --force || true; } && rm -rf "$1"`;

/** With overlay a layer is stored once; vfs copies it for every image and container. */
const hasOverlay = (): boolean =>
  process.getuid?.() === 0 &&
  existsSync("/proc/filesystems") &&
  /\boverlay$/m.test(readFileSync("/proc/filesystems", "utf8"));
