import {
  CreateRuleCommand,
  DeleteRuleCommand,
  ModifyRuleCommand,
  paginateDescribeRules,
  type RuleCondition,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Kind } from "../kind.ts";
import { asSet } from "../same.ts";
import { toTagList } from "../tags.ts";
import { fromActions, type ListenerAction, toAction } from "./action.ts";
import { listed, readRule, readTags, tagResource, withTags } from "./shared.ts";

export interface ListenerRuleProps {
  readonly listenerArn: string;
  /** 1 to 50000, unique in its listener; the lowest matches first. */
  readonly priority: number;
  /** Path patterns; a set. With `hosts`, both must match; at most five values in all. */
  readonly paths: readonly string[];
  /** Host patterns; a set. */
  readonly hosts?: readonly string[] | undefined;
  readonly action: ListenerAction;
}

export interface ListenerRuleOutputs {
  readonly ruleArn: string;
}

function toConditions({ paths, hosts = [] }: ListenerRuleProps): RuleCondition[] {
  return [
    { Field: "path-pattern", PathPatternConfig: { Values: [...paths] } },
    ...(hosts.length > 0 ? [{ Field: "host-header", HostHeaderConfig: { Values: [...hosts] } }] : []),
  ];
}

/** A condition that the operator never writes (a header, a method) shows among the paths: drift, to be repaired. */
function fromConditions(conditions: readonly RuleCondition[] = []): Pick<ListenerRuleProps, "paths" | "hosts"> {
  const paths: string[] = [];
  const hosts: string[] = [];
  for (const { Field, Values, PathPatternConfig, HostHeaderConfig } of conditions) {
    if (Field === "path-pattern") paths.push(...(PathPatternConfig?.Values ?? Values ?? []));
    else if (Field === "host-header") hosts.push(...(HostHeaderConfig?.Values ?? Values ?? []));
    else paths.push(`(${Field})`);
  }
  return { paths: paths.toSorted(), hosts: hosts.toSorted() };
}

/** Natural key: listener and priority. Two rules could not swap their priorities one by one, so a new one replaces. */
export const listenerRule: Kind<ListenerRuleProps, ListenerRuleOutputs> = {
  type: "AWS::ElasticLoadBalancingV2::ListenerRule",
  identity: "naturalKey",
  createOnly: ["listenerArn", "priority"],
  same: { paths: asSet("paths"), hosts: asSet("hosts") },
  deleteFirst: true,
  timing: { pollSeconds: 1, usually: "seconds" },

  async find(aws, { props }) {
    const pages = paginateDescribeRules({ client: aws.elb }, { ListenerArn: props.listenerArn });
    const all = await listed(pages, (page) => page.Rules);
    return withTags(
      aws,
      all.filter(({ Priority }) => Priority === String(props.priority)).map(({ RuleArn }) => RuleArn),
    );
  },

  async observe(aws, id) {
    const [it, tags] = await Promise.all([readRule(aws, id), readTags(aws, id)]);
    if (!it || !tags) return undefined;
    return {
      live: {
        listenerArn: id.replace(":listener-rule/", ":listener/").replace(/\/[^/]+$/, ""),
        priority: Number(it.Priority),
        ...fromConditions(it.Conditions),
        action: fromActions(it.Actions),
      },
      tags,
      phase: "ready",
      outputs: { ruleArn: id },
    };
  },

  async create(aws, { props, tags }) {
    const answer = await aws.elb.send(
      new CreateRuleCommand({
        ListenerArn: props.listenerArn,
        Priority: props.priority,
        Conditions: toConditions(props),
        Actions: [toAction(props.action)],
        Tags: toTagList(tags),
      }),
    );
    return answer.Rules?.[0]?.RuleArn ?? "";
  },

  async update(aws, id, { props }) {
    await aws.elb.send(
      new ModifyRuleCommand({ RuleArn: id, Conditions: toConditions(props), Actions: [toAction(props.action)] }),
    );
  },

  async delete(aws, id) {
    await aws.elb.send(new DeleteRuleCommand({ RuleArn: id }));
  },

  tag: tagResource,
};
