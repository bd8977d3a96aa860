/** A request of any protocol, as it came over HTTP. */
export interface WireRequest {
  readonly method: string;
  /** Without port. */
  readonly host: string;
  /** Not decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}
