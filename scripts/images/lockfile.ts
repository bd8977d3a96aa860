import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One package of package-lock.json (npm documentation, "package-lock.json", "packages"). */
export interface LockedPackage {
  /** Where it is installed, as `node_modules/zod` or `images/shared`. */
  readonly location: string;
  readonly name: string;
  readonly version: string;
  /** Subresource Integrity of its archive; undefined for a workspace. */
  readonly integrity: string | undefined;
  /** SPDX expression, as its author wrote it. */
  readonly license: string | undefined;
}

interface Entry {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** package-lock.json, version 3, of a repository with workspaces. */
export class Lockfile {
  readonly #entries: Readonly<Record<string, Entry>>;

  constructor(root: string) {
    this.#entries = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  }

  /** @throws when nothing is locked there */
  at(location: string): LockedPackage {
    const entry = this.#entries[location];
    if (!entry) throw new Error(`package-lock.json has no ${location}: run npm install`);
    const name = entry.name ?? location.slice(location.lastIndexOf("node_modules/") + "node_modules/".length);
    const { version = "0.0.0", integrity, license } = entry;
    return { location, name, version, integrity, license };
  }

  /** Where the package is installed that a file belongs to; a path relative to the root, with slashes. */
  locationOf(path: string): string | undefined {
    const inModules = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
    if (inModules) return this.#follow(inModules);
    return Object.keys(this.#entries).find((location) => location !== "" && path.startsWith(`${location}/`));
  }

  /** The package at `location` and what it needs, development aside, as Node finds it from there. Sorted by location. */
  closure(location: string): readonly LockedPackage[] {
    const found = new Set<string>();
    const visit = (from: string): void => {
      if (found.has(from)) return;
      found.add(from);
      const { dependencies, optionalDependencies, peerDependencies } = this.#entries[from] ?? {};
      for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
        const next = this.#resolve(from, name);
        if (next !== undefined) visit(next);
      }
    };
    this.at(location);
    visit(location);
    return [...found].sort().map((one) => this.at(one));
  }

  /** What `from` gets for a name: the nearest node_modules upwards (Node.js, "Loading from node_modules folders"). */
  #resolve(from: string, name: string): string | undefined {
    for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
      const candidate = `${folder === "" ? "" : `${folder}/`}node_modules/${name}`;
      if (this.#entries[candidate]) return this.#follow(candidate);
      if (folder === "") return undefined;
    }
  }

  #follow(location: string): string | undefined {
    const entry = this.#entries[location];
    return entry?.link ? entry.resolved : entry && location;
  }
}
