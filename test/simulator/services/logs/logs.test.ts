import { afterEach, beforeEach, expect, it } from "vitest";
import { code, type Simulated, simulate } from "../fixture.ts";
import { type PlatformClients, platformClients } from "../fixture-platform.ts";

let world: Simulated;
let logs: PlatformClients["logs"];
beforeEach(() => {
  world = simulate();
  logs = platformClients(world).logs;
});
afterEach(() => expect(world.aws.failures).toEqual([]));

const ARN = "arn:aws:logs:us-east-1:111111111111:log-group:/app/web";

it("makes a log group once", async () => {
  await logs.createLogGroup({ logGroupName: "/app/web" });
  expect(await code(logs.createLogGroup({ logGroupName: "/app/web" }))).toBe("ResourceAlreadyExistsException");
  await logs.deleteLogGroup({ logGroupName: "/app/web" });
  expect(await code(logs.deleteLogGroup({ logGroupName: "/app/web" }))).toBe("ResourceNotFoundException");
});

it("keeps events for as many days as CloudWatch Logs offers, and no others", async () => {
  await logs.createLogGroup({ logGroupName: "/app/web" });
  const keep = (retentionInDays: number) => logs.putRetentionPolicy({ logGroupName: "/app/web", retentionInDays });
  expect(await code(keep(2))).toBe("InvalidParameterException");
  await keep(7);
  const { logGroups } = await logs.describeLogGroups({ logGroupNamePrefix: "/app/" });
  expect(logGroups).toEqual([expect.objectContaining({ retentionInDays: 7, arn: `${ARN}:*`, logGroupArn: ARN })]);
});

it("describes by prefix, or by up to fifty names and ARNs, a page of fifty at a time", async () => {
  for (let index = 0; index < 60; index++) await logs.createLogGroup({ logGroupName: `/app/${index}` });
  const first = await logs.describeLogGroups({ logGroupNamePrefix: "/app/" });
  expect(first.logGroups).toHaveLength(50);
  const rest = await logs.describeLogGroups({ logGroupNamePrefix: "/app/", nextToken: first.nextToken });
  expect(rest.logGroups).toHaveLength(10);
  const some = await logs.describeLogGroups({ logGroupIdentifiers: ["/app/1", ARN.replace("web", "2"), "/app/none"] });
  expect(some.logGroups?.map(({ logGroupName }) => logGroupName)).toEqual(["/app/1", "/app/2"]);
  const many = Array.from({ length: 51 }, (_, index) => `/app/${index}`);
  expect(await code(logs.describeLogGroups({ logGroupIdentifiers: many }))).toBe("InvalidParameterException");
});

it("tags by the ARN without its star", async () => {
  await logs.createLogGroup({ logGroupName: "/app/web", tags: { a: "1" } });
  expect(await code(logs.tagResource({ resourceArn: `${ARN}:*`, tags: { b: "2" } }))).toBe("InvalidParameterException");
  await logs.tagResource({ resourceArn: ARN, tags: { b: "2" } });
  await logs.untagResource({ resourceArn: ARN, tagKeys: ["a"] });
  expect((await logs.listTagsForResource({ resourceArn: ARN })).tags).toEqual({ b: "2" });
});
