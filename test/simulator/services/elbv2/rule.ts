import type {
  CreateRuleInput,
  CreateRuleOutput,
  DeleteRuleInput,
  DescribeRulesInput,
  DescribeRulesOutput,
  ModifyRuleInput,
  ModifyRuleOutput,
  Rule,
  SetRulePrioritiesInput,
  SetRulePrioritiesOutput,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Call } from "../../operation.ts";
import { page } from "../common/page.ts";
import { text } from "../common/random.ts";
import { checkedActions } from "./actions.ts";
import { checkedConditions } from "./conditions.ts";
import { existingListener } from "./listener.ts";
import { noListeners, noLoadBalancer, noRules, required, validation } from "./refusals.ts";
import { type ListenerRow, type LoadBalancerRow, listeners, loadBalancers, type RuleRow, rules } from "./rows.ts";
import { checkedTags } from "./tags.ts";
import { startChecksOf } from "./use.ts";

function balancerOf(call: Call, listener: ListenerRow): LoadBalancerRow {
  const row = loadBalancers(call).get(listener.loadBalancerArn);
  if (!row) throw noLoadBalancer(listener.loadBalancerArn);
  return row;
}

const priorityInUse = (priority: number): AwsError =>
  new AwsError("PriorityInUse", `Priority '${priority}' is currently in use`);

/** API_CreateRule: priorities 1 to 50,000, each once in a listener. */
export function createRule(call: Call, input: CreateRuleInput): CreateRuleOutput {
  const listener = existingListener(call, input.ListenerArn);
  const balancer = balancerOf(call, listener);
  const priority = checkedPriority(required(input.Priority, "Priority"));
  const conditions = checkedConditions(call, input.Conditions);
  const actions = checkedActions(call, balancer, input.Actions);
  const tags = checkedTags(input.Tags);
  const all = rules(call).all();
  if (all.some((each) => each.listenerArn === listener.arn && each.priority === priority)) {
    throw priorityInUse(priority);
  }
  const mine = listeners(call)
    .all()
    .filter((each) => each.loadBalancerArn === balancer.arn)
    .map((each) => each.arn);
  // Default rules are not counted: "Quotas" of the ALB User Guide.
  if (all.filter((each) => mine.includes(each.listenerArn)).length >= call.world.quota("elbv2.rulesPerLoadBalancer")) {
    throw new AwsError("TooManyRules", "You've reached the limit on the number of rules per load balancer");
  }
  const made = `${listener.arn.replace(":listener/", ":listener-rule/")}/${text(call.world, 16)}`;
  const row = rules(call).put(made, { arn: made, listenerArn: listener.arn, priority, conditions, actions, tags });
  startChecksOf(call, balancer.arn);
  return { Rules: [shape(row)] };
}

function checkedPriority(priority: number): number {
  if (priority < 1 || priority > 50_000) throw validation("Priority must be between '1' and '50000'");
  return priority;
}

const shape = (row: RuleRow): Rule => ({
  RuleArn: row.arn,
  Priority: String(row.priority),
  Conditions: row.conditions,
  Actions: row.actions,
  IsDefault: false,
});

/** A listener's default rule: its ARN is made of the listener's id, its actions are the listener's own. */
const defaultRule = (listener: ListenerRow): Rule => ({
  RuleArn: defaultArn(listener),
  Priority: "default",
  Conditions: [],
  Actions: listener.defaultActions,
  IsDefault: true,
});

const defaultArn = (listener: ListenerRow): string => {
  const id = listener.arn.split("/").at(-1) ?? "";
  return `${listener.arn.replace(":listener/", ":listener-rule/")}/${[...id].reverse().join("")}`;
};

/** API_DescribeRules: of a listener, the default one last, or by ARNs. */
export function describeRules(call: Call, input: DescribeRulesInput): DescribeRulesOutput {
  const { RuleArns: arns, ListenerArn: listenerArn } = input;
  if (arns?.length && listenerArn !== undefined) {
    throw validation("Only one of listener ARN or rule ARNs can be specified");
  }
  if (!arns?.length && listenerArn === undefined) throw validation("Listener ARN or rule ARNs must be specified");
  const shownListeners = listeners(call).shownAll();
  const shown = rules(call).shownAll();
  if (arns?.length) {
    const all = [...shown.map(shape), ...shownListeners.map(defaultRule)];
    const found = arns.map((each) => all.find((rule) => rule.RuleArn === each));
    if (found.includes(undefined)) throw noRules();
    return { Rules: found.flatMap((rule) => rule ?? []) };
  }
  const listener = shownListeners.find((each) => each.arn === listenerArn);
  if (!listener) throw noListeners();
  const place = (rule: Rule): string => (rule.IsDefault ? "~" : String(rule.Priority).padStart(6, "0"));
  const { items, next } = page(
    [...shown.filter((rule) => rule.listenerArn === listener.arn).map(shape), defaultRule(listener)],
    place,
    input.Marker,
    input.PageSize ?? call.world.quota("elbv2.page"),
    () => validation("Marker is not valid"),
  );
  return { Rules: [...items], NextMarker: next };
}

function existing(call: Call, ruleArn: string | undefined, verb: string): RuleRow {
  const arn = required(ruleArn, "RuleArn");
  const row = rules(call).get(arn);
  if (row) return row;
  if (
    listeners(call)
      .all()
      .some((each) => defaultArn(each) === arn)
  ) {
    throw new AwsError("OperationNotPermitted", `Default rule '${arn}' cannot be ${verb}`);
  }
  throw noRules();
}

/** API_ModifyRule: what it does not name stays. */
export function modifyRule(call: Call, input: ModifyRuleInput): ModifyRuleOutput {
  const row = existing(call, input.RuleArn, "modified");
  const balancer = balancerOf(call, existingListener(call, row.listenerArn));
  const conditions = input.Conditions ? checkedConditions(call, input.Conditions) : row.conditions;
  const actions = input.Actions ? checkedActions(call, balancer, input.Actions) : row.actions;
  const changed = rules(call).change(row.arn, (rule) => {
    rule.conditions = conditions;
    rule.actions = actions;
  });
  startChecksOf(call, balancer.arn);
  return { Rules: [shape(changed)] };
}

/** API_DeleteRule: "You can't delete the default rule". */
export function deleteRule(call: Call, input: DeleteRuleInput): object {
  rules(call).remove(existing(call, input.RuleArn, "deleted").arn);
  return {};
}

/** API_SetRulePriorities: all at once, so that two may change places. */
export function setRulePriorities(call: Call, input: SetRulePrioritiesInput): SetRulePrioritiesOutput {
  const wanted = (input.RulePriorities ?? []).map((each) => ({
    row: existing(call, each.RuleArn, "modified"),
    priority: checkedPriority(required(each.Priority, "Priority")),
  }));
  for (const { row, priority } of wanted) {
    const taken =
      wanted.some(
        (each) => each.row !== row && each.row.listenerArn === row.listenerArn && each.priority === priority,
      ) ||
      rules(call)
        .all()
        .some(
          (each) =>
            each.listenerArn === row.listenerArn &&
            each.priority === priority &&
            !wanted.some((other) => other.row.arn === each.arn),
        );
    if (taken) throw priorityInUse(priority);
  }
  return {
    Rules: wanted.map(({ row, priority }) =>
      shape(
        rules(call).change(row.arn, (rule) => {
          rule.priority = priority;
        }),
      ),
    ),
  };
}
