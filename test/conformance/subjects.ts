import { type KindName, kindOf, kinds } from "../../src/kinds/registry.ts";
import type { AnyFixture, Fixtures, Subject } from "./fixture.ts";
import { ec2 } from "./fixtures/ec2.ts";
import { ec2Routing } from "./fixtures/ec2-routing.ts";
import { ecr } from "./fixtures/ecr.ts";
import { ecs } from "./fixtures/ecs.ts";
import { efs } from "./fixtures/efs.ts";
import { elasticache } from "./fixtures/elasticache.ts";
import { elbv2 } from "./fixtures/elbv2.ts";
import { iam } from "./fixtures/iam.ts";
import { logs } from "./fixtures/logs.ts";
import { rds } from "./fixtures/rds.ts";
import { s3 } from "./fixtures/s3.ts";
import { secretsmanager } from "./fixtures/secretsmanager.ts";
import { servicediscovery } from "./fixtures/servicediscovery.ts";

const all: Fixtures<KindName> = {
  ...ec2,
  ...ec2Routing,
  ...ecr,
  ...ecs,
  ...efs,
  ...elasticache,
  ...elbv2,
  ...iam,
  ...logs,
  ...rds,
  ...s3,
  ...secretsmanager,
  ...servicediscovery,
};

export const kindNames = Object.keys(kinds) as KindName[];

export const fixturesOf = (name: KindName): readonly AnyFixture[] => all[name] ?? [];

/** Every kind of the registry in every way of its fixtures: what the suite runs over. */
export const subjects: readonly Subject[] = kindNames.flatMap((name) =>
  fixturesOf(name).map((fixture) => ({
    label: fixture.about ? `${name} (${fixture.about})` : name,
    kind: kindOf(name),
    fixture,
  })),
);
