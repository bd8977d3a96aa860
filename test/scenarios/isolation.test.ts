import { CreateLogGroupCommand, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import { CreateRepositoryCommand } from "@aws-sdk/client-ecr";
import { CreateClusterCommand } from "@aws-sdk/client-ecs";
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import {
  CreateDBInstanceCommand,
  CreateDBParameterGroupCommand,
  CreateDBSubnetGroupCommand,
} from "@aws-sdk/client-rds";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { CreateSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import { Names } from "../../src/graph/names.ts";
import { ACCOUNT } from "../support/platform.ts";
import { Stage } from "../support/stage.ts";
import { smallSpec, Tenant, type Written } from "../support/tenant.ts";

let stage: Stage;
let shop: Tenant;
beforeEach(() => {
  stage = new Stage();
  shop = new Tenant(stage);
});
afterEach(async () => {
  await stage.stop();
  expect(stage.aws.failures).toEqual([]);
});

const names = new Names({ project: "shop", environment: "dev", account: ACCOUNT, region: "us-east-1" });
const database: Written = { data: { database: { engine: "Postgres", version: "15" } } };
const AssumeRolePolicyDocument = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

interface Somebody {
  readonly type: string;
  readonly node: string;
  readonly spec?: Written;
  /** Makes it; returns its id as the message names it. */
  readonly make: (aws: Aws) => Promise<string | undefined>;
}

const ofSomebodyElse: readonly Somebody[] = [
  {
    type: "AWS::ECS::Cluster",
    node: "cluster",
    make: async ({ ecs }) =>
      (await ecs.send(new CreateClusterCommand({ clusterName: "shop-dev" }))).cluster?.clusterName,
  },
  {
    type: "AWS::Logs::LogGroup",
    node: "agent/clerk/log-group",
    make: async ({ logs }) => {
      await logs.send(new CreateLogGroupCommand({ logGroupName: "/ecs/shop-dev-clerk" }));
      return "/ecs/shop-dev-clerk";
    },
  },
  {
    type: "AWS::IAM::Role",
    node: "execution-role",
    make: async ({ iam }) => {
      const RoleName = names.role("execution");
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
      return RoleName;
    },
  },
  {
    type: "AWS::ECR::Repository",
    node: "agent/clerk/repository",
    spec: { agents: [{ name: "clerk", port: 8000 }] },
    make: async ({ ecr }) =>
      (await ecr.send(new CreateRepositoryCommand({ repositoryName: "shop-dev-clerk" }))).repository?.repositoryName,
  },
  {
    type: "AWS::S3::Bucket",
    node: "artifacts/bucket",
    spec: { data: { artifacts: {} } },
    make: async ({ s3 }) => {
      await s3.send(new CreateBucketCommand({ Bucket: names.bucket("artifacts") }));
      return names.bucket("artifacts");
    },
  },
  {
    type: "AWS::SecretsManager::Secret",
    node: "agent/clerk/secret/bank",
    spec: {
      agents: [
        { ...(smallSpec().agents as object[])[0], secrets: [{ name: "bank", from: { secretRef: { name: "bank" } } }] },
      ],
    },
    make: async ({ secrets }) =>
      (await secrets.send(new CreateSecretCommand({ Name: "shop-dev-clerk-bank", SecretString: "theirs" }))).ARN,
  },
  {
    type: "AWS::RDS::DBInstance",
    node: "database/instance",
    spec: database,
    make: async ({ rds, ec2 }) => {
      const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
      const DBSubnetGroupName = "theirs";
      const SubnetIds = Subnets.flatMap(({ SubnetId }) => SubnetId ?? []);
      await rds.send(
        new CreateDBSubnetGroupCommand({ DBSubnetGroupName, DBSubnetGroupDescription: "theirs", SubnetIds }),
      );
      const made = await rds.send(
        new CreateDBInstanceCommand({
          DBSubnetGroupName,
          DBInstanceIdentifier: "shop-dev-database",
          DBInstanceClass: "db.t3.micro",
          Engine: "postgres",
          AllocatedStorage: 20,
          MasterUsername: "theirs",
          ManageMasterUserPassword: true,
        }),
      );
      return made.DBInstance?.DBInstanceIdentifier;
    },
  },
  {
    type: "AWS::RDS::DBParameterGroup",
    node: "database/parameter-group",
    spec: database,
    make: async ({ rds }) => {
      const DBParameterGroupName = "shop-dev-postgres15";
      const made = await rds.send(
        new CreateDBParameterGroupCommand({
          DBParameterGroupName,
          DBParameterGroupFamily: "postgres15",
          Description: "theirs",
        }),
      );
      return made.DBParameterGroup?.DBParameterGroupName;
    },
  },
];

/** ModifyVpcAttribute belongs to the making of a VPC. */
const changesWhatExists = (action: string) => /Modify|Update|Put/.test(action) && action !== "ModifyVpcAttribute";

describe("what exists under our name and is not ours", () => {
  it.each(ofSomebodyElse)("$type: is named with the way out, stays untouched, and stays when we go", async (one) => {
    stage.store.putSecret("agents", "bank", { token: "t-1" });
    const id = await one.make(stage.client());
    if (one.type.startsWith("AWS::RDS")) await stage.clock.sleep(900_000);
    const before = await stage.resources();
    stage.start();
    shop.apply(one.spec);
    const message = await shop.reason("NotOurs");
    expect(message).toContain(`${one.type} ${id} exists and belongs to nobody that this operator knows`);
    expect(message).toContain("delete or rename it");
    expect(message).toContain(`spec.adopt: [{resource: "${one.node}", id: "${id}"}]`);
    expect(shop.condition("Stalled")?.reason).toBe("NotOurs");
    await shop.until(() => shop.condition("NetworkReady")?.status === "True");
    expect(shop.events("NotOurs")).toHaveLength(1);
    shop.delete();
    await shop.gone();
    expect(await stage.resources()).toEqual(before);
  });

  it("goes on by itself once it is gone", async () => {
    const { logs } = stage.client();
    await logs.send(new CreateLogGroupCommand({ logGroupName: "/ecs/shop-dev-clerk" }));
    stage.start();
    shop.apply();
    await shop.reason("NotOurs");
    await logs.send(new DeleteLogGroupCommand({ logGroupName: "/ecs/shop-dev-clerk" }));
    await shop.ready();
  });
});

describe("two AgentOrchestrators of the same project and environment", () => {
  it("in different namespaces do not touch each other: the second is told whose the names are, and leaves nothing", async () => {
    stage.start();
    shop.apply();
    await shop.ready();
    const before = await stage.resources();
    const since = stage.clock.now();
    const second = new Tenant(stage, "shop", "others");
    second.apply();
    const message = await second.reason("NotOurs");
    expect(message).toContain("belongs to AgentOrchestrator agents/shop of this cluster. Nothing was made");
    expect(second.condition("Stalled")?.reason).toBe("NotOurs");
    await stage.clock.sleep(300_000);
    expect(stage.writesSince(since)).toEqual([]);
    expect(shop.condition("Ready")?.status).toBe("True");
    second.delete();
    await second.gone();
    expect(await stage.resources()).toEqual(before);
    expect(stage.writesSince(since)).toEqual([]);
    expect(shop.condition("Ready")?.status).toBe("True");
  });

  it("applied at once, one of them has the names and the other waits", async () => {
    stage.start();
    const second = new Tenant(stage, "shop", "others");
    shop.apply();
    second.apply();
    await shop.ready();
    expect(await second.reason("NotOurs")).toContain("belongs to AgentOrchestrator agents/shop of this cluster");
    expect(second.object?.status?.resources ?? []).toEqual([]);
  });

  it("in another region they do not meet", async () => {
    stage.start();
    shop.apply();
    const second = new Tenant(stage, "shop", "others");
    second.apply({ aws: { region: "us-west-2" } });
    await shop.ready();
    await second.ready();
  });

  it("the second takes over the names when the first is gone", async () => {
    stage.start();
    shop.apply();
    await shop.ready();
    const second = new Tenant(stage, "shop", "others");
    second.apply();
    await second.reason("NotOurs");
    shop.delete();
    await shop.gone();
    await second.ready();
    second.delete();
    await second.gone();
    expect(await stage.resources()).toEqual([]);
  });
});

describe("another cluster's AgentOrchestrator of the same name", () => {
  it("keeps its resources: they are named with the cluster, and not touched", async () => {
    stage.start();
    shop.apply();
    await shop.ready();
    await stage.stop();
    const before = await stage.resources();
    const since = stage.clock.now();
    const elsewhere = new Stage({}, stage);
    const theirs = new Tenant(elsewhere);
    elsewhere.start();
    theirs.apply();
    const message = await theirs.reason("NotOurs");
    expect(message).toContain(
      "belongs to AgentOrchestrator agents/shop of cluster 00000000-0000-4000-8000-000000000000",
    );
    theirs.delete();
    await theirs.gone();
    await elsewhere.stop();
    expect(await stage.resources()).toEqual(before);
    expect(stage.writesSince(since).filter((action) => changesWhatExists(action))).toEqual([]);
  });
});
