/** Seconds that EFS takes, by the name that rules pass to `world.duration`. */
export const durations = {
  "efs.fileSystem.create": { seconds: 8, source: "API_CreateFileSystem: creating, then available" },
  "efs.fileSystem.update": { seconds: 20, source: "API_UpdateFileSystem: updating, then available" },
  "efs.fileSystem.delete": { seconds: 5, source: "API_DeleteFileSystem: deleting until it is gone" },
  "efs.mountTarget.create": {
    seconds: 90,
    source: "API_CreateMountTarget: creating, then available; 1 to 2 minutes in practice",
  },
  "efs.mountTarget.delete": { seconds: 30, source: "API_DeleteMountTarget: deleting until its interface is gone" },
  "efs.accessPoint.create": { seconds: 3, source: "API_CreateAccessPoint: creating, then available" },
  "efs.accessPoint.delete": { seconds: 3, source: "API_DeleteAccessPoint: deleting until it is gone" },
  "efs.backupPolicy.change": {
    seconds: 2,
    source: "API_BackupPolicy: ENABLING, then ENABLED; DISABLING, then DISABLED",
  },
} as const;
