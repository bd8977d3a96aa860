/** One instruction of a Dockerfile, its continuation lines joined. */
export interface Instruction {
  readonly name: string;
  readonly args: string;
}

export interface Stage {
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/** Stages in their order (Dockerfile reference, "Format"). Comments, ARG before FROM and heredocs are not kept. */
export function stagesOf(dockerfile: string): readonly Stage[] {
  const lines = dockerfile
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join("\n")
    .replace(/\\\n\s*/g, " ")
    .split("\n");
  const stages: { base: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = "", args = ""] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
    if (name.toUpperCase() !== "FROM") {
      stages.at(-1)?.instructions.push({ name: name.toUpperCase(), args });
      continue;
    }
    const [, base = "", stage] = /^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?$/i.exec(args) ?? [];
    stages.push({ base, name: stage, instructions: [] });
  }
  return stages;
}
