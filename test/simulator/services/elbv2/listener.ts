import type {
  Certificate,
  CreateListenerInput,
  CreateListenerOutput,
  DeleteListenerInput,
  DescribeListenerAttributesInput,
  DescribeListenerAttributesOutput,
  DescribeListenersInput,
  DescribeListenersOutput,
  Listener,
  ModifyListenerAttributesInput,
  ModifyListenerInput,
  ModifyListenerOutput,
  ProtocolEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type Call } from "../../operation.ts";
import { page } from "../common/page.ts";
import { text } from "../common/random.ts";
import { checkedActions } from "./actions.ts";
import { defaults, LISTENER, listed, modified } from "./attributes.ts";
import { certificateExists } from "./certificates.ts";
import { noListeners, noLoadBalancer, required, validation } from "./refusals.ts";
import { type ListenerRow, listeners, loadBalancers, rules } from "./rows.ts";
import { DEFAULT_SSL_POLICY, sslPolicies } from "./ssl-policies.ts";
import { checkedTags } from "./tags.ts";
import { startChecksOf } from "./use.ts";

/** API_CreateListener, of an Application Load Balancer. A port of a load balancer has one listener. */
export function createListener(call: Call, input: CreateListenerInput): CreateListenerOutput {
  const balancer = loadBalancers(call).get(required(input.LoadBalancerArn, "LoadBalancerArn"));
  if (!balancer) throw noLoadBalancer(input.LoadBalancerArn ?? "");
  const port = required(input.Port, "Port");
  const protocol = checkedProtocol(required(input.Protocol, "Protocol"));
  if (port < 1 || port > 65_535) throw validation("Listener port must be between '1' and '65535'");
  const secure = security(call, protocol, input.Certificates, input.SslPolicy);
  const tags = checkedTags(input.Tags);
  const actions = checkedActions(call, balancer, input.DefaultActions);
  const others = listeners(call)
    .all()
    .filter((each) => each.loadBalancerArn === balancer.arn);
  const old = others.find((each) => each.port === port);
  if (old) {
    // "This operation is idempotent": the same settings answer with the same listener.
    const settings = (row: Pick<ListenerRow, "protocol" | "certificates" | "sslPolicy" | "defaultActions">) =>
      JSON.stringify([row.protocol, row.certificates, row.sslPolicy, row.defaultActions]);
    if (settings(old) === settings({ protocol, ...secure, defaultActions: actions })) {
      return { Listeners: [shape(old)] };
    }
    throw new AwsError(
      "DuplicateListener",
      `A listener already exists on this port for this load balancer '${balancer.arn}'`,
    );
  }
  if (others.length >= call.world.quota("elbv2.listenersPerLoadBalancer")) {
    throw new AwsError("TooManyListeners", "You've reached the limit on the number of listeners per load balancer");
  }
  const made = `${balancer.arn.replace(":loadbalancer/", ":listener/")}/${text(call.world, 16)}`;
  const row = listeners(call).put(made, {
    arn: made,
    loadBalancerArn: balancer.arn,
    port,
    protocol,
    ...secure,
    defaultActions: actions,
    attributes: defaults(LISTENER),
    tags,
  });
  startChecksOf(call, balancer.arn);
  return { Listeners: [shape(row)] };
}

function checkedProtocol(protocol: ProtocolEnum): ProtocolEnum {
  if (protocol === "HTTP" || protocol === "HTTPS") return protocol;
  throw validation(`Listener protocol '${protocol}' must be one of 'HTTPS, HTTP'`);
}

/** API_CreateListener, Certificates and SslPolicy: exactly one certificate, of HTTPS listeners only. */
function security(
  call: Call,
  protocol: ProtocolEnum,
  certificates: readonly Certificate[] = [],
  policy: string | undefined,
): Pick<ListenerRow, "certificates" | "sslPolicy"> {
  if (protocol !== "HTTPS") {
    if (certificates.length > 0) throw validation("Certificates cannot be specified for HTTP listeners");
    if (policy !== undefined) throw validation("SSL policy cannot be specified for HTTP listeners");
    return { certificates: [], sslPolicy: undefined };
  }
  if (certificates.length === 0) throw validation("A certificate must be specified for HTTPS listeners");
  if (certificates.length > 1) throw validation("Up to one certificate can be specified per listener");
  const arn = certificates[0]?.CertificateArn ?? "";
  if (!certificateExists(call, arn)) throw new AwsError("CertificateNotFound", `Certificate '${arn}' not found`);
  const sslPolicy = policy ?? DEFAULT_SSL_POLICY;
  if (!sslPolicies.includes(sslPolicy)) throw new AwsError("SSLPolicyNotFound", `SSL policy '${sslPolicy}' not found`);
  return { certificates: [{ CertificateArn: arn }], sslPolicy };
}

