import { ec2Scenarios } from "./ec2.ts";
import { efsScenarios } from "./efs.ts";
import { elbv2Scenarios } from "./elbv2.ts";
import { s3Scenarios } from "./s3.ts";
import type { Scenario } from "./scenario.ts";

/** Every scenario: played on the simulator and on each emulator (test/e2e/differential.test.ts). */
export const scenarios: readonly Scenario[] = [...ec2Scenarios, ...elbv2Scenarios, ...s3Scenarios, ...efsScenarios];
