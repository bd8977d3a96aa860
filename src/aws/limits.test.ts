import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, describe as group, test } from "vitest";
import { rateOf } from "../../test/simulator/limits/rates.ts";
import { limitOf, READ } from "./limits.ts";

const services: Readonly<Record<string, string>> = {
  "cloudwatch-logs": "logs",
  ec2: "ec2",
  ecs: "ecs",
  "elastic-load-balancing-v2": "elasticloadbalancing",
  "secrets-manager": "secretsmanager",
  sts: "sts",
};

/** "service:Action" of every command that the operator's sources import. */
function actionsUsed(): readonly string[] {
  const root = new URL("..", import.meta.url).pathname;
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) =>
    /(?<!\.test)\.ts$/.test(file),
  );
  const used = files.flatMap((file) =>
    [
      ...readFileSync(join(root, file), "utf8").matchAll(/import \{([^}]*)\} from "@aws-sdk\/client-([\w-]+)"/g),
    ].flatMap(([, names = "", client = ""]) => {
      const service = services[client];
      if (!service) return [];
      const actions = [...names.matchAll(/\b(?:(\w+)Command|paginate(\w+))\b/g)];
      return actions.map(([, command, paginated]) => `${service}:${command ?? paginated}`);
    }),
  );
  return [...new Set(used)].sort();
}

group("of the actions that the operator calls, our limits", () => {
  const limited = actionsUsed().flatMap((used) => {
    const [service = "", action = ""] = used.split(":");
    const theirs = rateOf(service, action, { filtered: true });
    return theirs ? [{ used, ours: limitOf(service, action), theirs }] : [];
  });

  test("cover a good part", () => expect(limited.length).toBeGreaterThan(40));

  test.each(limited)("let no more of $used through than the simulator's own reading of AWS's pages", (one) => {
    expect(one.ours.burst).toBeLessThanOrEqual(one.theirs.rate.burst);
    expect(one.ours.perSecond).toBeLessThanOrEqual(one.theirs.rate.perSecond);
  });

  test("count together what AWS counts together", () => {
    const buckets = new Map<string, Set<string>>();
    for (const { used, ours, theirs } of limited) {
      const key = `${used.split(":")[0]} ${theirs.bucket}`;
      buckets.set(key, (buckets.get(key) ?? new Set()).add(ours.bucket));
    }
    expect([...buckets].filter(([, ours]) => ours.size > 1)).toEqual([]);
  });
});

test("an action of a service without published rates has a bucket of its own", () => {
  expect(limitOf("rds", "CreateDBInstance").bucket).toBe("rds CreateDBInstance");
  expect(limitOf("iam", "GetRole").perSecond).toBeGreaterThan(limitOf("iam", "CreateRole").perSecond);
});

test.each(["DescribeVpcs", "GetRole", "ListTagsForResource", "HeadBucket", "AssumeRole", "GetCallerIdentity"])(
  "%s is a read",
  (action) => expect(READ.test(action)).toBe(true),
);

test.each(["CreateVpc", "AllocateAddress", "RegisterTaskDefinition", "PutBucketPolicy", "DeleteVpc", "TagResource"])(
  "%s is a write",
  (action) => expect(READ.test(action)).toBe(false),
);
