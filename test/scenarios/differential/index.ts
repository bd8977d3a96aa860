import { cloudMapScenarios } from "./cloud-map.ts";
import { ec2Scenarios } from "./ec2.ts";
import { ecsScenarios } from "./ecs.ts";
import { efsScenarios } from "./efs.ts";
import { elastiCacheScenarios } from "./elasticache.ts";
import { elbv2Scenarios } from "./elbv2.ts";
import { identityScenarios } from "./identity.ts";
import { rdsScenarios } from "./rds.ts";
import { s3Scenarios } from "./s3.ts";
import type { Scenario } from "./scenario.ts";
import { storeScenarios } from "./stores.ts";

/** Every scenario: played on the simulator and on each emulator (test/e2e/differential.test.ts). */
export const scenarios: readonly Scenario[] = [
  ...ec2Scenarios,
  ...elbv2Scenarios,
  ...s3Scenarios,
  ...efsScenarios,
  ...identityScenarios,
  ...storeScenarios,
  ...cloudMapScenarios,
  ...rdsScenarios,
  ...elastiCacheScenarios,
  ...ecsScenarios,
];
