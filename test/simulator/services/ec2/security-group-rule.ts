import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  ModifySecurityGroupRulesRequest,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupIngressRequest,
  SecurityGroupRule,
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
} from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import { arn } from "../common/arn.ts";
import { page } from "../common/page.ts";
import { bodiesOf, type RuleBody, sameRule, worded } from "./permission.ts";
import { existing, invalidValue, nouns, required, wellFormed } from "./refusals.ts";
import { type RuleRow, type SecurityGroupRow, securityGroups } from "./rows.ts";
import { type Filters, matcher } from "./select.ts";
import { specifiedTags } from "./tags.ts";

const groupOf = (call: Call, id: string | undefined): SecurityGroupRow =>
  existing(securityGroups(call), id, nouns.securityGroup, "groupId");

const shape = (call: Call, rule: RuleRow): SecurityGroupRule => ({
  ...rule,
  SecurityGroupRuleArn: arn(call, "ec2", `security-group-rule/${rule.SecurityGroupRuleId}`),
});

/** API_AuthorizeSecurityGroupIngress and …Egress: all rules of a request or none; a rule that is there is refused. */
function authorize(
  call: Call,
  input: AuthorizeSecurityGroupIngressRequest | AuthorizeSecurityGroupEgressRequest,
  isEgress: boolean,
): AuthorizeSecurityGroupIngressResult {
  const group = groupOf(call, input.GroupId);
  const bodies = bodiesOf(call, group, input);
  const tags = specifiedTags(input.TagSpecifications, "security-group-rule");
  const old = group.rules.filter((rule) => rule.IsEgress === isEgress);
  for (const [index, body] of bodies.entries()) {
    if (bodies.slice(0, index).some((other) => sameRule(other, body))) {
      throw invalidValue("The same permission must not appear multiple times");
    }
    if (old.some((rule) => sameRule(rule, body))) {
      throw new AwsError("InvalidPermission.Duplicate", `the specified rule "${worded(body)}" already exists`);
    }
  }
  if (old.length + bodies.length > call.world.quota("ec2.rulesPerGroup")) {
    throw new AwsError(
      "RulesPerSecurityGroupLimitExceeded",
      "The maximum number of rules per security group has been reached.",
    );
  }
  const made = bodies.map(
    (body): RuleRow => ({
      SecurityGroupRuleId: call.world.id("sgr"),
      GroupId: group.GroupId,
      GroupOwnerId: call.account,
      IsEgress: isEgress,
      ...body,
      Tags: tags.map((tag) => ({ ...tag })),
    }),
  );
  securityGroups(call).change(group.GroupId, (row) => void row.rules.push(...made));
  return { Return: true, SecurityGroupRules: made.map((rule) => shape(call, rule)) };
}

export const authorizeSecurityGroupIngress = (call: Call, input: AuthorizeSecurityGroupIngressRequest) =>
  authorize(call, input, false);
export const authorizeSecurityGroupEgress = (call: Call, input: AuthorizeSecurityGroupEgressRequest) =>
  authorize(call, input, true);

const noSuchRule = (): AwsError =>
  new AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");

/** API_RevokeSecurityGroupIngress and …Egress: by rule ids or by properties; one that is not there refuses all. */
function revoke(
  call: Call,
  input: RevokeSecurityGroupIngressRequest | RevokeSecurityGroupEgressRequest,
  isEgress: boolean,
): object {
  const group = groupOf(call, input.GroupId);
  const old = group.rules.filter((rule) => rule.IsEgress === isEgress);
  const gone = input.SecurityGroupRuleIds?.length
    ? input.SecurityGroupRuleIds.map((id) => {
        const rule = old.find((each) => each.SecurityGroupRuleId === wellFormed(id, nouns.rule));
        if (!rule) throw nouns.rule.notFound(id);
        return rule;
      })
    : bodiesOf(call, group, input).map((body) => {
        const rule = old.find((each) => sameRule(each, body));
        if (!rule) throw noSuchRule();
        return rule;
      });
  securityGroups(call).change(group.GroupId, (row) => {
    row.rules = row.rules.filter((rule) => !gone.some((each) => each.SecurityGroupRuleId === rule.SecurityGroupRuleId));
  });
  return {
    Return: true,
    RevokedSecurityGroupRules: gone.map(
      ({ Tags: _tags, GroupOwnerId: _owner, ReferencedGroupInfo: peer, ...rule }) => ({
        ...rule,
        ...(peer && { ReferencedGroupId: peer.GroupId }),
      }),
    ),
  };
}

export const revokeSecurityGroupIngress = (call: Call, input: RevokeSecurityGroupIngressRequest) =>
  revoke(call, input, false);
export const revokeSecurityGroupEgress = (call: Call, input: RevokeSecurityGroupEgressRequest) =>
  revoke(call, input, true);