const shape = (row: ListenerRow): Listener => ({
  ListenerArn: row.arn,
  LoadBalancerArn: row.loadBalancerArn,
  Port: row.port,
  Protocol: row.protocol,
  ...(row.certificates.length > 0 && { Certificates: row.certificates.map((each) => ({ ...each })) }),
  ...(row.sslPolicy !== undefined && { SslPolicy: row.sslPolicy }),
  DefaultActions: row.defaultActions,
});

/** API_DescribeListeners: of one load balancer, or by ARNs. */
export function describeListeners(call: Call, input: DescribeListenersInput): DescribeListenersOutput {
  const { ListenerArns: arns, LoadBalancerArn: balancer } = input;
  if (arns?.length && balancer !== undefined) {
    throw validation("Only one of load balancer ARN or listener ARNs can be specified");
  }
  const shown = listeners(call).shownAll();
  if (arns?.length) {
    const rows = arns.map((each) => shown.find((row) => row.arn === each));
    if (rows.includes(undefined)) throw noListeners();
    return { Listeners: rows.flatMap((row) => (row ? [shape(row)] : [])) };
  }
  if (balancer === undefined) throw validation("Load balancer ARN or listener ARNs must be specified");
  if (!loadBalancers(call).shown(balancer))
    throw new AwsError("LoadBalancerNotFound", `Load balancer '${balancer}' not found`);
  const { items, next } = page(
    shown.filter((row) => row.loadBalancerArn === balancer),
    (row) => row.arn,
    input.Marker,
    input.PageSize ?? call.world.quota("elbv2.page"),
    () => validation("Marker is not valid"),
  );
  return { Listeners: items.map(shape), NextMarker: next };
}

export function existingListener(call: Call, listenerArn: string | undefined): ListenerRow {
  const row = listeners(call).get(required(listenerArn, "ListenerArn"));
  if (!row) throw noListeners();
  return row;
}

/** API_ModifyListener: "Any properties that you do not specify retain their current values". */
export function modifyListener(call: Call, input: ModifyListenerInput): ModifyListenerOutput {
  const row = existingListener(call, input.ListenerArn);
  const balancer = loadBalancers(call).get(row.loadBalancerArn);
  if (!balancer) throw noLoadBalancer(row.loadBalancerArn);
  const protocol = checkedProtocol(input.Protocol ?? row.protocol);
  const port = input.Port ?? row.port;
  const taken = listeners(call)
    .all()
    .some((each) => each.arn !== row.arn && each.loadBalancerArn === balancer.arn && each.port === port);
  if (taken) {
    throw new AwsError(
      "DuplicateListener",
      `A listener already exists on this port for this load balancer '${balancer.arn}'`,
    );
  }
  const stays = protocol === "HTTPS" && row.protocol === "HTTPS";
  const secure = security(
    call,
    protocol,
    input.Certificates ?? (stays ? row.certificates : undefined),
    input.SslPolicy ?? (stays ? row.sslPolicy : undefined),
  );
  const actions = input.DefaultActions ? checkedActions(call, balancer, input.DefaultActions) : row.defaultActions;
  const changed = listeners(call).change(row.arn, (listener) => {
    listener.port = port;
    listener.protocol = protocol;
    listener.certificates = secure.certificates;
    listener.sslPolicy = secure.sslPolicy;
    listener.defaultActions = actions;
  });
  startChecksOf(call, balancer.arn);
  return { Listeners: [shape(changed)] };
}

/** API_DeleteListener: its rules go with it. */
export function deleteListener(call: Call, input: DeleteListenerInput): object {
  remove(call, existingListener(call, input.ListenerArn).arn);
  return {};
}

function remove(call: Call, listenerArn: string): void {
  for (const rule of rules(call).all()) if (rule.listenerArn === listenerArn) rules(call).remove(rule.arn);
  listeners(call).remove(listenerArn);
}

export function deleteListenersOf(call: Call, loadBalancerArn: string): void {
  for (const each of listeners(call).all()) if (each.loadBalancerArn === loadBalancerArn) remove(call, each.arn);
}

/** API_DescribeListenerAttributes. */
export function describeListenerAttributes(
  call: Call,
  input: DescribeListenerAttributesInput,
): DescribeListenerAttributesOutput {
  const row = listeners(call).shown(existingListener(call, input.ListenerArn).arn);
  if (!row) throw noListeners();
  return { Attributes: listed(row.attributes) };
}

/** API_ModifyListenerAttributes. */
export function modifyListenerAttributes(call: Call, input: ModifyListenerAttributesInput): object {
  const row = existingListener(call, input.ListenerArn);
  const attributes = modified(LISTENER, "Listener", row.attributes, input.Attributes ?? []);
  listeners(call).change(row.arn, (listener) => {
    listener.attributes = attributes;
  });
  return { Attributes: listed(attributes) };
}
