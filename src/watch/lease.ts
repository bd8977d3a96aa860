import { isNotFound } from "../kube/errors.ts";
import type { KubeHttp } from "../kube/http.ts";
import { microTime } from "../kube/micro-time.ts";

/** https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/ */
export interface Lease {
  /** Empty for a lease that has not been stored yet. */
  readonly resourceVersion: string;
  /** Empty when nobody holds it. */
  readonly holder: string;
  readonly durationSeconds: number;
  readonly transitions: number;
  /** When the holder got it, RFC 3339 with six digits. */
  readonly acquireTime: string;
}

/** One Lease of the cluster. */
export interface LeaseStore {
  read(): Promise<Lease | undefined>;
  /** Creates the lease, or updates it unless its resourceVersion has changed; renews its time. Rejects when it lost the race. */
  write(lease: Lease): Promise<Lease>;
}

/** The lease of that name on the API server. A request that takes longer than five seconds is given up. */
export function leaseStoreOver(http: KubeHttp, namespace: string, name: string): LeaseStore {
  const all = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  const timeoutMs = 5_000;
  return {
    async read() {
      try {
        return fromObject(await http.request("GET", `${all}/${name}`, { timeoutMs }));
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
    async write(lease) {
      const body = {
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name, namespace, ...(lease.resourceVersion && { resourceVersion: lease.resourceVersion }) },
        spec: {
          holderIdentity: lease.holder,
          leaseDurationSeconds: lease.durationSeconds,
          leaseTransitions: lease.transitions,
          acquireTime: lease.acquireTime,
          renewTime: microTime(),
        },
      };
      const create = lease.resourceVersion === "";
      const [method, path] = create ? (["POST", all] as const) : (["PUT", `${all}/${name}`] as const);
      return fromObject(await http.request(method, path, { body, timeoutMs }));
    },
  };
}

interface LeaseObject {
  readonly metadata: { readonly resourceVersion: string };
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly leaseTransitions?: number;
    readonly acquireTime?: string;
  };
}

function fromObject(object: unknown): Lease {
  const { metadata, spec = {} } = object as LeaseObject;
  return {
    resourceVersion: metadata.resourceVersion,
    holder: spec.holderIdentity ?? "",
    durationSeconds: spec.leaseDurationSeconds ?? 0,
    transitions: spec.leaseTransitions ?? 0,
    acquireTime: spec.acquireTime ?? microTime(),
  };
}
