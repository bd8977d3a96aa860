import { Annotation, END, interrupt, START, StateGraph } from "@langchain/langgraph";
import type { BaseCheckpointSaver } from "@langchain/langgraph-checkpoint";
import type { WritingStep } from "../domain/workflow.ts";
import type { Material } from "./prompts.ts";

/** Why a run stopped without having ended: what LangGraph keeps as the interrupt's value. */
export type Wait = { readonly for: "approval" } | { readonly for: "callback"; readonly step: WritingStep };

/** What the nodes do; the graph says in which order. */
export interface Steps {
  /** The step's result, recorded and stored; undefined while the agent elsewhere has not reported. */
  write(step: WritingStep, material: Material): Promise<string | undefined>;
  /** Whether somebody has approved. */
  approve(): Promise<boolean>;
}

const text = Annotation<string>;

const State = Annotation.Root({
  topic: text,
  instructions: Annotation<string | null>,
  notes: text,
  analysis: text,
  approved: Annotation<boolean>,
  report: text,
});

export type State = typeof State.State;

/**
 * researcher → analyst → approval → writer. What a node needs to go on past an interrupt is in our own tables, so a run is
 * always continued by invoke(null): it runs the interrupted node again, which then finds the answer or waits on.
 */
export function buildGraph(steps: Steps, checkpointer: BaseCheckpointSaver) {
  const write = async (step: WritingStep, state: State): Promise<string> => {
    const { topic, instructions, notes, analysis } = state;
    const result = await steps.write(step, { topic, instructions, notes, analysis });
    return result ?? interrupt<Wait, string>({ for: "callback", step });
  };
  return new StateGraph(State)
    .addNode("researcher", async (state) => ({ notes: await write("researcher", state) }))
    .addNode("analyst", async (state) => ({ analysis: await write("analyst", state) }))
    .addNode("approval", async () => ({
      approved: (await steps.approve()) || interrupt<Wait, boolean>({ for: "approval" }),
    }))
    .addNode("writer", async (state) => ({ report: await write("writer", state) }))
    .addEdge(START, "researcher")
    .addEdge("researcher", "analyst")
    .addEdge("analyst", "approval")
    .addEdge("approval", "writer")
    .addEdge("writer", END)
    .compile({ checkpointer });
}
