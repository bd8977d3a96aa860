import type { Call } from "../../operation.ts";
import { zoneFaults } from "./rows.ts";

type Where = Pick<Call, "world" | "account" | "region">;

/**
 * Zone letters and the prefix of zone ids by region: DescribeRegions and DescribeAvailabilityZones, and "AWS Regions
 * and Availability Zones" of the AWS Global Infrastructure documentation. A new account sees these letters.
 */
const REGIONS: Readonly<Record<string, readonly [letters: string, idPrefix: string]>> = {
  "us-east-1": ["abcdef", "use1"],
  "us-east-2": ["abc", "use2"],
  "us-west-1": ["bc", "usw1"],
  "us-west-2": ["abcd", "usw2"],
  "af-south-1": ["abc", "afs1"],
  "ap-east-1": ["abc", "ape1"],
  "ap-northeast-1": ["acd", "apne1"],
  "ap-northeast-2": ["abcd", "apne2"],
  "ap-northeast-3": ["abc", "apne3"],
  "ap-south-1": ["abc", "aps1"],
  "ap-south-2": ["abc", "aps2"],
  "ap-southeast-1": ["abc", "apse1"],
  "ap-southeast-2": ["abc", "apse2"],
  "ap-southeast-3": ["abc", "apse3"],
  "ap-southeast-4": ["abc", "apse4"],
  "ca-central-1": ["abd", "cac1"],
  "ca-west-1": ["abc", "caw1"],
  "cn-north-1": ["abd", "cnn1"],
  "cn-northwest-1": ["abc", "cnnw1"],
  "eu-central-1": ["abc", "euc1"],
  "eu-central-2": ["abc", "euc2"],
  "eu-north-1": ["abc", "eun1"],
  "eu-south-1": ["abc", "eus1"],
  "eu-south-2": ["abc", "eus2"],
  "eu-west-1": ["abc", "euw1"],
  "eu-west-2": ["abc", "euw2"],
  "eu-west-3": ["abc", "euw3"],
  "il-central-1": ["abc", "ilc1"],
  "me-central-1": ["abc", "mec1"],
  "me-south-1": ["abc", "mes1"],
  "sa-east-1": ["abc", "sae1"],
  "us-gov-east-1": ["abc", "usge1"],
  "us-gov-west-1": ["abc", "usgw1"],
};

/** Regions that an account has without opting in: EC2 API_DescribeRegions, opt-in-status. */
const OPT_IN = /^(af|ap-east|ap-south-2|ap-southeast-[34]|ca-west|eu-central-2|eu-south|il|me)-?/;

export const regionNames = (): readonly string[] => Object.keys(REGIONS);
export const needsOptIn = (region: string): boolean => OPT_IN.test(region);

/** Zone names of a region, none for a region that does not exist. */
export function zonesOf(region: string): readonly string[] {
  return [...(REGIONS[region]?.[0] ?? "")].map((letter) => region + letter);
}

/** Zone ids are the same place in every account, letters are not: AWS RAM User Guide, "Availability Zone IDs". */
export function zoneId(call: Pick<Call, "account">, region: string, zone: string): string {
  const zones = zonesOf(region);
  const place = (zones.indexOf(zone) + (Number(call.account) % zones.length)) % zones.length;
  return `${REGIONS[region]?.[1]}-az${place + 1}`;
}

/** Scripts a zone without capacity: nothing new can be placed there until `restoreZone`. */
export function exhaustZone(call: Where, zone: string): void {
  zoneFaults(call).put(zone, { zone });
}

export function restoreZone(call: Where, zone: string): void {
  zoneFaults(call).remove(zone);
}

export const zoneHasCapacity = (call: Where, zone: string): boolean => zoneFaults(call).get(zone) === undefined;
