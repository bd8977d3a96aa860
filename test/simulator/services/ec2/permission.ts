import type { IpPermission } from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { format, parseCidr } from "./cidr.ts";
import { existing, invalidValue, nouns, required } from "./refusals.ts";
import { type RuleRow, type SecurityGroupRow, securityGroups } from "./rows.ts";

/** A rule without its id and group: protocol, ports and exactly one peer. */
export type RuleBody = Pick<
  RuleRow,
  | "IpProtocol"
  | "FromPort"
  | "ToPort"
  | "CidrIpv4"
  | "CidrIpv6"
  | "PrefixListId"
  | "ReferencedGroupInfo"
  | "Description"
>;

/** API_IpPermission: names or numbers. */
const PROTOCOLS: Readonly<Record<string, string>> = { "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6" };

/** API_SecurityGroupRuleUpdate and API_IpRange: what a description may hold, up to 255 characters. */
const DESCRIPTION = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

export interface PermissionInput {
  readonly IpPermissions?: readonly IpPermission[] | undefined;
  readonly IpProtocol?: string | undefined;
  readonly FromPort?: number | undefined;
  readonly ToPort?: number | undefined;
  readonly CidrIp?: string | undefined;
}

/** All rules that a request names, each with one peer: API_AuthorizeSecurityGroupIngress. */
export function bodiesOf(call: Call, group: SecurityGroupRow, input: PermissionInput): RuleBody[] {
  const permissions: IpPermission[] = [...(input.IpPermissions ?? [])];
  if (input.CidrIp !== undefined) {
    permissions.push({
      IpProtocol: input.IpProtocol,
      FromPort: input.FromPort,
      ToPort: input.ToPort,
      IpRanges: [{ CidrIp: input.CidrIp }],
    });
  }
  if (permissions.length === 0) {
    throw new AwsError("MissingParameter", "Either 'ipPermissions' or 'securityGroupRuleIds' should be provided.");
  }
  return permissions.flatMap((permission) => bodies(call, group, permission));
}

function bodies(call: Call, group: SecurityGroupRow, permission: IpPermission): RuleBody[] {
  const head = ports(permission);
  const made: RuleBody[] = [
    ...(permission.IpRanges ?? []).map((range) => ({
      ...head,
      CidrIpv4: cidr(required(range.CidrIp, "cidrIp")),
      ...described(range.Description),
    })),
    ...(permission.Ipv6Ranges ?? []).map((range) => ({
      ...head,
      CidrIpv6: range.CidrIpv6,
      ...described(range.Description),
    })),
    ...(permission.PrefixListIds ?? []).map((list) => ({
      ...head,
      PrefixListId: list.PrefixListId,
      ...described(list.Description),
    })),
    ...(permission.UserIdGroupPairs ?? []).map((pair) => ({
      ...head,
      ReferencedGroupInfo: { GroupId: peer(call, group, pair.GroupId), UserId: pair.UserId ?? call.account },
      ...described(pair.Description),
    })),
  ];
  if (made.length === 0) {
    throw new AwsError("MissingParameter", "The request must contain the parameter ipRanges or userIdGroupPairs");
  }
  return made;
}

function ports(permission: IpPermission): Pick<RuleBody, "IpProtocol" | "FromPort" | "ToPort"> {
  const given = required(permission.IpProtocol, "ipProtocol").toLowerCase();
  const protocol = PROTOCOLS[given] ?? given;
  if (protocol === "-1") return { IpProtocol: "-1", FromPort: -1, ToPort: -1 };
  const { FromPort: from, ToPort: to } = permission;
  if (protocol === "tcp" || protocol === "udp") {
    if (from === undefined || to === undefined) {
      throw invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
    }
    if (from < 0 || to > 65_535 || from > to) {
      throw invalidValue(
        `Invalid value '${from}-${to}' for portRange. ${protocol.toUpperCase()} ports are 0 to 65535.`,
      );
    }
  } else if (protocol !== "icmp" && protocol !== "icmpv6" && !/^\d{1,3}$/.test(protocol)) {
    throw invalidValue(`Invalid value '${given}' for IP protocol. Unknown protocol.`);
  }
  return { IpProtocol: protocol, FromPort: from ?? -1, ToPort: to ?? -1 };
}

/** API_IpRange: "Amazon Web Services canonicalizes IPv4 and IPv6 CIDRs". */
function cidr(text: string): string {
  const block = parseCidr(text);
  if (!block) throw invalidValue(`CIDR block ${text} is malformed`);
  return format(block);
}

function described(description: string | undefined): Pick<RuleBody, "Description"> {
  if (description === undefined) return {};
  if (!DESCRIPTION.test(description)) {
    throw invalidValue(
      "Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: " +
        " a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
    );
  }
  return { Description: description };
}

function peer(call: Call, group: SecurityGroupRow, id: string | undefined): string {
  const other = existing(securityGroups(call), id, nouns.securityGroup, "groupId");
  if (other.VpcId !== group.VpcId) {
    throw new AwsError("InvalidGroup.NotFound", "You have specified two resources that belong to different networks.");
  }
  return other.GroupId;
}

/** What makes two rules the same: everything but the description. */
export const sameRule = (a: RuleBody, b: RuleBody): boolean =>
  a.IpProtocol === b.IpProtocol &&
  a.FromPort === b.FromPort &&
  a.ToPort === b.ToPort &&
  a.CidrIpv4 === b.CidrIpv4 &&
  a.CidrIpv6 === b.CidrIpv6 &&
  a.PrefixListId === b.PrefixListId &&
  a.ReferencedGroupInfo?.GroupId === b.ReferencedGroupInfo?.GroupId;

/** As EC2 words a rule in the refusal of a duplicate. */
export function worded(rule: RuleBody): string {
  const from = rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId;
  if (rule.IpProtocol === "-1") return `peer: ${from}, ALL, ALLOW`;
  return `peer: ${from}, ${rule.IpProtocol?.toUpperCase()}, from port: ${rule.FromPort}, to port: ${rule.ToPort}, ALLOW`;
}

/** Rules as DescribeSecurityGroups shows them: joined by protocol and ports, none of them for all traffic. */
export function permissionsOf(rules: readonly RuleRow[]): IpPermission[] {
  const byPorts = new Map<string, IpPermission>();
  for (const rule of rules) {
    const key = `${rule.IpProtocol} ${rule.FromPort} ${rule.ToPort}`;
    let permission = byPorts.get(key);
    if (!permission) {
      permission = {
        IpProtocol: rule.IpProtocol,
        ...(rule.IpProtocol !== "-1" && { FromPort: rule.FromPort, ToPort: rule.ToPort }),
        IpRanges: [],
        Ipv6Ranges: [],
        PrefixListIds: [],
        UserIdGroupPairs: [],
      };
      byPorts.set(key, permission);
    }
    const description = rule.Description === undefined ? {} : { Description: rule.Description };
    if (rule.CidrIpv4 !== undefined) permission.IpRanges?.push({ CidrIp: rule.CidrIpv4, ...description });
    if (rule.CidrIpv6 !== undefined) permission.Ipv6Ranges?.push({ CidrIpv6: rule.CidrIpv6, ...description });
    if (rule.PrefixListId !== undefined) {
      permission.PrefixListIds?.push({ PrefixListId: rule.PrefixListId, ...description });
    }
    if (rule.ReferencedGroupInfo !== undefined) {
      permission.UserIdGroupPairs?.push({ ...rule.ReferencedGroupInfo, ...description });
    }
  }
  return [...byPorts.values()];
}
