import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleAgent } from "../../scripts/images/bundle.ts";
import type { Figure } from "../figures.ts";
import { measureFrontDoor } from "./front-door.ts";
import { measureWorkflows } from "./workflows.ts";

/** What can be measured alone. */
export const AGENT_SECTIONS = ["front-door", "workflows"] as const;
export type AgentSection = (typeof AGENT_SECTIONS)[number];

/** The agents as their images have them: bundled, each a process of its own. */
export async function measureAgents(
  sections: readonly AgentSection[],
  log: (line: string) => void,
): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "agents-"));
  const bundled = async (agent: string): Promise<string> => {
    await bundleAgent(fileURLToPath(new URL("../..", import.meta.url)), agent, join(folder, agent));
    return join(folder, agent, "agent.js");
  };
  try {
    const figures: Figure[] = [];
    if (sections.includes("front-door"))
      figures.push(...(await measureFrontDoor(await bundled("aws-agent-core"), log)));
    if (sections.includes("workflows")) figures.push(...(await measureWorkflows(await bundled("langgraph"), log)));
    return figures;
  } finally {
    await rm(folder, { recursive: true });
  }
}
