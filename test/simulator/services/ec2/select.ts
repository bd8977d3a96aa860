import type { Filter, Tag } from "@aws-sdk/client-ec2";
import { AwsError, type Call } from "../../operation.ts";
import type { Table } from "../../world.ts";
import { page } from "../common/page.ts";
import { invalidValue, type Noun, wellFormed } from "./refusals.ts";

type Value = string | number | boolean | undefined;
/** What a filter compares with: any of the values may match. */
export type Filters<Row> = Readonly<Record<string, (row: Row) => Value | readonly Value[]>>;

export interface Describe<Row extends object> {
  readonly table: Table<Row>;
  readonly noun: Noun;
  readonly id: (row: Row) => string;
  readonly filters: Filters<Row>;
}

export interface Asked {
  readonly ids?: readonly string[] | undefined;
  readonly filters?: readonly Filter[] | undefined;
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/**
 * What a Describe action shows: by ids (one unknown refuses all), by filters (EC2 User Guide, "Filter resources": names
 * are joined by AND, values by OR, `*` and `?` are wildcards, an unknown name is refused), by pages.
 */
export function select<Row extends { Tags?: Tag[] | undefined }>(
  call: Call,
  { table, noun, id, filters }: Describe<Row>,
  asked: Asked,
): { rows: readonly Row[]; next: string | undefined } {
  const given = asked.ids?.length ? asked.ids.map((each) => wellFormed(each, noun)) : undefined;
  if (given && asked.maxResults !== undefined && asked.maxResults < given.length) {
    throw new AwsError(
      "InvalidParameterCombination",
      "The parameter MaxResults cannot be used with a list of resource ids.",
    );
  }
  const named = given?.map((each) => {
    const row = table.shown(each);
    if (!row) throw noun.notFound(each);
    return row;
  });
  const wanted = (named ? [...new Set(named)] : table.shownAll()).filter(matcher(asked.filters ?? [], filters));
  const { items, next } = page(wanted, id, asked.nextToken, asked.maxResults ?? call.world.quota("ec2.page"), () =>
    invalidValue("Unable to parse pagination token"),
  );
  return { rows: items, next };
}

/** A test for rows, or the refusal of a filter that the action does not know. */
export function matcher<Row extends { Tags?: Tag[] | undefined }>(
  asked: readonly Filter[],
  filters: Filters<Row>,
): (row: Row) => boolean {
  if (asked.length > 50) throw new AwsError("FilterLimitExceeded", "The maximum number of filters is 50.");
  const tests = asked.map(({ Name: name = "", Values: values = [] }) => {
    const read = reader(name, filters);
    const patterns = values.map(wildcard);
    return (row: Row) => {
      const found = read(row);
      const list = Array.isArray(found) ? (found as readonly Value[]) : [found as Value];
      return list.some((each) => each !== undefined && patterns.some((pattern) => pattern.test(String(each))));
    };
  });
  return (row) => tests.every((test) => test(row));
}

function reader<Row extends { Tags?: Tag[] | undefined }>(
  name: string,
  filters: Filters<Row>,
): (row: Row) => Value | readonly Value[] {
  if (name.startsWith("tag:")) return (row) => row.Tags?.find((tag) => tag.Key === name.slice(4))?.Value;
  if (name === "tag-key") return (row) => row.Tags?.map((tag) => tag.Key);
  const read = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (!read) throw invalidValue(`The filter '${name}' is invalid`);
  return read;
}

/** A filter's value as a pattern: `*` any characters, `?` one, a backslash takes the meaning from the next. */
function wildcard(value: string): RegExp {
  const source = value.replace(/\\([\s\S])|[\s\S]/g, (all, literal: string | undefined) => {
    if (literal !== undefined) return escapePattern(literal);
    return all === "*" ? "[\\s\\S]*" : all === "?" ? "[\\s\\S]" : escapePattern(all);
  });
  return new RegExp(`^${source}$`);
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
