import { AwsError } from "../../operation.ts";

/** Codes: Elastic Load Balancing API Reference 2015-12-01, "Errors" of each action and "Common Errors". */
export const validation = (message: string): AwsError => new AwsError("ValidationError", message);

export const noLoadBalancer = (arn: string): AwsError =>
  new AwsError("LoadBalancerNotFound", `Load balancer '${arn}' not found`);
export const noLoadBalancers = (): AwsError =>
  new AwsError("LoadBalancerNotFound", "One or more load balancers not found");
export const noTargetGroups = (): AwsError =>
  new AwsError("TargetGroupNotFound", "One or more target groups not found");
export const noListeners = (): AwsError => new AwsError("ListenerNotFound", "One or more listeners not found");
export const noRules = (): AwsError => new AwsError("RuleNotFound", "One or more rules not found");

export function required<T>(value: T | undefined, member: string): T {
  if (value === undefined) throw validation(`${member} must be specified`);
  return value;
}

/**
 * API_CreateLoadBalancer and API_CreateTargetGroup, Name: "a maximum of 32 characters, must contain only alphanumeric
 * characters or hyphens, must not begin or end with a hyphen".
 */
export function checkName(name: string, what: "Load balancer" | "Target group"): void {
  if (name.length > 32) throw validation(`${what} name '${name}' cannot be longer than '32' characters`);
  if (!/^[a-zA-Z0-9-]+$/.test(name)) {
    throw validation(
      `${what} name '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`,
    );
  }
  if (name.startsWith("-") || name.endsWith("-")) {
    throw validation(`${what} name '${name}' cannot begin or end with a hyphen`);
  }
  if (what === "Load balancer" && name.startsWith("internal-")) {
    throw validation(`Load balancer name '${name}' cannot begin with 'internal-'`);
  }
}
