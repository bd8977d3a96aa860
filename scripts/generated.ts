import { stringify } from "yaml";
import { customResourceDefinition } from "../src/api/crd.ts";
import { fieldTable } from "../src/api/fields.ts";

/** Every generated file: its path in the repository → its content. */
export function generated(): Readonly<Record<string, string>> {
  const options = { lineWidth: 0, aliasDuplicateObjects: false };
  return {
    "crds/agentorchestrators.yaml": `# Made from src/api by npm run generate; edit there.\n${stringify(customResourceDefinition(), options)}`,
    "docs/fields.md": fieldTable(),
  };
}
