import { NormalizedSchema } from "@smithy/core/schema";
import type { $SchemaRef, SchemaTraits, StaticErrorSchema, StaticOperationSchema } from "@smithy/types";
import { type Route, routeOf } from "./route.ts";
import { type Shape, shapeOf } from "./shape.ts";

export type ProtocolName = "awsJson1_0" | "awsJson1_1" | "awsQuery" | "ec2Query" | "restJson1" | "restXml";

/** What the codec knows of an AWS service: all of it out of the SDK's client package. */
export interface ServiceModel {
  /** Name in the credential scope of a signature, as "elasticloadbalancing". */
  readonly signingName: string;
  readonly protocol: ProtocolName;
  readonly xmlNamespace: string;
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** Of REST protocols, the most specific first. */
  readonly routes: readonly Route[];
  /** Modelled errors by their name in the SDK. */
  readonly errors: ReadonlyMap<string, ErrorModel>;
}

export interface OperationModel {
  readonly name: string;
  /** Unfolded on first use: EC2 alone has more than 700 operations. */
  readonly input: Shape;
  readonly output: Shape;
  /** Status of a success. */
  readonly status: number;
}

export interface ErrorModel {
  /** How the error is called on the wire, where that differs (awsQueryError). */
  readonly code: string;
  readonly status: number;
}

/** The part of a client of the SDK that tells its protocol. */
interface Client {
  readonly config: object;
}
type ClientClass = new (config: {
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}) => Client;

interface ClientFacts {
  readonly protocol: { getShapeId(): string };
  readonly protocolSettings: { readonly xmlNamespace?: string };
  readonly defaultSigningName: string;
}

/** Smithy's marks for schemas of operations and errors (@smithy/types, schema/static-schemas). */
const OPERATION = 9;
const ERROR = -3;

/** @param sdk everything that a client package exports; its schemas are told by their form */
export function serviceModel(sdk: object, client: ClientClass): ServiceModel {
  const made = new client({ region: "us-east-1", credentials: { accessKeyId: "none", secretAccessKey: "none" } });
  const facts = made.config as ClientFacts;
  const operations = new Map<string, OperationModel>();
  const errors = new Map<string, ErrorModel>();
  const routes: Route[] = [];
  for (const schema of Object.values(sdk)) {
    if (!Array.isArray(schema)) continue;
    if (schema[0] === OPERATION) {
      const [, , name, traits, input, output] = schema as StaticOperationSchema;
      const http = traitsOf(traits).http;
      const operation = operationModel(name, http?.[2] ?? 200, input, output);
      operations.set(name, operation);
      if (http) routes.push(routeOf(http[0], http[1], operation));
    } else if (schema[0] === ERROR) {
      const [, , name, traits] = schema as StaticErrorSchema;
      const { awsQueryError, httpError, error } = traitsOf(traits);
      const status = httpError ?? awsQueryError?.[1] ?? (error === "server" ? 500 : 400);
      errors.set(name, { code: awsQueryError?.[0] ?? name, status });
    }
  }
  return {
    signingName: facts.defaultSigningName,
    protocol: facts.protocol.getShapeId().split("#")[1] as ProtocolName,
    xmlNamespace: facts.protocolSettings.xmlNamespace ?? "",
    operations,
    routes: routes.sort((a, b) => b.rank - a.rank),
    errors,
  };
}

interface Traits {
  readonly http?: readonly [method: string, uri: string, status: number];
  readonly awsQueryError?: readonly [code: string, status: number];
  readonly httpError?: number;
  readonly error?: "client" | "server";
}
const traitsOf = (traits: SchemaTraits): Traits => (typeof traits === "object" ? (traits as unknown as Traits) : {});

function operationModel(name: string, status: number, input: $SchemaRef, output: $SchemaRef): OperationModel {
  let inputShape: Shape | undefined;
  let outputShape: Shape | undefined;
  return {
    name,
    status,
    get input() {
      inputShape ??= unfold(input);
      return inputShape;
    },
    get output() {
      outputShape ??= unfold(output);
      return outputShape;
    },
  };
}

const unfold = (ref: $SchemaRef): Shape => shapeOf(NormalizedSchema.of(typeof ref === "function" ? ref() : ref));
