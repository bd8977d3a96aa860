import type { World } from "./world.ts";

/** Temporary credentials, as STS hands them out. */
export interface Session {
  readonly accessKeyId: string;
  readonly sessionToken: string;
  /** Account of the role. */
  readonly account: string;
  /** ARN of the assumed role, as AccessDenied names it. */
  readonly principal: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface Sessions {
  add(session: Session): void;
  get(accessKeyId: string): Session | undefined;
}

/** Sessions of all accounts: an access key id says alone whose it is. */
export function sessions(world: Pick<World, "table">): Sessions {
  const table = world.table<Session>({ account: "", region: "" }, "sts.sessions");
  return {
    add: (session) => void table.put(session.accessKeyId, session),
    get: (accessKeyId) => table.get(accessKeyId),
  };
}
