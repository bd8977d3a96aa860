import { findOrBuild } from "../test/support/control-plane/binaries.ts";
import { startControlPlane } from "../test/support/control-plane/control-plane.ts";

// `npm run control-plane` serves a control plane until Ctrl-C; with -- --build it only makes sure that its programs exist.
if (process.argv.includes("--build")) {
  for (const program of ["etcd", "kube-apiserver", "kubectl"] as const) {
    console.log(`${program}: ${await findOrBuild(program, console.error)}`);
  }
} else {
  const started = performance.now();
  const controlPlane = await startControlPlane();
  console.error(
    `Ready after ${((performance.now() - started) / 1000).toFixed(1)} s at ${controlPlane.url}. Ctrl-C ends it.`,
  );
  console.log(`export KUBECONFIG=${controlPlane.adminKubeconfig}`);
  const stop = () => {
    void controlPlane.stop().then(() => process.exit(0));
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  // Nothing else keeps the process alive.
  setInterval(() => {}, 60_000);
}
