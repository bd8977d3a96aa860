import { AwsError } from "../operation.ts";
import { byJsonName, parseJson, readJson, readMembers, writeJson, writeMembers } from "./json.ts";
import { bucketOf, type Route } from "./route.ts";
import { fromText, malformed, toText } from "./scalar.ts";
import type { OperationModel, ServiceModel } from "./service-model.ts";
import type { Member, Shape } from "./shape.ts";
import type { WireRequest } from "./wire.ts";
import { parseXml, readXml, readXmlMembers, writeXmlMembers } from "./xml.ts";

type Fields = Record<string, unknown>;
type Labels = Readonly<Record<string, string>>;
export type BodyFormat = "json" | "xml";

/** @throws UnknownOperationException when no operation of the service stands at this method and path */
export function decodeRest(
  service: ServiceModel,
  request: WireRequest,
  format: BodyFormat,
): { operation: OperationModel; input: Fields } {
  const { operation, labels } = find(service, request);
  return { operation, input: readBindings(operation.input, request, labels, format) };
}

function find(service: ServiceModel, request: WireRequest): { operation: OperationModel; labels: Labels } {
  const s3 = service.signingName === "s3";
  const { bucket, path } = s3 ? bucketOf(request) : { bucket: undefined, path: request.path };
  let best: { route: Route; labels: Labels } | undefined;
  for (const route of service.routes) {
    const labels = route.match(request, path);
    if (!labels || (s3 && takesBucket(route.operation) !== (bucket !== undefined))) continue;
    if (!best || (route.rank === best.route.rank && route.needs > best.route.needs)) best = { route, labels };
  }
  if (!best) throw new AwsError("UnknownOperationException", `${request.method} ${request.path} is no operation`, 404);
  const { route, labels } = best;
  return { operation: route.operation, labels: bucket === undefined ? labels : { ...labels, Bucket: bucket } };
}

const takesBucket = ({ input }: OperationModel): boolean =>
  input.kind === "structure" && input.members.some((member) => member.name === "Bucket");

/** Members that stand in the body: those that no other place of the request or response is for. */
const inBody = ({ traits }: Member): boolean =>
  !traits.httpLabel &&
  !traits.httpQuery &&
  !traits.httpQueryParams &&
  !traits.httpHeader &&
  !traits.httpPrefixHeaders &&
  !traits.httpPayload &&
  !traits.httpResponseCode;

function readBindings(shape: Shape, request: WireRequest, labels: Labels, format: BodyFormat): Fields {
  if (shape.kind !== "structure") return {};
  const input: Fields = {};
  for (const member of shape.members) {
    const value = readBinding(member, request, labels, format);
    if (value !== undefined) input[member.name] = value;
  }
  const members = shape.members.filter(inBody);
  if (members.length === 0 || request.body.length === 0) return input;
  const body =
    format === "json"
      ? readMembers(members, parseJson(request.body), byJsonName)
      : readXmlMembers(members, parseXml(request.body));
  return Object.assign(input, body);
}

function readBinding(member: Member, request: WireRequest, labels: Labels, format: BodyFormat): unknown {
  const { shape, traits } = member;
  if (traits.httpLabel) return scalar(shape, labels[member.name]);
  if (traits.httpQuery) {
    if (!request.query.has(traits.httpQuery)) return undefined;
    const all = request.query.getAll(traits.httpQuery);
    return shape.kind === "list" ? all.map((text) => scalar(shape.item, text)) : scalar(shape, all[0]);
  }
  if (traits.httpHeader) {
    const text = request.headers[traits.httpHeader.toLowerCase()];
    return shape.kind === "list"
      ? text?.split(",").map((item) => scalar(shape.item, item.trim()))
      : scalar(shape, text);
  }
  if (traits.httpPrefixHeaders) {
    const prefix = traits.httpPrefixHeaders.toLowerCase();
    const found = Object.entries(request.headers).filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(found.map(([name, text]) => [name.slice(prefix.length), text]));
  }
  if (traits.httpPayload && request.body.length > 0) return readPayload(shape, request.body, format);
  return undefined;
}

function scalar(shape: Shape, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (shape.kind === "structure" || shape.kind === "list" || shape.kind === "map") throw malformed("Unexpected value");
  return fromText(shape, text);
}

function readPayload(shape: Shape, body: Buffer, format: BodyFormat): unknown {
  if (shape.kind === "blob") return body;
  if (shape.kind === "string") return body.toString();
  return format === "json" ? readJson(shape, parseJson(body), byJsonName) : readXml(shape, parseXml(body));
}

/** Status, headers and body of a success. */
export function encodeRest(
  operation: OperationModel,
  output: Fields,
  format: BodyFormat,
  xmlNamespace: string,
): { status: number; headers: Record<string, string>; body: string | Uint8Array } {
  const { output: shape } = operation;
  const headers: Record<string, string> = {};
  if (shape.kind !== "structure") return { status: operation.status, headers, body: "" };
  let status = operation.status;
  let payload: Member | undefined;
  for (const member of shape.members) {
    const { traits } = member;
    const value = output[member.name];
    if (traits.httpPayload) payload = member;
    if (value === undefined || value === null) continue;
    if (traits.httpHeader) headers[traits.httpHeader.toLowerCase()] = headerText(member.shape, value);
    if (traits.httpResponseCode) status = Number(value);
    if (traits.httpPrefixHeaders) {
      for (const [key, text] of Object.entries(value)) headers[traits.httpPrefixHeaders + key] = String(text);
    }
  }
  if (payload) return { status, headers, body: writePayload(payload, output[payload.name], format, xmlNamespace) };
  const members = shape.members.filter(inBody);
  if (format === "json") {
    const body = shape.members.length > 0 ? JSON.stringify(writeMembers(members, output, byJsonName)) : "";
    return { status, headers, body };
  }
  if (members.length === 0) return { status, headers, body: "" };
  return { status, headers, body: document(shape.name, writeXmlMembers(members, output), xmlNamespace) };
}

function headerText(shape: Shape, value: unknown): string {
  if (shape.kind === "list") return (value as readonly unknown[]).map(String).join(",");
  if (shape.kind === "structure" || shape.kind === "map") return JSON.stringify(value);
  return toText(shape, value, "http-date");
}

function writePayload(member: Member, value: unknown, format: BodyFormat, xmlNamespace: string): string | Uint8Array {
  const { shape } = member;
  if (value === undefined || value === null) return shape.kind === "blob" ? Buffer.alloc(0) : "";
  if (shape.kind !== "structure") return value as string | Uint8Array;
  if (format === "json") return JSON.stringify(writeJson(shape, value, byJsonName));
  return document(member.traits.xmlName ?? shape.name, writeXmlMembers(shape.members, value as Fields), xmlNamespace);
}

const document = (tag: string, content: string, xmlNamespace: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${tag} xmlns="${xmlNamespace}">${content}</${tag}>`;
