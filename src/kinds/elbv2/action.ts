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
