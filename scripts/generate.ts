/** Writes what is made from the schema: the CustomResourceDefinition and the table of fields. `npm run generate`. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { generated } from "./generated.ts";

for (const [path, content] of Object.entries(generated())) {
  const url = new URL(`../${path}`, import.meta.url);
  await mkdir(dirname(url.pathname), { recursive: true });
  await writeFile(url, content);
  console.log(path);
}
