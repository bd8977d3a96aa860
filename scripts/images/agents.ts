import { existsSync, globSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ImagesError } from "./errors.ts";

/** Folders of images/ that become an image: those with a main. Sorted. */
export const allAgents = (root: string): readonly string[] =>
  globSync("images/*/src/main.ts", { cwd: root })
    .map((path) => basename(dirname(dirname(path))))
    .sort();

/**
 * The agents that are named with commas between them; all when none is.
 * @throws ImagesError UnknownAgent
 */
export function chosenAgents(root: string, named: string | undefined): readonly string[] {
  const known = allAgents(root);
  if (named === undefined) return known;
  const chosen = named.split(",").map((name) => name.trim());
  const unknown = chosen.filter((name) => !existsSync(join(root, "images", name, "src/main.ts")));
  if (unknown.length === 0) return [...new Set(chosen)];
  throw new ImagesError("UnknownAgent", `--agents: ${unknown.join(", ")} is none of ${known.join(", ")}`);
}
