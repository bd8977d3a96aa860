import type {
  DescribeAccountAttributesRequest,
  DescribeAccountAttributesResult,
  DescribeAvailabilityZonesRequest,
  DescribeAvailabilityZonesResult,
  DescribeRegionsRequest,
  DescribeRegionsResult,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { invalidValue } from "./refusals.ts";
import { vpcs } from "./rows.ts";
import { type Filters, matcher } from "./select.ts";
import { needsOptIn, regionNames, zoneHasCapacity, zoneId, zonesOf } from "./zones.ts";

interface Zone {
  readonly name: string;
  readonly id: string;
  readonly region: string;
  readonly Tags?: undefined;
}

/** API_DescribeAvailabilityZones. */
const zoneFilters: Filters<Zone> = {
  "group-name": (zone) => `${zone.region}-zg-1`,
  "opt-in-status": () => "opt-in-not-required",
  "region-name": (zone) => zone.region,
  state: () => "available",
  "zone-id": (zone) => zone.id,
  "zone-name": (zone) => zone.name,
  "zone-type": () => "availability-zone",
};

/** A zone without capacity is still listed, as a constrained zone is where the account has resources in it. */
export function describeAvailabilityZones(
  call: Call,
  input: DescribeAvailabilityZonesRequest,
): DescribeAvailabilityZonesResult {
  const all = zonesOf(call.region).map(
    (name): Zone => ({ name, id: zoneId(call, call.region, name), region: call.region }),
  );
  for (const name of input.ZoneNames ?? []) {
    if (!all.some((zone) => zone.name === name)) throw invalidValue(`Invalid availability zone: [${name}]`);
  }
  for (const id of input.ZoneIds ?? []) {
    if (!all.some((zone) => zone.id === id)) throw invalidValue(`Invalid availability zone-id: [${id}]`);
  }
  const matches = matcher(input.Filters ?? [], zoneFilters);
  const chosen = all.filter(
    (zone) =>
      (!input.ZoneNames?.length || input.ZoneNames.includes(zone.name)) &&
      (!input.ZoneIds?.length || input.ZoneIds.includes(zone.id)) &&
      matches(zone),
  );
  return {
    AvailabilityZones: chosen.map((zone) => ({
      ZoneName: zone.name,
      ZoneId: zone.id,
      RegionName: zone.region,
      GroupName: `${zone.region}-zg-1`,
      NetworkBorderGroup: zone.region,
      OptInStatus: "opt-in-not-required",
      State: "available",
      ZoneType: "availability-zone",
      Messages: zoneHasCapacity(call, zone.name) ? [] : [{ Message: "This zone is constrained." }],
    })),
  };
}

/** API_DescribeRegions: without AllRegions those that the account can use. */
const regionFilters: Filters<{ name: string; Tags?: undefined }> = {
  endpoint: (region) => `ec2.${region.name}.amazonaws.com`,
  "opt-in-status": (region) => (needsOptIn(region.name) ? "not-opted-in" : "opt-in-not-required"),
  "region-name": (region) => region.name,
};

export function describeRegions(call: Call, input: DescribeRegionsRequest): DescribeRegionsResult {
  const partition = (name: string): string => /^(cn|us-gov)-/.exec(name)?.[1] ?? "aws";
  const names = regionNames().filter((name) => partition(name) === partition(call.region));
  for (const name of input.RegionNames ?? []) {
    if (!names.includes(name)) throw invalidValue(`Invalid region: [${name}]`);
  }
  const matches = matcher(input.Filters ?? [], regionFilters);
  const chosen = names.filter(
    (name) =>
      (input.RegionNames?.length ? input.RegionNames.includes(name) : input.AllRegions || !needsOptIn(name)) &&
      matches({ name }),
  );
  return {
    Regions: chosen.map((name) => ({
      RegionName: name,
      Endpoint: `ec2.${name}.amazonaws.com`,
      OptInStatus: needsOptIn(name) ? "not-opted-in" : "opt-in-not-required",
    })),
  };
}

/** API_DescribeAccountAttributes. */
export function describeAccountAttributes(
  call: Call,
  input: DescribeAccountAttributesRequest,
): DescribeAccountAttributesResult {
  const defaultVpc = vpcs(call)
    .shownAll()
    .find((vpc) => vpc.IsDefault)?.VpcId;
  const values: Readonly<Record<string, string>> = {
    "supported-platforms": "VPC",
    "default-vpc": defaultVpc ?? "none",
    "max-instances": "20",
    "vpc-max-security-groups-per-interface": String(call.world.quota("ec2.groupsPerInterface")),
    "max-elastic-ips": String(call.world.quota("ec2.addresses")),
    "vpc-max-elastic-ips": String(call.world.quota("ec2.addresses")),
  };
  for (const name of input.AttributeNames ?? []) {
    if (!Object.hasOwn(values, name)) {
      throw new AwsError("InvalidParameterValue", `Unknown account attribute name '${name}'`);
    }
  }
  return {
    AccountAttributes: Object.entries(values)
      .filter(([name]) => !input.AttributeNames?.length || input.AttributeNames.includes(name as "default-vpc"))
      .map(([AttributeName, AttributeValue]) => ({ AttributeName, AttributeValues: [{ AttributeValue }] })),
  };
}
