import { createHash } from "node:crypto";
import type { SessionState } from "@aws-sdk/client-bedrock-agent-runtime";
import type { Errand } from "../bedrock/agents.ts";
import type { Destination, Destinations, Invocation } from "../front-door.ts";

/**
 * The id of a caller's session at AWS, who keeps it. Where callers are known theirs are apart, whatever ids they choose:
 * otherwise who guesses an id could go on with another's conversation.
 */
export function bedrockSession({ sessionId, subject }: Pick<Invocation, "sessionId" | "subject">): string {
  if (subject === undefined) return sessionId;
  return createHash("sha256").update(`${subject}\0${sessionId}`).digest("hex");
}

/** To a Bedrock agent. @throws AgentError of BedrockAgents.choose and invoke */
export function invokeAgent(
  { agents }: Pick<Destinations, "agents">,
  invocation: Invocation,
  wanted: string | { readonly agentId: string; readonly agentAliasId: string },
): Destination {
  const alias = agents.choose(wanted);
  const { body, signal, emit, streaming } = invocation;
  const { options = {} } = body;
  const errand: Errand = {
    alias,
    sessionId: bedrockSession(invocation),
    input: body.input,
    state: options.returnControl && stateOf(options.returnControl),
    endSession: options.endSession,
    traces: options.trace ?? false,
    pieces: streaming,
  };
  return {
    route: { kind: "agent", agentId: alias.agentId, agentAliasId: alias.agentAliasId },
    async go() {
      const { citations, ...answer } = await agents.invoke(errand, emit, signal);
      return { ...answer, ...(citations.length > 0 && { citations }) };
    },
  };
}

type Results = NonNullable<NonNullable<Invocation["body"]["options"]>["returnControl"]>;

function stateOf({ invocationId, results }: Results): SessionState {
  return { invocationId, returnControlInvocationResults: results };
}
