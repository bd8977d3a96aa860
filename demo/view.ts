import { styleText } from "node:util";

const began = performance.now();

/** Seconds since the demo began, as each line carries them. */
export function elapsed(): string {
  return `${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s`;
}

export function heading(text: string): void {
  console.log(`\n${styleText("bold", `${elapsed()}  ${text}`)}`);
}

export function line(text: string): void {
  console.log(`${styleText("dim", elapsed())}  ${text}`);
}

/** A command as a person would type it, with what it printed. */
export function command(typed: string, printed: string): void {
  console.log(`\n${styleText("cyan", `$ ${typed}`)}\n${printed.trimEnd()}`);
}
