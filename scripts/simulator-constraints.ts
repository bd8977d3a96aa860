import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { services } from "../test/simulator/services/index.ts";
import { extractConstraints } from "../test/simulator/validation/botocore.ts";
import { CONSTRAINTS_FOLDER } from "../test/simulator/validation/constraints.ts";
import { installedBotocore } from "../test/simulator/validation/installed-botocore.ts";

/**
 * Writes the constraints that botocore's models put on the inputs of the simulator's operations: run it after adding
 * an operation or a service, or to move to a newer botocore. Needs python3 with botocore (`pip install botocore`).
 */
const { values } = parseArgs({ options: { python: { type: "string", default: "python3" } } });
const botocore = installedBotocore(values.python);
if (!botocore) {
  console.error(`${values.python} has no botocore: run "${values.python} -m pip install botocore" first`);
  process.exit(1);
}
mkdirSync(CONSTRAINTS_FOLDER, { recursive: true });
for (const { model, operations } of services()) {
  const name = model.signingName;
  const constraints = extractConstraints(botocore.model(name), botocore.version, Object.keys(operations));
  const text = JSON.stringify(constraints, null, 1);
  writeFileSync(new URL(`${name}.json`, CONSTRAINTS_FOLDER), `${text}\n`);
  console.log(
    `${name}: ${Object.keys(constraints.operations).length} operations, ${Object.keys(constraints.shapes).length} shapes`,
  );
}
