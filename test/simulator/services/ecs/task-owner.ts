import type { TaskRow } from "./rows.ts";

/** Who a task belongs to, and so hears what becomes of it. */
export interface TaskOwner {
  readonly name: string;
  /** Unhealthy targets are ignored this long after the task runs. */
  graceSeconds(): number;
  /** It has become healthy, or stopped. */
  changed(task: TaskRow): void;
  /** It did not start, exited, or failed its health checks. */
  failed(task: TaskRow): void;
  /** Something worth a service event. */
  told(message: string): void;
}

/** For a task of nobody, as RunTask starts. */
export const noOwner: TaskOwner = {
  name: "",
  graceSeconds: () => 0,
  changed: () => undefined,
  failed: () => undefined,
  told: () => undefined,
};
