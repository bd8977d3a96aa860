import type { EmulatorName } from "../../support/emulators/registry.ts";
import { cloudMapLedger } from "./ledger/cloud-map.ts";
import { ec2Ledger } from "./ledger/ec2.ts";
import { ec2RoutingLedger } from "./ledger/ec2-routing.ts";
import { ecsLedger } from "./ledger/ecs.ts";
import { efsLedger } from "./ledger/efs.ts";
import { elastiCacheLedger } from "./ledger/elasticache.ts";
import { elbv2Ledger } from "./ledger/elbv2.ts";
import { identityLedger } from "./ledger/identity.ts";
import { rdsLedger } from "./ledger/rds.ts";
import { s3Ledger } from "./ledger/s3.ts";
import { storeLedger } from "./ledger/stores.ts";
import { NEVER, type Verdict } from "./ledger/verdict.ts";
import type { Outcome, Outcomes } from "./scenario.ts";

/** All that is known to differ: a difference that is not here, or one that is here and has gone, fails the suite. */
export const ledger: readonly Verdict[] = [
  ...ec2Ledger,
  ...ec2RoutingLedger,
  ...elbv2Ledger,
  ...s3Ledger,
  ...efsLedger,
  ...identityLedger,
  ...storeLedger,
  ...cloudMapLedger,
  ...rdsLedger,
  ...elastiCacheLedger,
  ...ecsLedger,
];

/** Steps whose outcome in `other` is not that of the simulator, with what it was there. */
export function differences(simulator: Outcomes, other: Outcomes): Outcomes {
  const steps = [...new Set([...Object.keys(simulator), ...Object.keys(other)])];
  return Object.fromEntries(
    steps
      .filter((step) => JSON.stringify(simulator[step]) !== JSON.stringify(other[step]))
      .map((step): [string, Outcome] => [step, Object.hasOwn(other, step) ? (other[step] ?? null) : NEVER]),
  );
}

/** The differences that the ledger has for a scenario in an emulator. */
export function expected(scenario: string, emulator: EmulatorName): Outcomes {
  const known: Record<string, Outcome> = {};
  for (const verdict of ledger) {
    if (verdict.scenario !== scenario) continue;
    for (const [step, outcomes] of Object.entries(verdict.steps)) {
      const outcome = outcomes[emulator];
      if (outcome !== undefined) known[step] = outcome;
    }
  }
  return known;
}
