import { writeFile } from "node:fs/promises";

/** One measured number. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** Of the value: "s", "ms", "MiB", "calls"; "" for a ratio. */
  readonly unit: string;
  /** What it is to be; absent where it explains another figure. */
  readonly goal?: number | undefined;
  readonly better: "lower" | "higher";
}

export function meets({ value, goal, better }: Figure): boolean {
  if (goal === undefined) return true;
  return better === "lower" ? value <= goal : value >= goal;
}

/** A line a figure: name, value and unit, goal, and whether it is met. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${shown(figure.value)}${figure.unit && ` ${figure.unit}`}`,
    figure.goal === undefined ? "" : `${figure.better === "lower" ? "≤" : "≥"} ${shown(figure.goal)}`,
    figure.goal === undefined ? "" : meets(figure) ? "met" : "MISSED",
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(([name = "", value = "", goal = "", met = ""]) =>
      `${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${goal.padEnd(widths[2] ?? 0)}  ${met}`.trimEnd(),
    )
    .join("\n");
}

/** Writes `{"figures": […]}`; a figure without a goal has null there. */
export async function writeJson(path: string, figures: readonly Figure[]): Promise<void> {
  const all = figures.map(({ name, value, unit, goal, better }) => ({ name, value, unit, goal: goal ?? null, better }));
  await writeFile(path, `${JSON.stringify({ figures: all }, null, 2)}\n`);
}

function shown(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3);
}
