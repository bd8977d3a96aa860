/**
 * `npm run e2e -- [--containers] [vitest's arguments]`: the tests that start servers. Those with real images and containers
 * take minutes, a container engine and rights for it: they run with --containers, and then alone, unless files are named.
 */
import { spawn } from "node:child_process";

const given = process.argv.slice(2);
const args = given.filter((arg) => arg !== "--containers");
const containers = given.length > args.length;
const chosen = args.some((arg) => !arg.startsWith("-"));
const files = containers && !chosen ? ["test/e2e/containers"] : [];
const env = { ...process.env, ...(containers && { AGENTORCH_CONTAINERS: "1" }) };
const child = spawn("vitest", ["run", "--project", "e2e", ...args, ...files], { stdio: "inherit", env });
child.once("error", (error) => {
  console.error(`vitest cannot be run: ${error.message}`);
  process.exitCode = 1;
});
child.once("exit", (status) => {
  process.exitCode = status ?? 1;
});
