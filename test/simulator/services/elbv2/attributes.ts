import { AwsError } from "../../operation.ts";
import { validation } from "./refusals.ts";

/** What a value may be: a pattern, or whole numbers between two ends. */
type Allowed = RegExp | readonly [least: number, most: number];
type Known = Readonly<Record<string, readonly [usual: string, allowed: Allowed]>>;

const BOOLEAN = /^(true|false)$/;
const ANY = /^[\s\S]*$/;

/** API_LoadBalancerAttribute: those of Application Load Balancers and of all. */
export const LOAD_BALANCER: Known = {
  "deletion_protection.enabled": ["false", BOOLEAN],
  "access_logs.s3.enabled": ["false", BOOLEAN],
  "access_logs.s3.bucket": ["", ANY],
  "access_logs.s3.prefix": ["", ANY],
  "ipv6.deny_all_igw_traffic": ["false", BOOLEAN],
  "idle_timeout.timeout_seconds": ["60", [1, 4000]],
  "client_keep_alive.seconds": ["3600", [60, 604_800]],
  "connection_logs.s3.enabled": ["false", BOOLEAN],
  "connection_logs.s3.bucket": ["", ANY],
  "connection_logs.s3.prefix": ["", ANY],
  "health_check_logs.s3.enabled": ["false", BOOLEAN],
  "health_check_logs.s3.bucket": ["", ANY],
  "health_check_logs.s3.prefix": ["", ANY],
  "load_balancing.cross_zone.enabled": ["true", /^true$/],
  "routing.http.desync_mitigation_mode": ["defensive", /^(monitor|defensive|strictest)$/],
  "routing.http.drop_invalid_header_fields.enabled": ["false", BOOLEAN],
  "routing.http.preserve_host_header.enabled": ["false", BOOLEAN],
  "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": ["false", BOOLEAN],
  "routing.http.xff_client_port.enabled": ["false", BOOLEAN],
  "routing.http.xff_header_processing.mode": ["append", /^(append|preserve|remove)$/],
  "routing.http2.enabled": ["true", BOOLEAN],
  "waf.fail_open.enabled": ["false", BOOLEAN],
  "zonal_shift.config.enabled": ["false", BOOLEAN],
};

/** API_TargetGroupAttribute: those of target groups of Application Load Balancers and of all. */
export const TARGET_GROUP: Known = {
  "deregistration_delay.timeout_seconds": ["300", [0, 3600]],
  "stickiness.enabled": ["false", BOOLEAN],
  "stickiness.type": ["lb_cookie", /^(lb_cookie|app_cookie)$/],
  "stickiness.lb_cookie.duration_seconds": ["86400", [1, 604_800]],
  "stickiness.app_cookie.cookie_name": ["", ANY],
  "stickiness.app_cookie.duration_seconds": ["86400", [1, 604_800]],
  "slow_start.duration_seconds": ["0", /^(0|[3-9]\d|[1-8]\d\d|900)$/],
  "load_balancing.algorithm.type": ["round_robin", /^(round_robin|least_outstanding_requests|weighted_random)$/],
  "load_balancing.algorithm.anomaly_mitigation": ["off", /^(on|off)$/],
  "load_balancing.cross_zone.enabled": [
    "use_load_balancer_configuration",
    /^(true|false|use_load_balancer_configuration)$/,
  ],
  "target_group_health.dns_failover.minimum_healthy_targets.count": ["1", /^(off|\d+)$/],
  "target_group_health.dns_failover.minimum_healthy_targets.percentage": ["off", /^(off|\d+)$/],
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": ["1", /^\d+$/],
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": ["off", /^(off|\d+)$/],
};

/** API_ListenerAttribute. */
export const LISTENER: Known = {
  "routing.http.response.server.enabled": ["true", BOOLEAN],
};

export interface Attribute {
  Key?: string | undefined;
  Value?: string | undefined;
}

export const defaults = (known: Known): Record<string, string> =>
  Object.fromEntries(Object.entries(known).map(([key, [usual]]) => [key, usual]));

/** `old` with the changes of a Modify…Attributes call, or its refusal. */
export function modified(
  known: Known,
  what: string,
  old: Readonly<Record<string, string>>,
  changes: readonly Attribute[],
): Record<string, string> {
  const made = { ...old };
  for (const { Key: key = "", Value: value = "" } of changes) {
    const allowed = Object.hasOwn(known, key) ? known[key]?.[1] : undefined;
    if (!allowed) throw validation(`${what} attribute key '${key}' is not recognized`);
    const fits =
      allowed instanceof RegExp
        ? allowed.test(value)
        : /^\d+$/.test(value) && Number(value) >= allowed[0] && Number(value) <= allowed[1];
    if (!fits) throw validation(`${what} attribute value '${value}' for attribute key '${key}' is not valid`);
    made[key] = value;
  }
  return made;
}

export const listed = (attributes: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));

export const invalidConfiguration = (message: string): AwsError => new AwsError("InvalidConfigurationRequest", message);
