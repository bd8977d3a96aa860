import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { BotocoreModel } from "./botocore.ts";

export interface Botocore {
  readonly version: string;
  /** @param service signing name */
  model(service: string): BotocoreModel;
}

/** botocore's folder of a service, where it is not its signing name. */
const FOLDERS: Readonly<Record<string, string>> = { elasticloadbalancing: "elbv2", elasticfilesystem: "efs" };

/** The botocore that this Python has; undefined when there is no Python or no botocore. */
export function installedBotocore(python: string = "python3"): Botocore | undefined {
  let answer: string;
  try {
    const print = "import botocore; print(botocore.__version__); print(botocore.__path__[0])";
    answer = execFileSync(python, ["-c", print], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
  const [version = "", folder = ""] = answer.trim().split("\n");
  return { version, model: (service) => readModel(join(folder, "data", FOLDERS[service] ?? service)) };
}

function readModel(folder: string): BotocoreModel {
  const newest = readdirSync(folder)
    .filter((name) => /^\d{4}-\d{2}-\d{2}$/.test(name))
    .sort()
    .at(-1);
  const file = join(folder, newest ?? "", "service-2.json");
  const text = existsSync(file) ? readFileSync(file) : gunzipSync(readFileSync(`${file}.gz`));
  return JSON.parse(text.toString()) as BotocoreModel;
}
