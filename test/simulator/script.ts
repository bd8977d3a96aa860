import type { World } from "./world.ts";

/** What a container of some image does, in place of starting and answering well. */
export type ImageScript =
  /** Can be pulled and answers its checks, whatever the registry says. */
  | { readonly kind: "works" }
  /** No registry has it: the pull fails. */
  | { readonly kind: "missing" }
  /** Its process ends: while it starts, or this long after it runs. */
  | { readonly kind: "crashes"; readonly exitCode?: number; readonly afterSeconds?: number }
  /** Runs and never passes a health check of a load balancer or of the container itself. */
  | { readonly kind: "unhealthy" };

interface Scripted {
  readonly pattern: string;
  readonly script: ImageScript;
}

/** The scripted part of a world: one for all its accounts. */
export interface Script {
  /** What containers of images like `pattern` do from now on; `*` stands for any characters. The last one counts. */
  image(pattern: string, script: ImageScript): void;
  /** Takes what was said of a pattern back. */
  forget(pattern: string): void;
}

const tableOf = (world: Pick<World, "table">) => world.table<Scripted>({ account: "", region: "" }, "script.images");

/**
 * @example
 * script(world).image("*:broken", { kind: "crashes", exitCode: 1 });
 */
export function script(world: Pick<World, "table">): Script {
  const table = tableOf(world);
  return {
    image(pattern, what) {
      table.remove(pattern);
      table.put(pattern, { pattern, script: what });
    },
    forget: (pattern) => table.remove(pattern),
  };
}

/** What is said of an image; undefined: nothing, so the registry decides, and it works when it is there. */
export function scriptOf(world: Pick<World, "table">, image: string): ImageScript | undefined {
  return tableOf(world)
    .all()
    .filter(({ pattern }) => matches(pattern, image))
    .at(-1)?.script;
}

function matches(pattern: string, image: string): boolean {
  const source = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`).test(image);
}
