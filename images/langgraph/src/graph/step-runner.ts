import { setTimeout as sleep } from "node:timers/promises";
import { AgentError, type Metrics, traced } from "@agentorchestrator/shared";
import { ArtifactConflict, type Artifacts } from "../artifacts.ts";
import type { Database } from "../database.ts";
import type { Step, WritingStep } from "../domain/workflow.ts";
import type { Claim } from "../store/lease.ts";
import {
  type Answer,
  beginStep,
  completeStep,
  countAttempt,
  countBadAnswer,
  isApproved,
  recordAnswer,
} from "../store/steps.ts";
import type { Steps } from "./graph.ts";
import { type Model, ModelFailure } from "./model.ts";
import { type Material, promptOf } from "./prompts.ts";

/** The workflow cannot go on: it fails with this code and message. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** This replica is about to end and begins no more steps. */
export class Draining extends Error {
  override readonly name = "Draining";
}

export interface StepTools {
  readonly database: Database;
  readonly artifacts: Artifacts;
  readonly model: Model;
  readonly metrics: Metrics;
  /** Answers without use after which a step fails. */
  readonly badAnswers: number;
  readonly leaseMs: number;
}

/** Does the steps of one claimed workflow, each so that a replica which does it again finds what was done. */
export class StepRunner implements Steps {
  /** The step that was begun last. */
  step: Step | undefined;
  readonly #tools: StepTools;
  readonly #claim: Claim;
  readonly #signal: AbortSignal;
  readonly #draining: AbortSignal;

  constructor(tools: StepTools, claim: Claim, signal: AbortSignal, draining: AbortSignal) {
    this.#tools = tools;
    this.#claim = claim;
    this.#signal = signal;
    this.#draining = draining;
  }

  /** @throws LeaseLost, Draining, StepFailure, ModelFailure of kind busy or bad; what AWS and the database throw */
  async write(step: WritingStep, material: Material): Promise<string | undefined> {
    const { database, artifacts } = this.#tools;
    const begun = await this.#begin(step, this.#claim.remoteSteps.includes(step));
    if (begun.text === null && begun.remote) return undefined;
    const text = begun.text ?? (await this.#ask(step, material));
    const artifact = await artifacts.put(this.#claim.workflowId, step, text, this.#signal).catch((error: unknown) => {
      throw error instanceof ArtifactConflict ? new StepFailure("ArtifactConflict", error.message, error) : error;
    });
    await completeStep(database, this.#claim, step, artifact);
    return text;
  }

  /** @throws LeaseLost, Draining */
  async approve(): Promise<boolean> {
    await this.#begin("approval", false);
    return isApproved(this.#tools.database, this.#claim);
  }

  #begin(step: Step, remote: boolean) {
    if (this.#draining.aborted) throw new Draining(`step ${step} is left to another replica`);
    this.step = step;
    return beginStep(this.#tools.database, this.#claim, step, remote);
  }

  /** The recorded answer's text. */
  async #ask(step: WritingStep, material: Material): Promise<string> {
    const { database, model, metrics, badAnswers } = this.#tools;
    const prompt = promptOf(step, material);
    const counting = performance.now();
    await countAttempt(database, this.#claim, step, model.id);
    const began = performance.now();
    // Frozen in between, another replica may have the answer already. Whether it has, the next write tells.
    if (began - counting > this.#tools.leaseMs) throw new Error("this replica stood still for longer than its lease");
    const work = () => ({ operation: step, model: model.id, milliseconds: Math.round(performance.now() - began) });
    try {
      const answer = await traced(step, { type: "generation", input: prompt, model: model.id }, async (span) => {
        const given = await model.ask(prompt, this.#signal);
        span.update({ output: given.text, usage: { input: given.inputTokens, output: given.outputTokens } });
        return given;
      });
      const { inputTokens, outputTokens } = answer;
      metrics.record({
        ...work(),
        status: "completed",
        ...(inputTokens !== undefined && { inputTokens }),
        ...(outputTokens !== undefined && { outputTokens }),
      });
      await this.#record(step, answer);
      return answer.text;
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error;
      metrics.record({ ...work(), status: "failed", error: error.code });
      if (error.kind === "busy") throw error;
      const count = error.kind === "bad" ? await countBadAnswer(database, this.#claim, step) : 1;
      if (error.kind === "bad" && count < badAnswers) throw error;
      throw new StepFailure(
        error.code,
        `step ${step} failed after ${count} answers without use: ${error.message}`,
        error,
      );
    }
  }

  /** An answer is paid for: while the database is away it is kept until the lease is lost. */
  async #record(step: WritingStep, answer: Answer): Promise<void> {
    for (;;) {
      try {
        return await recordAnswer(this.#tools.database, this.#claim, step, answer);
      } catch (error) {
        if (!(error instanceof AgentError && error.code === "DatabaseUnavailable")) throw error;
        await sleep(250, undefined, { signal: this.#signal });
      }
    }
  }
}
