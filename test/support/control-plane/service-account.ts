import type { KubeHttp } from "../../../src/kube/http.ts";

/**
 * A token that acts as the service account for 24 hours.
 * https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
 */
export async function serviceAccountToken(http: KubeHttp, serviceAccount: string, namespace: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const body = {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    spec: { expirationSeconds: 86_400 },
  };
  const answer = (await http.request("POST", path, { body })) as { status: { token: string } };
  return answer.status.token;
}
