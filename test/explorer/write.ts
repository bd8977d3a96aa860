/** One call that changes something, in AWS or in Kubernetes. */
export interface Write {
  readonly to: "aws" | "kubernetes";
  /** Signing name of the service; "kubernetes". */
  readonly service: string;
  /** The API's name for it; of REST protocols, the method and the first part of the path. */
  readonly action: string;
}

/** What the SDK hands to its request handler, as far as it says what is called. */
export interface SdkCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const READS = /^(Describe|List|Get|Head|BatchGet|GET |HEAD )/;
const SIGNED = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/;

/** The write that a request asks for; undefined for a read, and for what only proves who one is. */
export function writeOf({ method, path, headers, body }: SdkCall): Write | undefined {
  const header = (name: string): string | undefined =>
    Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const target = header("x-amz-target")?.split(".").at(-1);
  const queried = typeof body === "string" ? /(?:^|&)Action=(\w+)/.exec(body)?.[1] : undefined;
  const action = target ?? queried ?? `${method} /${path.split("/")[2] ?? ""}`;
  if (READS.test(action) || action.startsWith("Assume")) return undefined;
  return { to: "aws", service: SIGNED.exec(header("authorization") ?? "")?.[1] ?? "", action };
}
