/** A call of either door, in neither's form. */
export type Call =
  | {
      readonly operation: "createWorkflow";
      readonly topic: string;
      readonly instructions?: string;
      readonly remoteSteps?: readonly string[];
      readonly key?: string;
    }
  | { readonly operation: "listWorkflows"; readonly status?: string; readonly limit?: number; readonly cursor?: string }
  | { readonly operation: "getWorkflow"; readonly id: string }
  | { readonly operation: "getReport"; readonly id: string; readonly content?: boolean }
  | { readonly operation: "watchWorkflow"; readonly id: string; readonly told?: (workflow: unknown) => void }
  | { readonly operation: "cancelWorkflow"; readonly id: string; readonly token?: string }
  | {
      readonly operation: "decideWorkflow";
      readonly id: string;
      readonly decision: "approve" | "reject";
      readonly reason?: string;
      readonly token?: string;
    }
  | {
      readonly operation: "reportStep";
      readonly id: string;
      readonly step: "researcher" | "analyst" | "writer";
      readonly callbackToken: string;
      readonly text?: string;
      readonly error?: { readonly code: string; readonly message: string };
    };

export interface Outcome {
  /** "OK", or the error's stable code. */
  readonly code: string;
  /** HTTP status, or name of the gRPC status. */
  readonly status: string;
  readonly retryable?: boolean;
  /** Paths of fields that are wrong, without the place where HTTP carries them. */
  readonly fields?: readonly string[];
  readonly details?: unknown;
  /** Workflows as plain data, in the HTTP API's form; of a stream all that came. */
  readonly value?: unknown;
}

export type Door = (call: Call) => Promise<Outcome>;
