import type { Spec } from "../api/spec.ts";
import type { Status } from "../api/status.ts";
import type { Aws } from "../aws/aws.ts";
import { TerminalError } from "../aws/errors.ts";
import { formatKey, type KubeObject } from "../kube/object-store.ts";
import type { Operator } from "../operator.ts";

type Orchestrator = KubeObject<Spec, Status>;

/**
 * Names in AWS come from project and environment. Of two AgentOrchestrators that have both in one account and region, the
 * one that came first has the names: the other makes nothing, not even what needs no name, as a VPC or a NAT gateway.
 *
 * @throws TerminalError NotOurs, as for what exists under our name and belongs to somebody else
 */
export async function refuseNamesake(operator: Operator, object: Orchestrator, aws: Aws): Promise<void> {
  const { project, environment } = object.spec;
  for (const other of await operator.store.list()) {
    if (formatKey(other.metadata) === formatKey(object.metadata)) continue;
    if (other.spec.project !== project || other.spec.environment !== environment) continue;
    if (other.spec.aws.region !== aws.region || !cameFirst(other, object)) continue;
    // Whoever may not use any account takes no names either.
    const theirs = await operator.access.for(other.metadata.namespace, other.spec.aws).catch(() => undefined);
    if (theirs?.account !== aws.account) continue;
    throw new TerminalError(
      "NotOurs",
      `spec.project ${project} with spec.environment ${environment}: what has these names in account ${aws.account} and ${aws.region} belongs to AgentOrchestrator ${formatKey(other.metadata)} of this cluster. Nothing was made: choose another project or environment, or delete that one`,
    );
  }
}

/** Who has begun comes before who has not, then who is older. */
function cameFirst(other: Orchestrator, object: Orchestrator): boolean {
  if ((other.status?.resources ?? []).length > 0) return true;
  if (other.metadata.deletionTimestamp !== undefined) return false;
  const age = ({ metadata }: Orchestrator): string => `${metadata.creationTimestamp} ${metadata.uid}`;
  return age(other) < age(object);
}
