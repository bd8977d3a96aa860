import { accepted } from "./cases/accepted.ts";
import { cache } from "./cases/cache.ts";
import type { Case } from "./cases/case.ts";
import { changes } from "./cases/changes.ts";
import { langfuse } from "./cases/langfuse.ts";
import { rules } from "./cases/rules.ts";
import { shapes } from "./cases/shapes.ts";

/** What is accepted and what is refused, why and where: the API server and the offline check are held to the same list. */
export const cases: readonly Case[] = [...accepted, ...shapes, ...rules, ...cache, ...langfuse, ...changes];
