import { execFile } from "node:child_process";
import { findOrBuild } from "./binaries.ts";

/**
 * Runs kubectl with a kubeconfig and returns what it printed. Rejects with its error output when it ends other than with 0.
 * `input` becomes its standard input, for `apply -f -`.
 */
export async function kubectl(kubeconfig: string, args: readonly string[], input = ""): Promise<string> {
  const program = await findOrBuild("kubectl", console.error);
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      [`--kubeconfig=${kubeconfig}`, ...args],
      { maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`kubectl ${args.join(" ")}: ${stderr || stdout || error.message}`));
      },
    );
    child.stdin?.end(input);
  });
}
