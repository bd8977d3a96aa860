/** How long RDS takes, in seconds, each with where the figure comes from. */
export const durations = {
  "rds.instance.create": {
    seconds: 300,
    source: 'RDS User Guide, "Creating a DB instance": several minutes; 5 to 8 in practice, the first backup included',
  },
  "rds.instance.firstBackup": {
    seconds: 90,
    source: "observed in practice: one to two minutes of backing-up after creation",
  },
  "rds.instance.modifyStart": {
    seconds: 20,
    source: "observed in practice: available with PendingModifiedValues for some seconds before modifying",
  },
  "rds.instance.modify": { seconds: 60, source: "observed in practice: about a minute" },
  "rds.instance.modifyClass": { seconds: 480, source: "observed in practice: 5 to 10 minutes" },
  "rds.instance.modifyMultiAZ": { seconds: 600, source: "observed in practice: about ten minutes for small storage" },
  "rds.instance.modifyStorage": {
    seconds: 180,
    source: "observed in practice: a few minutes until storage-optimization",
  },
  "rds.instance.optimizeStorage": {
    seconds: 6 * 3600,
    source: 'RDS User Guide, "Working with storage": storage optimization can take several hours',
  },
  "rds.instance.upgrade": {
    seconds: 600,
    source: 'RDS User Guide, "Upgrades of the RDS for PostgreSQL DB engine": ten minutes and more',
  },
  "rds.instance.reboot": { seconds: 45, source: 'RDS User Guide, "Rebooting a DB instance": seconds to minutes' },
  "rds.instance.delete": { seconds: 210, source: "observed in practice: 3 to 5 minutes without a final snapshot" },
  "rds.snapshot.create": { seconds: 150, source: "observed in practice: 2 to 3 minutes for 20 GiB" },
  "rds.secret.create": { seconds: 15, source: "API_MasterUserSecret: SecretStatus creating, then active" },
} as const;
