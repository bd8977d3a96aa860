/** How long ElastiCache takes, in seconds, each with where the figure comes from. */
export const durations = {
  "elasticache.group.create": {
    seconds: 360,
    source: "observed in practice: 5 to 10 minutes for one or two small nodes",
  },
  "elasticache.group.modify": { seconds: 45, source: "observed in practice: less than a minute for settings" },
  "elasticache.group.modifyFailover": { seconds: 60, source: "observed in practice: about a minute" },
  "elasticache.group.modifyNodeType": { seconds: 720, source: "observed in practice: 10 to 15 minutes" },
  "elasticache.group.upgrade": {
    seconds: 1200,
    source: "observed in practice: about 20 minutes from valkey7 to valkey8 on a small group",
  },
  "elasticache.group.modifyEncryption": { seconds: 600, source: "observed in practice: about ten minutes" },
  "elasticache.group.increase": { seconds: 420, source: "observed in practice: 6 to 10 minutes a replica" },
  "elasticache.group.decrease": { seconds: 240, source: "observed in practice: 3 to 5 minutes" },
  "elasticache.group.delete": { seconds: 240, source: "observed in practice: 3 to 6 minutes" },
  "elasticache.snapshot.create": { seconds: 150, source: "observed in practice: 2 to 3 minutes for little data" },
} as const;
