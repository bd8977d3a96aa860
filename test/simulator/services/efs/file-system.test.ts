import { beforeEach, describe, expect, it } from "vitest";
import { code, must, type Network, network, type Simulated, simulate } from "../fixture.ts";

let world: Simulated;
let net: Network;
beforeEach(async () => {
  world = simulate();
  net = await network(world);
});
const create = async (CreationToken = "t") =>
  must((await world.efs.createFileSystem({ CreationToken, Encrypted: true })).FileSystemId);
const mount = (FileSystemId: string, SubnetId: string = net.subnetIds[0]) =>
  world.efs.createMountTarget({ FileSystemId, SubnetId, SecurityGroups: [net.groupId] });

describe("a file system", () => {
  it("is creating, then available, and one for each creation token", async () => {
    const id = await create();
    const state = async () =>
      (await world.efs.describeFileSystems({ FileSystemId: id })).FileSystems?.[0]?.LifeCycleState;
    expect(await state()).toBe("creating");
    expect(await code(mount(id))).toBe("IncorrectFileSystemLifeCycleState");
    await world.pass(9);
    expect(await state()).toBe("available");
    await expect(create()).rejects.toMatchObject({ name: "FileSystemAlreadyExists", FileSystemId: id });
    const found = await world.efs.describeFileSystems({ CreationToken: "t" });
    expect(found.FileSystems?.map((each) => each.FileSystemId)).toEqual([id]);
    expect((await world.efs.describeFileSystems({ CreationToken: "other" })).FileSystems).toEqual([]);
  });

  it("is not deleted while a mount target is there, deleting ones included", async () => {
    const id = await create();
    await world.pass(9);
    const MountTargetId = must((await mount(id)).MountTargetId);
    await world.pass(91);
    const remove = () => world.efs.deleteFileSystem({ FileSystemId: id });
    expect(await code(remove())).toBe("FileSystemInUse");
    await world.efs.deleteMountTarget({ MountTargetId });
    expect(await code(remove())).toBe("FileSystemInUse");
    await world.pass(31);
    await remove();
    await world.pass(6);
    expect(await code(remove())).toBe("FileSystemNotFound");
  });

  it("is backed up when it is asked to be", async () => {
    const FileSystemId = await create();
    await world.pass(9);
    expect(await code(world.efs.describeBackupPolicy({ FileSystemId }))).toBe("PolicyNotFound");
    await world.efs.putBackupPolicy({ FileSystemId, BackupPolicy: { Status: "ENABLED" } });
    await world.pass(3);
    expect((await world.efs.describeBackupPolicy({ FileSystemId })).BackupPolicy?.Status).toBe("ENABLED");
  });

  it("takes a while to change its throughput", async () => {
    const FileSystemId = await create();
    await world.pass(9);
    await world.efs.updateFileSystem({ FileSystemId, ThroughputMode: "elastic" });
    const look = async () => (await world.efs.describeFileSystems({ FileSystemId })).FileSystems?.[0];
    expect(await look()).toMatchObject({ LifeCycleState: "updating", ThroughputMode: "elastic" });
    await world.pass(21);
    expect((await look())?.LifeCycleState).toBe("available");
  });
});

describe("a mount target", () => {
  it("is one in each zone, takes a minute and a half, and holds its subnet and groups", async () => {
    const id = await create();
    await world.pass(9);
    const { MountTargetId } = await mount(id);
    expect(await code(mount(id))).toBe("MountTargetConflict");
    const groups = () => world.efs.describeMountTargetSecurityGroups({ MountTargetId });
    expect(await code(groups())).toBe("IncorrectMountTargetState");
    await world.pass(91);
    expect((await groups()).SecurityGroups).toEqual([net.groupId]);
    expect(await code(world.ec2.deleteSubnet({ SubnetId: net.subnetIds[0] }))).toBe("DependencyViolation");
    expect(await code(mount(id, net.subnetIds[1]))).toMatchObject({ LifeCycleState: "creating" });
  });
});

describe("an access point", () => {
  it("is one for each client token, and goes with its file system", async () => {
    const FileSystemId = await create();
    const point = () =>
      world.efs.createAccessPoint({
        FileSystemId,
        ClientToken: "p",
        PosixUser: { Uid: 1000, Gid: 1000 },
        RootDirectory: { Path: "/data", CreationInfo: { OwnerUid: 1000, OwnerGid: 1000, Permissions: "0755" } },
        Tags: [{ Key: "Name", Value: "data" }],
      });
    expect(await code(point())).toBe("IncorrectFileSystemLifeCycleState");
    await world.pass(9);
    const { AccessPointId } = await point();
    await expect(point()).rejects.toMatchObject({ name: "AccessPointAlreadyExists", AccessPointId });
    await world.pass(4);
    const look = () => world.efs.describeAccessPoints({ AccessPointId });
    expect((await look()).AccessPoints?.[0]).toMatchObject({
      LifeCycleState: "available",
      Name: "data",
      RootDirectory: { Path: "/data" },
    });
    await world.efs.deleteFileSystem({ FileSystemId });
    await world.pass(6);
    expect(await code(look())).toBe("AccessPointNotFound");
  });
});
