import type pg from "pg";
import type { Database } from "../database.ts";
import type { WritingStep } from "../domain/workflow.ts";

/** The right of one replica to write one workflow, until another one has claimed it. */
export interface Lease {
  readonly workflowId: string;
  /** Fencing token: each claim's is greater than all before. A bigint, as text. */
  readonly fence: string;
}

/** A claimed workflow with what its run needs. */
export interface Claim extends Lease {
  readonly topic: string;
  readonly instructions: string | null;
  readonly sessionId: string | null;
  readonly remoteSteps: readonly WritingStep[];
  /** Leases that ran out since the last finished step, this one's predecessor included. */
  readonly crashes: number;
}

/** Another replica has the workflow now, or it has ended: whoever reads this has nothing to do with it any more. */
export class LeaseLost extends Error {
  override readonly name = "LeaseLost";
  constructor(workflowId: string) {
    super(`another replica has taken workflow ${workflowId}, or it has ended`);
  }
}

/** Longest due first; what another replica claims at the same moment is passed over. */
export async function claim(
  database: Database,
  owner: string,
  options: { readonly limit: number; readonly leaseMs: number },
): Promise<Claim[]> {
  return database.rows<Claim & { remoteSteps: WritingStep[] }>(
    `update workflows set status = 'running', owner = $1, fence = fence + 1, crashes = crashes + (status = 'running')::int,
       due_at = now() + $3 * interval '1 ms', updated_at = now()
     where id in (select id from workflows where status in ('pending', 'running') and due_at <= now()
       order by due_at limit $2 for update skip locked)
     returning id as "workflowId", fence, topic, instructions, session_id as "sessionId", remote_steps as "remoteSteps",
       crashes`,
    [owner, options.limit, options.leaseMs],
  );
}

/** Extends the leases that are still held and returns their workflows' ids: what is missing is lost. */
export async function extend(database: Database, leases: readonly Lease[], leaseMs: number): Promise<Set<string>> {
  const rows = await database.rows<{ id: string }>(
    `update workflows w set due_at = now() + $3 * interval '1 ms'
     from unnest($1::text[], $2::bigint[]) as held (id, fence)
     where w.id = held.id and w.fence = held.fence and w.status = 'running' returning w.id`,
    [leases.map(({ workflowId }) => workflowId), leases.map(({ fence }) => fence), leaseMs],
  );
  return new Set(rows.map(({ id }) => id));
}

/**
 * Locks the workflow's row until the transaction ends, so that nobody can claim it before what follows is committed.
 *
 * @throws LeaseLost
 */
export async function hold(client: pg.ClientBase, lease: Lease): Promise<void> {
  const { rowCount } = await client.query(
    "select from workflows where id = $1 and fence = $2 and status = 'running' for update",
    [lease.workflowId, lease.fence],
  );
  if (rowCount !== 1) throw new LeaseLost(lease.workflowId);
}

/** A transaction that commits only while the lease is held. @throws LeaseLost */
export function fenced<T>(database: Database, lease: Lease, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  return database.transaction(async (client) => {
    await hold(client, lease);
    return work(client);
  });
}
