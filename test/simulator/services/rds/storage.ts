import { GP3_TUNABLE_GIB, STORAGE } from "./catalog.ts";
import { badCombination, badValue } from "./rows.ts";

export interface Storage {
  readonly engine: string;
  readonly type: string;
  readonly sizeGiB: number;
  readonly maxGiB: number | undefined;
  readonly iops: number | undefined;
  readonly throughput: number | undefined;
}

/** API_CreateDBInstance: AllocatedStorage, MaxAllocatedStorage, StorageType, Iops, StorageThroughput. */
export function checkStorage({ engine, type, sizeGiB, maxGiB, iops, throughput }: Storage): void {
  const range = STORAGE[type];
  if (!range) throw badValue(`Invalid storage type: ${type}`);
  if (sizeGiB < range.min || sizeGiB > range.max) {
    throw badCombination(`Invalid storage size for engine name ${engine} and storage type ${type}: ${sizeGiB}`);
  }
  if (maxGiB !== undefined && maxGiB <= sizeGiB) {
    throw badCombination("Max storage size must be greater than storage size");
  }
  if (maxGiB !== undefined && maxGiB < sizeGiB * 1.1) {
    throw badCombination("The maximum allocated storage must be increased by at least 10 percent.");
  }
  if (type === "gp3" && sizeGiB < GP3_TUNABLE_GIB && (iops !== undefined || throughput !== undefined)) {
    throw badCombination(
      `You can't specify IOPS or storage throughput for engine ${engine} and a storage size less than ${GP3_TUNABLE_GIB}.`,
    );
  }
  if (type.startsWith("io") && iops === undefined) {
    throw badCombination(`You must specify IOPS for storage type ${type}.`);
  }
}

/** gp3's baseline (RDS User Guide, "gp3 storage"): 3000 IOPS and 125 MiB/s, four times that from 400 GiB on. */
export function baseline(type: string, sizeGiB: number): { iops: number | undefined; throughput: number | undefined } {
  if (type !== "gp3") return { iops: undefined, throughput: undefined };
  return sizeGiB < GP3_TUNABLE_GIB ? { iops: 3000, throughput: 125 } : { iops: 12_000, throughput: 500 };
}
