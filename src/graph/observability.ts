import type { Ref } from "./ref.ts";
import type { Scope } from "./scope.ts";

/** A log group for each agent. @returns names by agent */
export function addObservability(scope: Scope): ReadonlyMap<string, Ref<string>> {
  const { retentionDays } = scope.spec.observability.logs;
  return new Map(
    scope.spec.agents.map(({ name: agent }) => {
      const name = scope.names.logGroup(agent);
      const options = { name, fact: "ObservabilityReady" as const, agent };
      return [
        agent,
        scope.add("AWS::Logs::LogGroup", `agent/${agent}/log-group`, { retentionDays }, options).logGroupName,
      ];
    }),
  );
}
