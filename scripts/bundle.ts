import { readFile } from "node:fs/promises";
import type { BuildOptions, Plugin } from "esbuild";

/**
 * Lets the bundler drop what is not used, which costs the operator 90 MiB otherwise. The SDK writes its schemas with
 * computed keys, as `{ [_xN]: … }`, which might have side effects; they are constant strings. And the Kubernetes client
 * does not say that its modules have none.
 */
const lean: Plugin = {
  name: "lean",
  setup(bundler) {
    bundler.onLoad({ filter: /@aws-sdk[\\/].*[\\/]schemas_\d+\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const strings = new Map(
        [...text.matchAll(/^const (_\w+) = ("[^"]*");$/gm)].map(([, name, value]) => [name, value]),
      );
      const contents = text.replace(/\[(_\w+)\]:/g, (key, name) => (strings.has(name) ? `${strings.get(name)}:` : key));
      return { contents };
    });
    bundler.onResolve({ filter: /^(@kubernetes\/client-node$|\.)/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === "lean" || !/@kubernetes[\\/]client-node/.test(path + from.importer)) return undefined;
      const { importer, kind, resolveDir } = from;
      const found = await bundler.resolve(path, { importer, kind, resolveDir, pluginData: "lean" });
      return { path: found.path, errors: found.errors, sideEffects: false };
    });
  },
};

/** How every program here is bundled: each entry point one ES module that needs Node and nothing else. */
export const bundleOptions = {
  bundle: true,
  splitting: false,
  platform: "node",
  // ES modules first: of CommonJS, nothing can be dropped.
  mainFields: ["module", "main"],
  plugins: [lean],
  format: "esm",
  target: "node22",
  // Names stay, so that stack traces and error classes read as they are written.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
  // CommonJS packages inside an ES module ask for require, and some for the file they are in.
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
} as const satisfies BuildOptions;
