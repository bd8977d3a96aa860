/**
 * What the status of a DB instance means. Source: Amazon RDS User Guide, "Viewing Amazon RDS DB instance status".
 */
export type StatusMeaning =
  | { readonly phase: "ready" }
  | { readonly phase: "progressing"; readonly message: string }
  | { readonly phase: "failed"; readonly message: string }
  | { readonly phase: "deleting"; readonly message: string };

/** Available all the while, whatever RDS does beside. */
const available = new Set([
  "available",
  "backing-up",
  "configuring-enhanced-monitoring",
  "configuring-iam-database-auth",
  "configuring-log-exports",
  "storage-optimization",
]);

/** RDS needs a person: what to do. */
const remedies: Readonly<Record<string, string>> = {
  failed: "restore it from a snapshot or to a point in time",
  "inaccessible-encryption-credentials": "its KMS key cannot be used; restore access to the key, then restore a backup",
  "inaccessible-encryption-credentials-recoverable":
    "its KMS key cannot be used; enable the key, then start the instance within seven days",
  "incompatible-create": "RDS could not create it with these settings; its events in the RDS console say which",
  "incompatible-network": "its subnets have no free addresses or its VPC has changed; make room, or restore a snapshot",
  "incompatible-option-group": "its option group could not be applied; correct the option group",
  "incompatible-parameters": "its parameters do not fit this instance class or version; correct them and reboot it",
  "incompatible-restore": "RDS cannot restore it to that point in time; choose another one",
  "insufficient-capacity": "AWS has no capacity for this class in these zones now; wait, or choose another class",
  "restore-error": "restoring it from a snapshot failed; its events in the RDS console say why",
  stopped: "start it with `aws rds start-db-instance`; RDS starts it by itself after seven days",
  "storage-full": "raise spec.data.database.storageGiB, or set maxStorageGiB so that it grows by itself",
};

/** Statuses whose name does not say what goes on. */
const words: Readonly<Record<string, string>> = {
  creating: "RDS creates it, then takes a first backup",
  modifying: "RDS applies a change; it goes on serving",
  rebooting: "it restarts",
  "resetting-master-credentials": "RDS changes the master password",
  upgrading: "RDS upgrades the engine; it does not serve meanwhile",
  "storage-initialization": "RDS loads its storage; it serves, but slowly",
};

/** @param pending names of the values that RDS has accepted and not yet applied */
export function meaningOf(status: string, pending: readonly string[]): StatusMeaning {
  if (status === "deleting") return { phase: "deleting", message: "RDS deletes it" };
  const remedy = remedies[status];
  if (remedy) return { phase: "failed", message: `DB instance is ${status}: ${remedy}` };
  if (!available.has(status)) return { phase: "progressing", message: words[status] ?? `DB instance is ${status}` };
  if (pending.length > 0) return { phase: "progressing", message: `RDS is about to change ${pending.join(", ")}` };
  return { phase: "ready" };
}

/** "15" stands for any 15.x, "15.10" for that one alone. */
export function sameVersion(desired: string, live: string | undefined): boolean {
  return live === desired || (live?.startsWith(`${desired}.`) ?? false);
}
