import type { Action, RedirectActionConfig } from "@aws-sdk/client-elastic-load-balancing-v2";

/** What a listener or a rule does with a request. */
export type ListenerAction =
  | { readonly type: "forward"; readonly targetGroupArn: string }
  | {
      readonly type: "redirect";
      readonly protocol: "HTTP" | "HTTPS";
      /** 1 to 65535, or "#{port}". */
      readonly port: string;
      readonly statusCode: "HTTP_301" | "HTTP_302";
    }
  | {
      readonly type: "fixed-response";
      /** 2xx, 4xx or 5xx. */
      readonly statusCode: string;
      readonly contentType: "text/plain" | "text/css" | "text/html" | "application/javascript" | "application/json";
      /** Up to 1024 characters. */
      readonly body: string;
    };

export function toAction(action: ListenerAction): Action {
  switch (action.type) {
    case "forward":
      return { Type: "forward", TargetGroupArn: action.targetGroupArn };
    case "redirect": {
      const { protocol: Protocol, port: Port, statusCode: StatusCode } = action;
      return { Type: "redirect", RedirectConfig: { Protocol, Port, StatusCode } };
    }
    case "fixed-response": {
      const { statusCode: StatusCode, contentType: ContentType, body: MessageBody } = action;
      return { Type: "fixed-response", FixedResponseConfig: { StatusCode, ContentType, MessageBody } };
    }
  }
}

/**
 * What AWS shows, as the operator would have written it. What it never writes (a sign-in before the action, weights over
 * several target groups, a redirect to another host) comes back as a value of no ListenerAction: drift to be repaired.
 */
export function fromActions(actions: readonly Action[] = []): ListenerAction {
  const [first, ...rest] = [...actions].sort((a, b) => (a.Order ?? 0) - (b.Order ?? 0));
  const groups = first?.ForwardConfig?.TargetGroups ?? [];
  if (rest.length === 0 && first?.Type === "forward" && groups.length <= 1) {
    return { type: "forward", targetGroupArn: first.TargetGroupArn ?? groups[0]?.TargetGroupArn ?? "" };
  }
  const redirect = first?.RedirectConfig;
  if (rest.length === 0 && redirect && keepsAddress(redirect)) {
    return {
      type: "redirect",
      protocol: redirect.Protocol as "HTTPS",
      port: redirect.Port ?? "#{port}",
      statusCode: redirect.StatusCode ?? "HTTP_301",
    };
  }
  const fixed = first?.FixedResponseConfig;
  if (rest.length === 0 && fixed) {
    return {
      type: "fixed-response",
      statusCode: fixed.StatusCode ?? "",
      contentType: fixed.ContentType as "text/plain",
      body: fixed.MessageBody ?? "",
    };
  }
  return { type: `(other: ${actions.map(({ Type }) => Type).join(", ")})` } as unknown as ListenerAction;
}

/** Host, path and query of the request are kept: AWS's defaults, which it shows as these words. */
function keepsAddress({ Host = "#{host}", Path = "/#{path}", Query = "#{query}" }: RedirectActionConfig): boolean {
  return Host === "#{host}" && Path === "/#{path}" && Query === "#{query}";
}
