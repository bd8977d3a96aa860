/** One instruction of a Dockerfile, its continuation lines joined. */
export interface Instruction {
  readonly name: string;
  readonly args: string;
}

export interface Stage {
  /** What FROM names, arguments that stand before the first FROM put in. */
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

/**
 * Stages in their order (Dockerfile reference, "Format", "Understand how ARG and FROM interact"). Comments and heredocs are
 * not kept.
 *
 * @param args values of arguments, instead of their defaults
 */
export function stagesOf(dockerfile: string, args: Readonly<Record<string, string>> = {}): readonly Stage[] {
  const lines = dockerfile
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join("\n")
    .replace(/\\\n\s*/g, " ")
    .split("\n");
  const stages: { base: string; name: string | undefined; instructions: Instruction[] }[] = [];
  const known = new Map<string, string>();
  for (const line of lines) {
    const [, name = "", rest = ""] = /^\s*(\w+)\s+(.*)$/.exec(line) ?? [];
    if (name.toUpperCase() !== "FROM") {
      const instruction = { name: name.toUpperCase(), args: rest };
      const [, arg = "", value = ""] = /^(\w+)(?:=(.*))?$/.exec(rest) ?? [];
      if (stages.length === 0 && instruction.name === "ARG") known.set(arg, args[arg] ?? value);
      stages.at(-1)?.instructions.push(instruction);
      continue;
    }
    const [, base = "", stage] = /^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest) ?? [];
    const put = base.replace(/\$\{?(\w+)\}?/g, (whole, arg) => known.get(arg) ?? whole);
    stages.push({ base: put, name: stage, instructions: [] });
  }
  return stages;
}

/** The Dockerfile of one stage alone, on `base`, with images instead of the stages that it copies from. */
export function renderStage(stage: Stage, base: string, images: Readonly<Record<string, string>>): string {
  const lines = stage.instructions.map(({ name, args }) => {
    const put = args.replace(/^--from=(\S+)/, (whole, from) => (images[from] ? `--from=${images[from]}` : whole));
    return `${name} ${put}`;
  });
  return [`FROM ${base}`, ...lines, ""].join("\n");
}

/** An image's name with the registry and the folder that Docker puts in where they are left out. */
export function fullName(image: string): string {
  const [first = "", ...rest] = image.split("/");
  if (rest.length > 0 && (/[.:]/.test(first) || first === "localhost")) return image;
  return rest.length > 0 ? `docker.io/${image}` : `docker.io/library/${image}`;
}
