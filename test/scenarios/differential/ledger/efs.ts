import type { Verdict } from "./verdict.ts";

/** Where the emulators differ from the simulator in EFS. */
export const efsLedger: readonly Verdict[] = [
  {
    scenario: "a file system with mount targets",
    why: "No time passes in emulators.",
    page: "API_FileSystemDescription, LifeCycleState; API_MountTargetDescription, LifeCycleState",
    right: "simulator",
    steps: {
      create: {
        ministack: ["available", "generalPurpose", "bursting"],
        moto: ["available", "generalPurpose", "bursting"],
      },
      mount: { ministack: "available", moto: "available" },
    },
  },
  {
    scenario: "a file system with mount targets",
    why: "A creation token that is known is refused with the file system that has it.",
    page: "API_CreateFileSystem, FileSystemAlreadyExists",
    right: "simulator",
    steps: {
      "create again": { ministack: "done" },
    },
  },
  {
    scenario: "a file system with mount targets",
    why: "A mount target holds its subnet, and its file system until it is gone.",
    page: "API_DeleteSubnet; API_DeleteFileSystem, FileSystemInUse",
    right: "simulator",
    steps: {
      "delete its subnet": { ministack: "done", moto: "done" },
      "delete while it unmounts": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a file system with mount targets",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      delete: { ministack: "refused: FileSystemNotFound", moto: "refused: FileSystemNotFound" },
    },
  },
  {
    scenario: "access points and backups",
    why: "A client token that is known is refused with the access point that has it.",
    page: "API_CreateAccessPoint, AccessPointAlreadyExists",
    right: "simulator",
    steps: {
      "create again": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "access points and backups",
    why: "What is not there is not found.",
    page: "API_CreateAccessPoint, FileSystemNotFound; API_DeleteAccessPoint, AccessPointNotFound; API_TagResource",
    right: "simulator",
    steps: {
      "of no file system": { moto: "done" },
      "delete again": { moto: "done" },
      "tag what is gone": { moto: "done" },
    },
  },
  {
    scenario: "access points and backups",
    why: "A backup policy that nobody has set is not found; what is set is read back.",
    page: "API_DescribeBackupPolicy, PolicyNotFound; API_PutBackupPolicy",
    right: "simulator",
    steps: {
      "backup policy": { ministack: "done" },
      "back up": { moto: "refused: SyntaxError" },
      "backup policy as set": { moto: "refused: PolicyNotFound" },
    },
  },
];
