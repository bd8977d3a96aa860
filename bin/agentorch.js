#!/usr/bin/env node
// Plain JavaScript, because Node strips types nowhere below node_modules: docs/decisions/cli-package.md.
import { existsSync } from "node:fs";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(`agentorch needs Node.js 22.19 or newer; this is ${process.version}`);
  process.exit(1);
}
const source = new URL("../src/cli/agentorch.ts", import.meta.url);
await import(existsSync(source) ? source.href : new URL("../dist/agentorch.js", import.meta.url).href);
