import { AgentError, traced } from "@agentorchestrator/shared";
import { z } from "zod";
import type { Rest } from "./rest.ts";

export interface Search {
  readonly query: string;
  /** `service`, `schema.service` or `database.schema.service`; parts in double quotes are taken as they are. */
  readonly service?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
  /** 1 to 1000; Snowflake's default is 10. */
  readonly limit?: number | undefined;
}

/** What a name of a service leaves out. */
export interface SearchDefaults {
  readonly database?: string | undefined;
  readonly schema?: string | undefined;
  readonly service?: string | undefined;
}

const answer = z.object({
  results: z.array(z.record(z.string(), z.unknown())),
  request_id: z.string(),
});

export interface Found {
  readonly requestId: string;
  /** The columns asked for, best match first. */
  readonly results: readonly Readonly<Record<string, unknown>>[];
}

/** Cortex Search. https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-search/query-cortex-search-service */
export class SearchServices {
  readonly #rest: Rest;
  readonly #defaults: SearchDefaults;

  constructor(rest: Rest, defaults: SearchDefaults) {
    this.#rest = rest;
    this.#defaults = defaults;
  }

  /** @throws AgentError 400 SearchServiceMissing or SearchServiceInvalid, and those of Rest */
  async search({ query, service, columns, filter, limit }: Search, signal: AbortSignal): Promise<Found> {
    const path = this.#path(service);
    return traced("search", { type: "tool", input: { query, service } }, async (span) => {
      const found = await this.#rest.json(answer, path, { query, columns, filter, limit }, signal);
      span.update({ output: { results: found.results.length } });
      return { requestId: found.request_id, results: found.results };
    });
  }

  #path(named: string | undefined): string {
    const { database, schema, service } = this.#defaults;
    const name = named ?? service;
    if (name === undefined) {
      const message = "no Cortex Search service is named: send service, or set SNOWFLAKE_SEARCH_SERVICE";
      throw new AgentError("SearchServiceMissing", message, { status: 400, retryable: false });
    }
    const parts = partsOf(name);
    const [d, s, n] = [database, schema ?? "PUBLIC"].slice(0, 3 - parts.length).concat(parts);
    if (d === undefined || s === undefined || n === undefined) throw invalid(name);
    const [inDatabase, inSchema, called] = [d, s, n].map(encodeURIComponent);
    return `/api/v2/databases/${inDatabase}/schemas/${inSchema}/cortex-search-services/${called}:query`;
  }
}

/** @throws AgentError 400 SearchServiceInvalid */
function partsOf(name: string): string[] {
  const parts = name.match(/"(?:[^"]|"")+"|[^."]+/g) ?? [];
  if (parts.length < 1 || parts.length > 3 || parts.join(".") !== name) throw invalid(name);
  return parts;
}

function invalid(name: string): AgentError {
  const message = `"${name}" names no Cortex Search service: use database.schema.service; database and schema may be left out where SNOWFLAKE_DATABASE is set`;
  return new AgentError("SearchServiceInvalid", message, { status: 400, retryable: false });
}
