import {
  AuthorizeSecurityGroupIngressCommand,
  type IpPermission,
  paginateDescribeSecurityGroupRules,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from "@aws-sdk/client-ec2";
import type { Aws } from "../../aws/aws.ts";
import { batched } from "../../aws/batch.ts";
import { collect } from "../../aws/pages.ts";
import type { Kind } from "../kind.ts";
import { asSet } from "../same.ts";
import { filter } from "./shared.ts";

export interface SecurityGroupIngressProps {
  readonly groupId: string;
  /** All that may come in; a set, in any order. */
  readonly rules: readonly IngressRule[];
}

/** Exactly one of `cidr` and `sourceGroupId` is set. */
export interface IngressRule {
  /** "-1" is every protocol; its ports are -1. */
  readonly protocol: "tcp" | "udp" | "-1";
  readonly fromPort: number;
  readonly toPort: number;
  /** IPv4 block. */
  readonly cidr?: string | undefined;
  readonly sourceGroupId?: string | undefined;
  /** Up to 255 characters of letters, digits, space and ._-:/()#,@[]+=&;{}!$* */
  readonly description: string;
}

export type SecurityGroupIngressOutputs = Readonly<Record<never, never>>;

/** One rule each, where IpPermissions come merged: DescribeSecurityGroupRules shows them as they are revoked. */
const readRules = batched<readonly SecurityGroupRule[]>({
  max: 200,
  async read(aws, groups) {
    const pages = paginateDescribeSecurityGroupRules({ client: aws.ec2 }, { Filters: [filter("group-id", ...groups)] });
    const rules = await collect(pages, (page) => page.SecurityGroupRules);
    return Map.groupBy(
      rules.filter(({ IsEgress }) => !IsEgress),
      ({ GroupId = "" }) => GroupId,
    );
  },
});

/** A source that the operator never writes (IPv6, a prefix list) shows as a block of that name: drift, to be revoked. */
function asProp(rule: SecurityGroupRule): IngressRule {
  const sourceGroupId = rule.ReferencedGroupInfo?.GroupId;
  return {
    protocol: rule.IpProtocol as IngressRule["protocol"],
    fromPort: rule.FromPort ?? -1,
    toPort: rule.ToPort ?? -1,
    ...(sourceGroupId ? { sourceGroupId } : { cidr: rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? "" }),
    description: rule.Description ?? "",
  };
}

/** What AWS knows a rule by; every protocol has every port, whatever ports are given. */
function keyOf({ protocol, fromPort, toPort, cidr, sourceGroupId }: IngressRule): string {
  const ports = protocol === "-1" ? "" : `${fromPort}-${toPort}`;
  return [protocol, ports, sourceGroupId ?? cidr].join(" ");
}

function asPermission(rule: IngressRule): IpPermission {
  const { protocol, fromPort, toPort, cidr, sourceGroupId, description: Description } = rule;
  return {
    IpProtocol: protocol,
    FromPort: fromPort,
    ToPort: toPort,
    ...(sourceGroupId
      ? { UserIdGroupPairs: [{ GroupId: sourceGroupId, Description }] }
      : { IpRanges: [{ CidrIp: cidr, Description }] }),
  };
}

async function authorize(aws: Aws, GroupId: string, rules: readonly IngressRule[]): Promise<void> {
  if (rules.length === 0) return;
  await aws.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: rules.map(asPermission) }));
}

async function revoke(aws: Aws, GroupId: string, rules: readonly SecurityGroupRule[]): Promise<void> {
  const ids = rules.flatMap(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? []);
  if (ids.length === 0) return;
  await aws.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds: ids }));
}

async function describeRules(aws: Aws, GroupId: string, rules: readonly [SecurityGroupRule, string][]): Promise<void> {
  if (rules.length === 0) return;
  await aws.ec2.send(
    new UpdateSecurityGroupRuleDescriptionsIngressCommand({
      GroupId,
      SecurityGroupRuleDescriptions: rules.map(([{ SecurityGroupRuleId }, Description]) => ({
        SecurityGroupRuleId,
        Description,
      })),
    }),
  );
}

/** What is missing comes before what is too much goes, so that nobody who may enter is ever shut out in between. */
async function bringTo(aws: Aws, groupId: string, desired: readonly IngressRule[]): Promise<void> {
  const live = new Map(((await readRules(aws, groupId)) ?? []).map((rule) => [keyOf(asProp(rule)), rule]));
  const wanted = new Map(desired.map((rule) => [keyOf(rule), rule]));
  await authorize(
    aws,
    groupId,
    [...wanted].flatMap(([key, rule]) => (live.has(key) ? [] : [rule])),
  );
  const extra = [...live].flatMap(([key, rule]) => (wanted.has(key) ? [] : [rule]));
  const reworded = [...live].flatMap(([key, rule]): [SecurityGroupRule, string][] => {
    const description = wanted.get(key)?.description;
    return description === undefined || description === (rule.Description ?? "") ? [] : [[rule, description]];
  });
  await revoke(aws, groupId, extra);
  await describeRules(aws, groupId, reworded);
}

/**
 * The whole ingress of one group, whose id is its own: a rule that somebody adds is drift. A group without any ingress
 * rule has none of this, so that a node of this kind names one rule at least. Egress is never touched.
 */
export const securityGroupIngress: Kind<SecurityGroupIngressProps, SecurityGroupIngressOutputs> = {
  type: "AWS::EC2::SecurityGroupIngress",
  identity: "naturalKey",
  createOnly: ["groupId"],
  same: { rules: asSet("rules") },
  timing: { pollSeconds: 1, usually: "seconds" },

  async find(aws, { props }) {
    return (await readRules(aws, props.groupId)) ? [{ id: props.groupId }] : [];
  },

  async observe(aws, id) {
    const rules = await readRules(aws, id);
    if (!rules) return undefined;
    const sorted = rules.map(asProp).sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
    return { live: { groupId: id, rules: sorted }, phase: "ready", outputs: {} };
  },

  async create(aws, { props }) {
    await bringTo(aws, props.groupId, props.rules);
    return props.groupId;
  },

  update: (aws, id, { props }) => bringTo(aws, id, props.rules),

  async delete(aws, id) {
    await revoke(aws, id, (await readRules(aws, id)) ?? []);
  },
};
