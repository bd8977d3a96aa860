import type { RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Call } from "../../operation.ts";
import { required, validation } from "./refusals.ts";

/** API_RuleCondition: the short form of these two has its values in Values as well. */
const SHORT = { "path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig" } as const;
const PATH = /^[a-zA-Z0-9*?_.$/~"'@:+&-]{1,128}$/;
const HOST = /^[a-zA-Z0-9*?.-]{1,128}$/;

/** Conditions as a describe will show them, or their refusal. At most five values a rule: "Quotas" of the ALB User Guide. */
export function checkedConditions(call: Call, given: readonly RuleCondition[] | undefined): RuleCondition[] {
  const conditions = required(given, "Conditions").map(checked);
  if (conditions.length === 0) throw validation("A rule must have at least one condition");
  for (const field of ["path-pattern", "host-header", "http-request-method", "source-ip"]) {
    if (conditions.filter((each) => each.Field === field).length > 1) {
      throw validation(`A rule can have at most one '${field}' condition`);
    }
  }
  const values = conditions.reduce((sum, each) => sum + valuesOf(each).length, 0);
  const most = call.world.quota("elbv2.conditionValuesPerRule");
  if (values > most) throw validation(`A rule can only have '${most}' condition values`);
  return conditions;
}

const valuesOf = (condition: RuleCondition): readonly unknown[] =>
  condition.Values ??
  condition.HttpHeaderConfig?.Values ??
  condition.HttpRequestMethodConfig?.Values ??
  condition.QueryStringConfig?.Values ??
  condition.SourceIpConfig?.Values ??
  [];

function checked(condition: RuleCondition): RuleCondition {
  const field = required(condition.Field, "Condition field");
  if (field === "path-pattern" || field === "host-header") {
    const config = SHORT[field];
    const values = condition.Values?.length ? condition.Values : (condition[config]?.Values ?? []);
    if (values.length === 0) throw validation("A condition value must be specified");
    for (const value of values) {
      if (!(field === "path-pattern" ? PATH : HOST).test(value)) {
        throw validation(`Condition value '${value}' contains a character that is not valid`);
      }
    }
    return { Field: field, Values: [...values], [config]: { Values: [...values] } };
  }
  if (!["http-header", "http-request-method", "query-string", "source-ip"].includes(field)) {
    throw validation(`Condition field '${field}' must be one of '[host-header, path-pattern, http-header, ...]'`);
  }
  if (valuesOf(condition).length === 0) throw new AwsError("ValidationError", "A condition value must be specified");
  return { ...condition };
}
