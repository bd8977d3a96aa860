import { z } from "zod";
import type { Destinations, Invocation } from "../front-door.ts";
import { bedrockSession } from "../routes/agent.ts";
import { cortexTool } from "./cortex.ts";
import { defineTool, type Tool } from "./toolbox.ts";

/** The other destinations as tools of a model: those that are configured. */
export function toolsOf({ workflows, cortex, agents }: Destinations, invocation: Invocation): readonly Tool[] {
  return [
    ...(workflows ? workflowTools(workflows) : []),
    ...(cortex ? [cortexTool(cortex)] : []),
    ...(agents.aliases.length > 0 ? [agentTool(agents, invocation)] : []),
  ];
}

function workflowTools(workflows: NonNullable<Destinations["workflows"]>): readonly Tool[] {
  let started = 0;
  return [
    defineTool({
      name: "start_workflow",
      description:
        "Starts a workflow that writes a report: a researcher and an analyst work on the topic, a person approves, then a " +
        "writer writes it. It takes minutes to hours. Returns the workflow with its id at once.",
      input: z.strictObject({
        topic: z.string().min(1).max(2_000).describe("what the report shall be about, complete in itself"),
        instructions: z.string().min(1).max(20_000).optional().describe("what the writers shall keep to"),
      }),
      // By its number within the request: the same request, sent again, starts no second one.
      run: (order, { keyOf, sessionId, signal }) =>
        workflows.start({ ...order, sessionId }, keyOf(`start_workflow:${++started}`), signal),
    }),
    defineTool({
      name: "get_workflow",
      description: "Tells how a workflow is: its status, its steps, and its report when it has ended.",
      input: z.strictObject({ id: z.string().min(1).max(64).describe("id of the workflow") }),
      run: ({ id }, { signal }) => workflows.get(id, signal),
    }),
  ];
}

function agentTool(agents: Destinations["agents"], invocation: Invocation): Tool {
  const names = agents.aliases.map(({ name }) => name);
  // Two questions to one agent are one conversation: the second waits for the first.
  const conversations = new Map<string, Promise<unknown>>();
  return defineTool({
    name: "invoke_bedrock_agent",
    description: `Asks another agent of this company, which remembers this conversation's earlier questions to it: ${names.join(", ")}.`,
    input: z.strictObject({
      agent: z.enum(names),
      input: z.string().min(1).max(25_000).describe("the question, complete in itself"),
    }),
    run({ agent, input }, { signal }) {
      const errand = {
        alias: agents.choose(agent),
        sessionId: bedrockSession(invocation),
        input,
        traces: false,
        pieces: false,
      };
      const ask = async () => {
        // Its text is the model's to use: the client is told what the model makes of it.
        const { output, stopReason, returnControl } = await agents.invoke(errand, async () => {}, signal);
        return { output, stopReason, ...(returnControl && { returnControl }) };
      };
      const answer = (conversations.get(agent) ?? Promise.resolve()).then(ask, ask);
      conversations.set(agent, answer);
      return answer;
    },
  });
}
