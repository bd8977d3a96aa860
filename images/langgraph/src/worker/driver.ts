import { type Logger, traced, withIds } from "@agentorchestrator/shared";
import { INTERRUPT, isInterrupted } from "@langchain/langgraph";
import type { WorkflowError } from "../domain/workflow.ts";
import { buildGraph, type Wait } from "../graph/graph.ts";
import { ModelFailure } from "../graph/model.ts";
import { fencedSaver } from "../graph/saver.ts";
import { Draining, StepFailure, StepRunner, type StepTools } from "../graph/step-runner.ts";
import { type Claim, LeaseLost } from "../store/lease.ts";
import { complete, fail, release, tryAgain, waitForApproval, waitForCallback } from "../store/park.ts";

export interface DriverOptions {
  readonly approvalHours: number;
  readonly callbackMinutes: number;
  /** Wait before another attempt: the first, and the longest. */
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
  /** A step that began longer ago fails instead of being tried again. */
  readonly stepHours: number;
  /** Leases that may run out in a row during one step: after that the step may well be what kills replicas. */
  readonly maxCrashes: number;
}

/** Takes a claimed workflow as far as it goes: to a wait, an end, or another attempt. */
export class Driver {
  readonly #tools: StepTools;
  readonly #options: DriverOptions;
  readonly #log: Logger;

  constructor(tools: StepTools, options: DriverOptions, log: Logger) {
    this.#tools = tools;
    this.#options = options;
    this.#log = log;
  }

  /**
   * Never rejects. What cannot be written because the database is away is left to the lease: it runs out, and another claim
   * goes on from what is recorded.
   *
   * @param signal stops the work in hand; its reason is LeaseLost or what cut() made
   * @param draining begins no more steps
   */
  drive(claim: Claim, signal: AbortSignal, draining: AbortSignal): Promise<void> {
    const { workflowId, sessionId } = claim;
    const runner = new StepRunner(this.#tools, claim, signal, draining);
    return withIds({ workflowId, ...(sessionId !== null && { sessionId }) }, () =>
      this.#run(claim, runner, signal)
        .catch((error: unknown) => this.#settle(claim, runner, signal.aborted ? signal.reason : error))
        .catch((error: unknown) => this.#log.warn({ err: error }, "the workflow is left until its lease runs out")),
    );
  }

  /** Reason with which a claim's signal is aborted when its replica has to end. */
  cut({ workflowId }: Claim): Error {
    return new Draining(`this replica ends: workflow ${workflowId} is left to another one`);
  }

  async #run(claim: Claim, runner: StepRunner, signal: AbortSignal): Promise<void> {
    const { database, artifacts } = this.#tools;
    if (claim.crashes > this.#options.maxCrashes) {
      const message = `its replica died ${claim.crashes} times in a row during one step: see the logs for this workflow`;
      throw new StepFailure("ReplicaDiedRepeatedly", message);
    }
    const wait = await traced("workflow", { type: "agent", input: { topic: claim.topic } }, () =>
      this.#invoke(claim, runner, signal),
    );
    if (wait?.for === "approval") {
      await waitForApproval(database, claim, this.#options.approvalHours);
    } else if (wait) {
      const { callbackMinutes: minutes } = this.#options;
      await waitForCallback(database, claim, wait.step, { minutes, bucket: artifacts.bucket });
    } else {
      await complete(database, claim);
    }
    this.#log.info({ waits_for: wait?.for ?? null }, wait ? "the workflow waits" : "the workflow is completed");
  }

  /** Runs the graph to its end, or to what it waits for. */
  async #invoke(claim: Claim, runner: StepRunner, signal: AbortSignal): Promise<Wait | undefined> {
    const saver = await fencedSaver(this.#tools.database, claim);
    const config = { configurable: { thread_id: claim.workflowId }, durability: "sync" as const, signal };
    const { topic, instructions } = claim;
    const input = (await saver.getTuple(config)) ? null : { topic, instructions, notes: "", analysis: "" };
    const state: unknown = await buildGraph(runner, saver).invoke(input, config);
    return isInterrupted<Wait>(state) ? state[INTERRUPT][0]?.value : undefined;
  }

  async #settle(claim: Claim, runner: StepRunner, error: unknown): Promise<void> {
    const { database } = this.#tools;
    if (error instanceof LeaseLost) return this.#log.info(error.message);
    if (error instanceof Draining) return release(database, claim);
    if (error instanceof StepFailure) {
      this.#log.error({ err: error, step: runner.step }, "the workflow has failed");
      return fail(database, claim, error);
    }
    const { retryBaseMs: baseMs, retryCapMs: capMs, stepHours: hours } = this.#options;
    const reason = reasonOf(error);
    const delayMs = await tryAgain(database, claim, runner.step, reason, { baseMs, capMs, hours });
    const told = { err: error, step: runner.step, delayMs };
    if (delayMs === undefined) this.#log.error(told, "the workflow has failed: its step took too long");
    else this.#log.warn(told, "the step is tried again");
  }
}

function reasonOf(error: unknown): WorkflowError {
  if (error instanceof ModelFailure) return { code: error.code, message: error.message };
  const name = error instanceof Error ? error.name : "Error";
  return { code: "StepTookTooLong", message: `it did not come about in time; the last attempt failed with ${name}` };
}
