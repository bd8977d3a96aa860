import type {
  LifecyclePolicy,
  PerformanceMode,
  PosixUser,
  RootDirectory,
  Status,
  ThroughputMode,
} from "@aws-sdk/client-efs";
import type { Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import type { TagMap } from "../common/tags.ts";

type LifeCycle = "creating" | "available" | "updating" | "deleting";

export interface FileSystemRow {
  readonly id: string;
  readonly creationToken: string;
  readonly created: number;
  readonly encrypted: boolean;
  readonly kmsKeyId: string | undefined;
  readonly performanceMode: PerformanceMode;
  readonly zone: string | undefined;
  state: LifeCycle;
  throughputMode: ThroughputMode;
  provisionedMibps: number | undefined;
  backup: Status | undefined;
  lifecycle: LifecyclePolicy[];
  tags: TagMap;
}

export interface MountTargetRow {
  readonly id: string;
  readonly fileSystemId: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly zoneId: string;
  readonly interfaceId: string;
  readonly ip: string;
  state: LifeCycle;
  securityGroups: string[];
}

export interface AccessPointRow {
  readonly id: string;
  readonly fileSystemId: string;
  readonly clientToken: string;
  readonly posixUser: PosixUser | undefined;
  readonly rootDirectory: RootDirectory;
  state: LifeCycle;
  tags: TagMap;
}

type Where = Pick<Call, "world" | "account" | "region">;
const named =
  <T extends object>(name: string) =>
  (call: Where): Table<T> =>
    call.world.table<T>(call, `efs.${name}`);

export const fileSystems = named<FileSystemRow>("fileSystems");
export const mountTargets = named<MountTargetRow>("mountTargets");
export const accessPoints = named<AccessPointRow>("accessPoints");
