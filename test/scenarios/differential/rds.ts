import type { CreateDBInstanceCommandInput } from "@aws-sdk/client-rds";
import { type Network, network } from "./network.ts";
import type { Scenario, Subject } from "./scenario.ts";

async function subnetGroup({ rds }: Subject, { subnetIds }: Network): Promise<void> {
  const DBSubnetGroupDescription = "data";
  await rds.createDBSubnetGroup({ DBSubnetGroupName: "Data", DBSubnetGroupDescription, SubnetIds: [...subnetIds] });
}

const main = ({ groupId }: Network): CreateDBInstanceCommandInput => ({
  DBInstanceIdentifier: "main",
  Engine: "postgres",
  EngineVersion: "15",
  DBInstanceClass: "db.t4g.micro",
  StorageType: "gp3",
  AllocatedStorage: 20,
  MasterUsername: "owner",
  ManageMasterUserPassword: true,
  DBSubnetGroupName: "data",
  VpcSecurityGroupIds: [groupId],
});

export const rdsScenarios: readonly Scenario[] = [
  {
    name: "a database from coming to going",
    async run(aws, step) {
      const { rds, ec2, secrets, pass } = aws;
      const net = await network(aws);
      await subnetGroup(aws, net);
      await step("create", rds.createDBInstance(main(net)), ({ DBInstance }) => [
        DBInstance?.DBInstanceIdentifier ?? null,
        DBInstance?.DBInstanceStatus ?? null,
        DBInstance?.Endpoint === undefined,
        DBInstance?.EngineVersion?.startsWith("15.") ?? null,
      ]);
      await step("create again", rds.createDBInstance(main(net)));
      const id = { DBInstanceIdentifier: "main" };
      const look = (name: string) =>
        step(name, rds.describeDBInstances(id), (answer) => answer.DBInstances?.[0]?.DBInstanceStatus);
      await look("at once");
      await step("modify at once", rds.modifyDBInstance({ ...id, MultiAZ: true, ApplyImmediately: true }));
      await pass(500);
      const ready = await look("eight minutes later");
      const SecretId = ready?.DBInstances?.[0]?.MasterUserSecret?.SecretArn;
      await step("its secret", secrets.describeSecret({ SecretId }), (answer) => answer.OwningService);
      await step("its subnet group in use", rds.deleteDBSubnetGroup({ DBSubnetGroupName: "data" }));
      await step("its security group in use", ec2.deleteSecurityGroup({ GroupId: net.groupId }));
      await step("shrink", rds.modifyDBInstance({ ...id, AllocatedStorage: 10, ApplyImmediately: true }));
      await step(
        "grow",
        rds.modifyDBInstance({ ...id, AllocatedStorage: 40, ApplyImmediately: true }),
        (answer) => answer.DBInstance?.PendingModifiedValues?.AllocatedStorage,
      );
      await pass(400);
      await step("grow again", rds.modifyDBInstance({ ...id, AllocatedStorage: 60, ApplyImmediately: true }));
      await step("protect", rds.modifyDBInstance({ ...id, DeletionProtection: true }));
      await step("delete protected", rds.deleteDBInstance({ ...id, SkipFinalSnapshot: true }));
      await rds.modifyDBInstance({ ...id, DeletionProtection: false });
      await step("delete without a word of a snapshot", rds.deleteDBInstance(id));
      await step("delete", rds.deleteDBInstance({ ...id, FinalDBSnapshotIdentifier: "last" }));
      await look("while it goes");
      await pass(600);
      await look("afterwards");
      await step("its secret afterwards", secrets.describeSecret({ SecretId }));
      await step(
        "its snapshot",
        rds.describeDBSnapshots({ DBSnapshotIdentifier: "last" }),
        (answer) => answer.DBSnapshots?.[0]?.Status,
      );
      await step("delete again", rds.deleteDBInstance({ ...id, SkipFinalSnapshot: true }));
    },
  },
  {
    name: "databases that RDS does not make",
    async run(aws, step) {
      const { rds } = aws;
      const net = await network(aws);
      await subnetGroup(aws, net);
      let asked = 0;
      const create = (more: Partial<CreateDBInstanceCommandInput>) => {
        asked += 1;
        return rds.createDBInstance({ ...main(net), DBInstanceIdentifier: `d${asked}`, ...more });
      };
      await step("no such version", create({ EngineVersion: "9" }));
      await step("no such class", create({ DBInstanceClass: "db.x9.huge" }));
      await step("too little storage", create({ AllocatedStorage: 5 }));
      await step("IOPS below 400 GiB", create({ Iops: 4000 }));
      await step("no room to grow", create({ MaxAllocatedStorage: 20 }));
      await step("a reserved user", create({ MasterUsername: "admin" }));
      await step("two passwords", create({ MasterUserPassword: "12345678" }));
      await step("no such subnet group", create({ DBSubnetGroupName: "none" }));
      await step("no such security group", create({ VpcSecurityGroupIds: ["sg-0123456789abcdef0"] }));
      await step("no such parameter group", create({ DBParameterGroupName: "none" }));
      await step("a name with two hyphens", create({ DBInstanceIdentifier: "a--b" }));
      await step(
        "a name with capitals",
        create({ DBInstanceIdentifier: "Upper" }),
        (answer) => answer.DBInstance?.DBInstanceIdentifier,
      );
    },
  },
  {
    name: "subnet groups and parameter groups",
    async run(aws, step) {
      const { rds } = aws;
      const { subnetIds } = await network(aws);
      const group = (SubnetIds: string[]) =>
        rds.createDBSubnetGroup({ DBSubnetGroupName: "one", DBSubnetGroupDescription: "one", SubnetIds });
      await step("one zone", group([subnetIds[0]]));
      await step("no such subnet", group([subnetIds[0], "subnet-0123456789abcdef0"]));
      await step("two zones", group([...subnetIds]), (answer) => answer.DBSubnetGroup?.Subnets?.length);
      await step("again", group([...subnetIds]));
      await step("delete", rds.deleteDBSubnetGroup({ DBSubnetGroupName: "one" }));
      await step("delete again", rds.deleteDBSubnetGroup({ DBSubnetGroupName: "one" }));
      const DBParameterGroupName = "tuned";
      const tuned = { DBParameterGroupName, Description: "tuned" };
      const other = { ...tuned, DBParameterGroupName: "other", DBParameterGroupFamily: "postgres99" };
      await step("no such family", rds.createDBParameterGroup(other));
      await step("parameters", rds.createDBParameterGroup({ ...tuned, DBParameterGroupFamily: "postgres15" }));
      await step("parameters again", rds.createDBParameterGroup({ ...tuned, DBParameterGroupFamily: "postgres15" }));
      const set = (ParameterName: string, ApplyMethod: "immediate" | "pending-reboot") =>
        rds.modifyDBParameterGroup({
          DBParameterGroupName,
          Parameters: [{ ParameterName, ParameterValue: "1", ApplyMethod }],
        });
      await step("an unknown parameter", set("nothing", "immediate"));
      await step("a static one at once", set("max_connections", "immediate"));
      await step("a dynamic one at once", set("rds.force_ssl", "immediate"));
      await step("delete parameters", rds.deleteDBParameterGroup({ DBParameterGroupName }));
      await step("delete parameters again", rds.deleteDBParameterGroup({ DBParameterGroupName }));
    },
  },
];
