import type { EffectiveSpec } from "../api/effective.ts";
import type { DeletionPolicy } from "./graph.ts";

/** Types that hold what cannot be made again: those whose kind says `data`. */
export const dataTypes: ReadonlySet<string> = new Set([
  "AWS::EFS::FileSystem",
  "AWS::S3::Bucket",
  "AWS::ECR::Repository",
  "AWS::SecretsManager::Secret",
  "AWS::RDS::DBInstance",
  "AWS::ElastiCache::ReplicationGroup",
]);

/** What becomes of data of this type when it is no longer wanted; undefined for what holds none. */
export function policyOf(type: string, { database, data }: EffectiveSpec["policies"]): DeletionPolicy | undefined {
  if (!dataTypes.has(type)) return undefined;
  if (type === "AWS::RDS::DBInstance" || type === "AWS::ElastiCache::ReplicationGroup") return database;
  // A file system is the database's, and has no snapshots of its own.
  if (type === "AWS::EFS::FileSystem") return database === "Delete" ? "Delete" : "Retain";
  return data;
}
