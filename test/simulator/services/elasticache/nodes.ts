import type { Call } from "../../operation.ts";
import { subnetOf } from "../ec2/lookup.ts";
import { attachInterface, detachInterface } from "../ec2/network-interface.ts";
import type { GroupRow, MemberRow, SubnetGroupRow } from "./rows.ts";
import * as rows from "./rows.ts";

interface Place {
  readonly id: string;
  readonly subnetGroup: SubnetGroupRow;
  readonly groups: readonly string[];
}

/**
 * Nodes beside those that are there, up to `count`, each in the zone with the fewest and with an interface of its own: it
 * keeps subnets and security groups in use.
 */
export function addNodes(
  call: Call,
  { id, subnetGroup, groups }: Place,
  there: readonly MemberRow[],
  count: number,
): MemberRow[] {
  const byZone = new Map(
    subnetGroup.subnetIds.map((subnet) => [subnetOf(call, subnet)?.AvailabilityZone ?? "", subnet]),
  );
  const members = [...there];
  for (let number = 1; members.length < count; number++) {
    const name = `${id}-${String(number).padStart(3, "0")}`;
    if (members.some((member) => member.id === name)) continue;
    const inZone = (zone: string) => members.filter((member) => member.zone === zone).length;
    const [zone = ""] = [...byZone.keys()].sort((a, b) => inZone(a) - inZone(b) || (a < b ? -1 : 1));
    const { interfaceId } = attachInterface(call, {
      subnetId: byZone.get(zone) ?? "",
      groups,
      description: `ElastiCache ${name}`,
      requester: "amazon-elasticache",
    });
    members.push({ id: name, zone, interface: interfaceId, created: call.world.clock.now() });
  }
  return members;
}

export function removeNodes(call: Call, members: readonly MemberRow[]): void {
  for (const member of members) detachInterface(call, member.interface);
}

/** API_CreateReplicationGroup: all nodes of the account and region count. */
export function countNodes(call: Call): number {
  return rows
    .groups(call)
    .all()
    .reduce((sum, { members }) => sum + members.length, 0);
}

/** Becomes `modifying` now, and after a while available, with the effect: unless it is deleted or another one by then. */
export function modifyFor(call: Call, row: GroupRow, duration: string, effect: (row: GroupRow) => void): void {
  rows.groups(call).change(row.id, (group) => {
    group.status = "modifying";
  });
  call.world.clock.after(call.world.duration(duration), () => {
    const now = rows.groups(call).get(row.id);
    if (now?.incarnation !== row.incarnation || now.status !== "modifying") return;
    rows.groups(call).change(row.id, (group) => {
      group.status = "available";
      effect(group);
    });
  });
}
