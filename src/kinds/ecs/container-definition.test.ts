import { expect, it } from "vitest";
import { equal } from "../../plan/diff.ts";
import { propsOf, requestOf } from "./container-definition.ts";
import type { TaskDefinitionProps } from "./task-definition.ts";

const small: TaskDefinitionProps = {
  family: "api",
  cpu: "1024",
  memory: "2048",
  executionRoleArn: "arn:aws:iam::1:role/execution",
  taskRoleArn: "arn:aws:iam::1:role/api",
  architecture: "ARM64",
  container: {
    name: "api",
    image: "api:1",
    port: 8000,
    environment: {},
    secrets: {},
    logGroup: "/ecs/api",
    logRegion: "us-east-1",
    readonlyRoot: true,
    stopTimeoutSeconds: 30,
  },
};

const full: TaskDefinitionProps = {
  ...small,
  architecture: "X86_64",
  container: {
    ...small.container,
    grpcPort: 50051,
    environment: { B: "2", A: "" },
    secrets: { TOKEN: "arn:aws:secretsmanager:us-east-1:1:secret:s-abc:token::" },
    healthCheck: {
      command: ["CMD", "true"],
      intervalSeconds: 10,
      timeoutSeconds: 2,
      retries: 2,
      startPeriodSeconds: 0,
    },
    command: ["serve"],
    user: "1000:1000",
    mount: { volume: { fileSystemId: "fs-1", accessPointId: "fsap-1" }, path: "/data" },
    init: {
      name: "prepare",
      image: "postgres:16",
      command: ["bash", "-c", "true"],
      environment: { PGHOST: "database" },
      secrets: { PGPASSWORD: "arn:aws:secretsmanager:us-east-1:1:secret:s-abc:password::" },
    },
  },
};

it.each([
  ["a small one", small],
  ["one with everything", full],
])("reads %s back as it was sent, so that no revision is made without a change", (_name, props) => {
  const described = { ...requestOf(props), revision: 1, status: "ACTIVE" as const };
  expect(equal(propsOf(described), props)).toBe(true);
});

it("tells a change deep in the container", () => {
  const described = requestOf(full);
  const changed = { ...full, container: { ...full.container, environment: { ...full.container.environment, A: "1" } } };
  expect(equal(propsOf(described), changed)).toBe(false);
});

it("lets the container start only after its init container has succeeded, and the task live by the container alone", () => {
  const { containerDefinitions = [] } = requestOf(full);
  expect(containerDefinitions.map(({ name, essential, dependsOn }) => [name, essential, dependsOn])).toEqual([
    ["api", true, [{ containerName: "prepare", condition: "SUCCESS" }]],
    ["prepare", false, undefined],
  ]);
});

it("tells an init container that is no longer wanted", () => {
  const { init: _, ...container } = full.container;
  expect(equal(propsOf(requestOf(full)), { ...full, container })).toBe(false);
});
