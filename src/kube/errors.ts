/** An answer of the API server other than success, or none at all. */
export class KubeError extends Error {
  override readonly name: string = "KubeError";
  /** HTTP status; 0 when no answer came, so that it is unknown whether a write took effect. */
  readonly status: number;
  /** Reason of the Status the server sent, as `Conflict`, or one of ours: `NoAnswer`, `Timeout`. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.reason = reason;
  }
}

/** The object changed, or was replaced by another of the same name, since it was read: read again and decide anew. */
export class ConflictError extends KubeError {
  override readonly name = "ConflictError";

  constructor(message: string) {
    super(409, "Conflict", message);
  }
}

/** A Secret exists or not, and the operator may not know: its namespace has not granted it that. */
export class SecretForbiddenError extends KubeError {
  override readonly name = "SecretForbiddenError";
  readonly namespace: string;

  constructor(namespace: string, secretName: string) {
    super(
      403,
      "Forbidden",
      `the operator may not read Secret ${secretName} in namespace ${namespace}: no RoleBinding there grants it ` +
        `ClusterRole agentorchestrator-secret-reader. Create it with: kubectl create rolebinding ` +
        `agentorchestrator-secret-reader -n ${namespace} --clusterrole=agentorchestrator-secret-reader ` +
        `--serviceaccount=agentorchestrator-system:agentorchestrator`,
    );
    this.namespace = namespace;
  }
}

/** Whether `error` is an answer with that HTTP status. */
export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof KubeError && error.status === status;
}

/** Whether the server says that there is no such object; not so when it does not know the resource, as without its CRD. */
export function isNotFound(error: unknown): boolean {
  return hasStatus(error, 404) && (error as KubeError).reason === "NotFound";
}
