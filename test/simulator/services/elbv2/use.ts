import type { Call } from "../../operation.ts";
import { forwardedTo, listeners, rules } from "./rows.ts";
import { startChecks } from "./targets.ts";

/** Target groups that a load balancer's listeners and rules forward to. */
export function targetGroupsOf(call: Call, loadBalancerArn: string): ReadonlySet<string> {
  const mine = listeners(call)
    .all()
    .filter((each) => each.loadBalancerArn === loadBalancerArn);
  const arns = mine.map((each) => each.arn);
  return new Set([
    ...mine.flatMap((each) => forwardedTo(each.defaultActions)),
    ...rules(call)
      .all()
      .filter((each) => arns.includes(each.listenerArn))
      .flatMap((each) => forwardedTo(each.actions)),
  ]);
}

/** Health checks begin when an active load balancer begins to forward to a target group. */
export function startChecksOf(call: Call, loadBalancerArn: string): void {
  for (const arn of targetGroupsOf(call, loadBalancerArn)) startChecks(call, arn);
}