/** API_UpdateSecurityGroupRuleDescriptionsIngress and …Egress: a rule named without a description loses its own. */
function updateDescriptions(
  call: Call,
  input: UpdateSecurityGroupRuleDescriptionsIngressRequest,
  isEgress: boolean,
): object {
  const group = groupOf(call, input.GroupId);
  const wanted: { id: string; description: string | undefined }[] = [];
  if (input.SecurityGroupRuleDescriptions?.length) {
    for (const { SecurityGroupRuleId: id = "", Description: description } of input.SecurityGroupRuleDescriptions) {
      if (!group.rules.some((each) => each.SecurityGroupRuleId === id)) throw nouns.rule.notFound(id);
      wanted.push({ id, description });
    }
  } else {
    for (const body of bodiesOf(call, group, input)) {
      const rule = group.rules.find((each) => each.IsEgress === isEgress && sameRule(each, body));
      if (!rule) throw noSuchRule();
      wanted.push({ id: rule.SecurityGroupRuleId, description: body.Description });
    }
  }
  securityGroups(call).change(group.GroupId, (row) => {
    for (const rule of row.rules) {
      const change = wanted.find((each) => each.id === rule.SecurityGroupRuleId);
      if (!change) continue;
      if (change.description === undefined) delete rule.Description;
      else rule.Description = change.description;
    }
  });
  return { Return: true };
}

export const updateSecurityGroupRuleDescriptionsIngress = (
  call: Call,
  input: UpdateSecurityGroupRuleDescriptionsIngressRequest,
) => updateDescriptions(call, input, false);
export const updateSecurityGroupRuleDescriptionsEgress = (
  call: Call,
  input: UpdateSecurityGroupRuleDescriptionsIngressRequest,
) => updateDescriptions(call, input, true);

/** API_ModifySecurityGroupRules: each rule is replaced whole, but the kind of its peer stays. */
export function modifySecurityGroupRules(call: Call, input: ModifySecurityGroupRulesRequest): object {
  const group = groupOf(call, input.GroupId);
  const changes = (input.SecurityGroupRules ?? []).map((update) => {
    const id = required(update.SecurityGroupRuleId, "securityGroupRuleId");
    const rule = group.rules.find((each) => each.SecurityGroupRuleId === id);
    if (!rule) throw nouns.rule.notFound(id);
    const { ReferencedGroupId: peer, CidrIpv4, Description, ...request } = update.SecurityGroupRule ?? {};
    const [body] = bodiesOf(call, group, {
      IpPermissions: [
        {
          IpProtocol: request.IpProtocol,
          FromPort: request.FromPort,
          ToPort: request.ToPort,
          ...(CidrIpv4 !== undefined && { IpRanges: [{ CidrIp: CidrIpv4, Description }] }),
          ...(peer !== undefined && { UserIdGroupPairs: [{ GroupId: peer, Description }] }),
        },
      ],
    });
    return { id, body: body as RuleBody };
  });
  securityGroups(call).change(group.GroupId, (row) => {
    row.rules = row.rules.map((rule) => {
      const change = changes.find((each) => each.id === rule.SecurityGroupRuleId);
      if (!change) return rule;
      const { SecurityGroupRuleId, GroupId, GroupOwnerId, IsEgress, Tags } = rule;
      return { SecurityGroupRuleId, GroupId, GroupOwnerId, IsEgress, Tags, ...change.body };
    });
  });
  return { Return: true };
}

/** API_DescribeSecurityGroupRules. */
const filters: Filters<RuleRow> = {
  "group-id": (rule) => rule.GroupId,
  "security-group-rule-id": (rule) => rule.SecurityGroupRuleId,
};

export function describeSecurityGroupRules(
  call: Call,
  input: DescribeSecurityGroupRulesRequest,
): DescribeSecurityGroupRulesResult {
  const rules = securityGroups(call)
    .shownAll()
    .flatMap((group) => group.rules);
  for (const id of input.SecurityGroupRuleIds ?? []) {
    if (!rules.some((rule) => rule.SecurityGroupRuleId === wellFormed(id, nouns.rule))) throw nouns.rule.notFound(id);
  }
  const matches = matcher(input.Filters ?? [], filters);
  const { items, next } = page(
    rules.filter(
      (rule) =>
        (!input.SecurityGroupRuleIds?.length || input.SecurityGroupRuleIds.includes(rule.SecurityGroupRuleId)) &&
        matches(rule),
    ),
    (rule) => rule.SecurityGroupRuleId,
    input.NextToken,
    input.MaxResults ?? call.world.quota("ec2.page"),
    () => invalidValue("Unable to parse pagination token"),
  );
  return { SecurityGroupRules: items.map((rule) => shape(call, rule)), NextToken: next };
}
