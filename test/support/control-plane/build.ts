import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubernetesVersion } from "./versions.ts";

/** A program the control plane is made of. */
export type Program = "kube-apiserver" | "etcd" | "kubectl";

// kubectl and client libraries parse the server's version, and a plain `go build` leaves it at v0.0.0-master+$Format…
const [major, minor] = kubernetesVersion.split(".");
const versionPackage = "k8s.io/component-base/version";
const kubernetesFlags = [
  `-X ${versionPackage}.gitVersion=v${kubernetesVersion}`,
  `-X ${versionPackage}.gitMajor=${major}`,
  `-X ${versionPackage}.gitMinor=${minor}`,
  `-X ${versionPackage}.gitTreeState=clean`,
].join(" ");

const sources: Record<Program, { module: string; package: string; flags: string }> = {
  etcd: { module: "etcd", package: "go.etcd.io/etcd/server/v3", flags: "" },
  "kube-apiserver": { module: "kubernetes", package: "k8s.io/kubernetes/cmd/kube-apiserver", flags: kubernetesFlags },
  kubectl: { module: "kubernetes", package: "k8s.io/kubernetes/cmd/kubectl", flags: kubernetesFlags },
};

/**
 * Builds `program` from the Go modules that modules/<module>/go.mod and go.sum pin, and puts it at `target` in one rename, so
 * that a build cut short leaves nothing behind that looks finished. About 250 s for kube-apiserver and 50 s for etcd on two
 * cores. Throws an error that says what to install when Go is missing.
 */
export async function build(program: Program, target: string, log: (line: string) => void): Promise<void> {
  const source = sources[program];
  const work = await mkdtemp(join(tmpdir(), "control-plane-build-"));
  try {
    // The copy keeps go from touching go.mod in the tree, and go from taking a surrounding go.work.
    await cp(join(import.meta.dirname, "modules", source.module), work, { recursive: true });
    const staged = `${target}.${process.pid}.tmp`;
    await mkdir(join(target, ".."), { recursive: true });
    const ldflags = `-s -w ${source.flags}`.trim();
    const args = ["build", "-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags", ldflags, "-o", staged];
    await run("go", [...args, source.package], work, progress(program, log));
    await rename(staged, target);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function progress(program: string, log: (line: string) => void): (elapsedSeconds: number, last: string) => void {
  return (elapsed, last) => log(`building ${program}: ${elapsed} s${last === "" ? "" : `, ${last}`}`);
}

function run(
  command: string,
  args: string[],
  cwd: string,
  tick: (elapsed: number, last: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" };
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
    let output = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      output = (output + chunk).slice(-8_000);
    });
    const elapsed = () => Math.round((performance.now() - started) / 1000);
    tick(0, "");
    const timer = setInterval(() => tick(elapsed(), output.trimEnd().split("\n").at(-1) ?? ""), 10_000);
    // A build outliving its parent would fight the next one for the cores.
    const stop = () => child.kill();
    process.once("exit", stop);
    const finish = (error?: Error) => {
      clearInterval(timer);
      process.removeListener("exit", stop);
      if (error !== undefined) return reject(error);
      tick(elapsed(), "done");
      resolve();
    };
    child.once("error", (error: NodeJS.ErrnoException) => {
      finish(error.code === "ENOENT" ? new Error(goMissing) : error);
    });
    child.once("close", (code, signal) => {
      finish(code === 0 ? undefined : new Error(`go build ended with ${signal ?? code}:\n${output}`));
    });
  });
}

const goMissing = [
  "kube-apiserver and etcd are needed and were neither found nor could they be built: there is no `go` on PATH. One of:",
  "  - install Go 1.26 or newer (https://go.dev/doc/install), and run this again: it builds them once, about five minutes",
  "  - export KUBEBUILDER_ASSETS=<folder with kube-apiserver, etcd and kubectl>, as `setup-envtest use -p path` prints it",
  "  - export AGENTORCH_KUBECONFIG=<kubeconfig of a cluster that tests may write to>",
].join("\n");
