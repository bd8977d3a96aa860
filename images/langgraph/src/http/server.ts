import type { AgentServer } from "@agentorchestrator/shared";
import type { Approvers } from "../auth.ts";
import type { Workflows } from "../domain/workflow.ts";
import { registerDecisions } from "./decisions.ts";
import { registerEvents } from "./events.ts";
import { registerWorkflows } from "./workflows.ts";

/** The HTTP door: its routes on the server that every agent has. */
export function registerRoutes(server: AgentServer, workflows: Workflows, approvers: Approvers): void {
  registerWorkflows(server, workflows, approvers);
  registerEvents(server, workflows);
  registerDecisions(server, workflows, approvers);
}
