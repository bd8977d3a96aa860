import { parseXML } from "@aws-sdk/xml-builder";
import { fromText, malformed, toText } from "./scalar.ts";
import type { Member, Shape } from "./shape.ts";

type Fields = Readonly<Record<string, unknown>>;

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export const escapeXml = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? "");

/** The element's own members, without the element. */
export function writeXmlMembers(members: readonly Member[], value: Fields): string {
  let text = "";
  for (const member of members) text += writeXml(member.shape, value[member.name], member.xmlName, member.flat);
  return text;
}

export function writeXml(shape: Shape, value: unknown, tag: string, flat = false): string {
  if (value === undefined || value === null) return "";
  switch (shape.kind) {
    case "structure":
      return `<${tag}>${writeXmlMembers(shape.members, value as Fields)}</${tag}>`;
    case "list": {
      let items = "";
      for (const item of value as readonly unknown[]) items += writeXml(shape.item, item, flat ? tag : shape.itemName);
      return flat ? items : `<${tag}>${items}</${tag}>`;
    }
    case "map": {
      let entries = "";
      const entryTag = flat ? tag : "entry";
      for (const [key, item] of Object.entries(value as Fields)) {
        const entry = `<${shape.keyName}>${escapeXml(key)}</${shape.keyName}>${writeXml(shape.value, item, shape.valueName)}`;
        entries += `<${entryTag}>${entry}</${entryTag}>`;
      }
      return flat ? entries : `<${tag}>${entries}</${tag}>`;
    }
    default:
      return `<${tag}>${escapeXml(toText(shape, value, "date-time"))}</${tag}>`;
  }
}

/** The content of a document's root element. */
export function parseXml(body: Buffer): unknown {
  try {
    return Object.values(parseXML(body.toString()))[0];
  } catch {
    throw malformed("The XML you provided was not well-formed or did not validate against our published schema");
  }
}

export function readXml(shape: Shape, element: unknown, flat = false): unknown {
  switch (shape.kind) {
    case "structure":
      return readXmlMembers(shape.members, element);
    case "list":
      return listed(flat ? element : child(element, shape.itemName)).map((item) => readXml(shape.item, item));
    case "map":
      return Object.fromEntries(
        listed(flat ? element : child(element, "entry")).map((entry) => [
          String(child(entry, shape.keyName)),
          readXml(shape.value, child(entry, shape.valueName)),
        ]),
      );
    default:
      return fromText(shape, textOf(element));
  }
}

export function readXmlMembers(members: readonly Member[], element: unknown): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const member of members) {
    const item = child(element, member.xmlName);
    if (item !== undefined) read[member.name] = readXml(member.shape, item, member.flat);
  }
  return read;
}

const child = (element: unknown, name: string): unknown =>
  typeof element === "object" && element !== null ? (element as Fields)[name] : undefined;

const listed = (element: unknown): readonly unknown[] =>
  element === undefined || element === "" ? [] : Array.isArray(element) ? element : [element];

/** An element with attributes comes as an object that holds its text. */
const textOf = (element: unknown): string => String(child(element, "#text") ?? element ?? "");
