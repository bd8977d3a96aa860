import { network } from "./network.ts";
import { needed, type Scenario } from "./scenario.ts";

export const efsScenarios: readonly Scenario[] = [
  {
    name: "a file system with mount targets",
    async run(aws, step) {
      const { efs, ec2, pass } = aws;
      const net = await network(aws);
      const ask = { CreationToken: "token-1", Encrypted: true };
      const made = await step("create", efs.createFileSystem(ask), (answer) => [
        answer.LifeCycleState ?? null,
        answer.PerformanceMode ?? null,
        answer.ThroughputMode ?? null,
      ]);
      const FileSystemId = needed(made?.FileSystemId, "file system");
      await step("create again", efs.createFileSystem(ask));
      await pass(30);
      await step(
        "look",
        efs.describeFileSystems({ FileSystemId }),
        (answer) => answer.FileSystems?.[0]?.LifeCycleState,
      );
      const mount = (SubnetId: string) =>
        efs.createMountTarget({ FileSystemId, SubnetId, SecurityGroups: [net.groupId] });
      const target = await step("mount", mount(net.subnetIds[0]), (answer) => answer.LifeCycleState);
      const MountTargetId = needed(target?.MountTargetId, "mount target");
      await step("mount in the same zone", mount(net.subnetIds[0]));
      await step("mount in no subnet", mount("subnet-0123456789abcdef0"));
      await pass(120);
      await step(
        "its groups",
        efs.describeMountTargetSecurityGroups({ MountTargetId }),
        (answer) => answer.SecurityGroups?.length,
      );
      await step("delete in use", efs.deleteFileSystem({ FileSystemId }));
      await step("delete its subnet", ec2.deleteSubnet({ SubnetId: net.subnetIds[0] }));
      await step("unmount", efs.deleteMountTarget({ MountTargetId }));
      await step("delete while it unmounts", efs.deleteFileSystem({ FileSystemId }));
      await pass(60);
      await step("unmount again", efs.deleteMountTarget({ MountTargetId }));
      await step("delete", efs.deleteFileSystem({ FileSystemId }));
      await pass(30);
      await step("look afterwards", efs.describeFileSystems({ FileSystemId }));
    },
  },
  {
    name: "access points and backups",
    async run({ efs, pass }, step) {
      const { FileSystemId } = await efs.createFileSystem({ CreationToken: "token-1" });
      needed(FileSystemId, "file system");
      await pass(30);
      const ask = {
        FileSystemId,
        ClientToken: "token-1",
        PosixUser: { Uid: 1000, Gid: 1000 },
        RootDirectory: { Path: "/a", CreationInfo: { OwnerUid: 1000, OwnerGid: 1000, Permissions: "0755" } },
      };
      const made = await step("create", efs.createAccessPoint(ask), (answer) => answer.RootDirectory?.Path);
      await step("create again", efs.createAccessPoint(ask));
      await step(
        "of no file system",
        efs.createAccessPoint({ ...ask, ClientToken: "2", FileSystemId: "fs-0123456789abcdef0" }),
      );
      await pass(10);
      const AccessPointId = needed(made?.AccessPointId, "access point");
      await step(
        "look",
        efs.describeAccessPoints({ AccessPointId }),
        (answer) => answer.AccessPoints?.[0]?.LifeCycleState,
      );
      await step("backup policy", efs.describeBackupPolicy({ FileSystemId }));
      await step("back up", efs.putBackupPolicy({ FileSystemId, BackupPolicy: { Status: "ENABLED" } }));
      await pass(10);
      await step(
        "backup policy as set",
        efs.describeBackupPolicy({ FileSystemId }),
        (answer) => answer.BackupPolicy?.Status,
      );
      await step("delete", efs.deleteAccessPoint({ AccessPointId }));
      await pass(10);
      await step("delete again", efs.deleteAccessPoint({ AccessPointId }));
      await step("tag what is gone", efs.tagResource({ ResourceId: AccessPointId, Tags: [{ Key: "a", Value: "1" }] }));
    },
  },
];
