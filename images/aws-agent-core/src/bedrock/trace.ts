import type { GuardrailTrace, Trace } from "@aws-sdk/client-bedrock-agent-runtime";
import { addUsage, type Usage } from "../events.ts";

/** Tokens of the model's call that a trace tells of, if it does, added to `before`. API_agent-runtime_Trace */
export function usageIn(trace: Trace | undefined, before: Usage | undefined): Usage | undefined {
  const output =
    trace?.orchestrationTrace?.modelInvocationOutput ??
    trace?.preProcessingTrace?.modelInvocationOutput ??
    trace?.postProcessingTrace?.modelInvocationOutput ??
    trace?.routingClassifierTrace?.modelInvocationOutput;
  const usage = output?.metadata?.usage;
  if (!usage) return before;
  const { inputTokens = 0, outputTokens = 0 } = usage;
  return addUsage(before ?? { inputTokens: 0, outputTokens: 0 }, { inputTokens, outputTokens });
}

/** The guardrail's trace, when it intervened. */
export function guardrailOf(trace: Trace | undefined): GuardrailTrace | undefined {
  return trace?.guardrailTrace?.action === "INTERVENED" ? trace.guardrailTrace : undefined;
}
