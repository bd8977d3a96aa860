export interface KnownParameter {
  /** A static one takes effect at the next reboot. */
  readonly type: "static" | "dynamic";
  readonly dataType: "boolean" | "integer" | "string" | "list" | "float";
  readonly default?: string;
}

const dynamic = (dataType: KnownParameter["dataType"], value?: string): KnownParameter => ({
  type: "dynamic",
  dataType,
  ...(value !== undefined && { default: value }),
});
const fixed = (dataType: KnownParameter["dataType"], value?: string): KnownParameter => ({
  type: "static",
  dataType,
  ...(value !== undefined && { default: value }),
});

/** Parameters of PostgreSQL that can be set: RDS User Guide, "RDS for PostgreSQL DB instance parameter list" (a part). */
export const PARAMETERS: Readonly<Record<string, KnownParameter>> = {
  autovacuum: dynamic("boolean", "1"),
  autovacuum_max_workers: fixed("integer", "3"),
  autovacuum_naptime: dynamic("integer", "15"),
  autovacuum_vacuum_cost_limit: dynamic("integer"),
  checkpoint_completion_target: dynamic("float", "0.9"),
  checkpoint_timeout: dynamic("integer"),
  client_encoding: dynamic("string"),
  deadlock_timeout: dynamic("integer"),
  default_statistics_target: dynamic("integer"),
  effective_cache_size: dynamic("integer", "{DBInstanceClassMemory/16384}"),
  idle_in_transaction_session_timeout: dynamic("integer", "86400000"),
  idle_session_timeout: dynamic("integer"),
  jit: dynamic("boolean"),
  lock_timeout: dynamic("integer"),
  log_connections: dynamic("boolean"),
  log_disconnections: dynamic("boolean"),
  log_lock_waits: dynamic("boolean"),
  log_min_duration_statement: dynamic("integer"),
  log_min_messages: dynamic("string"),
  log_statement: dynamic("string"),
  log_temp_files: dynamic("integer"),
  maintenance_work_mem: dynamic("integer", "GREATEST({DBInstanceClassMemory*1024/63963136},65536)"),
  max_connections: fixed("integer", "LEAST({DBInstanceClassMemory/9531392},5000)"),
  max_locks_per_transaction: fixed("integer"),
  max_parallel_workers: dynamic("integer"),
  max_replication_slots: fixed("integer", "20"),
  max_wal_senders: fixed("integer", "35"),
  max_wal_size: dynamic("integer", "2048"),
  max_worker_processes: fixed("integer"),
  "pg_stat_statements.max": fixed("integer"),
  "pg_stat_statements.track": dynamic("string"),
  random_page_cost: dynamic("float"),
  "rds.force_ssl": dynamic("boolean", "1"),
  "rds.log_retention_period": dynamic("integer", "4320"),
  "rds.logical_replication": fixed("boolean", "0"),
  shared_buffers: fixed("integer", "{DBInstanceClassMemory/32768}"),
  shared_preload_libraries: fixed("list", "pg_stat_statements"),
  statement_timeout: dynamic("integer"),
  timezone: dynamic("string", "UTC"),
  track_activity_query_size: fixed("integer"),
  wal_buffers: fixed("integer"),
  work_mem: dynamic("integer"),
};
