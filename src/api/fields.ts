import { spec } from "./spec.ts";
import { type Json, structural } from "./structural.ts";

/** docs/fields.md: every field of the spec with its type, default and purpose, as `kubectl explain` tells them. */
export function fieldTable(): string {
  const rows = rowsOf(structural(spec), "spec");
  return [
    "# Fields of an AgentOrchestrator",
    "",
    "Made from src/api by `npm run generate`. `kubectl explain agentorchestrator.spec --recursive` says the same.",
    "",
    "| field | type | default | what it is for |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

function rowsOf(schema: Json, path: string): string[] {
  const properties = (schema.properties ?? {}) as Record<string, Json>;
  const required = (schema.required ?? []) as readonly string[];
  return Object.entries(properties).flatMap(([name, property]) => {
    const field = `${path}.${name}`;
    const standard = required.includes(name) ? "required" : defaultOf(property);
    const row = `| \`${field.replace(/^spec\./, "")}\` | ${typeOf(property)} | ${standard} | ${cell(String(property.description ?? ""))} |`;
    const items = property.items as Json | undefined;
    return [row, ...(items?.properties ? rowsOf(items, `${field}[]`) : rowsOf(property, field))];
  });
}

function typeOf(property: Json): string {
  if (Array.isArray(property.enum)) return property.enum.map((value) => `\`${value}\``).join(" ");
  if (property.type === "array") return `list of ${typeOf(property.items as Json)}`;
  if (property.additionalProperties) return `map of ${typeOf(property.additionalProperties as Json)}`;
  const { minimum, maximum } = property;
  if (property.type === "integer" && minimum !== undefined) {
    return maximum === undefined || maximum === 2147483647
      ? `integer from ${minimum}`
      : `integer, ${minimum} to ${maximum}`;
  }
  return String(property.type);
}

function defaultOf(property: Json): string {
  const value = property.default;
  if (value === undefined || property.type === "object" || JSON.stringify(value) === "[]") return "";
  return `\`${cell(typeof value === "string" ? value : JSON.stringify(value))}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
