import { AwsError } from "../operation.ts";
import { byName, parseJson, readJson, writeJson } from "./json.ts";
import { type QueryDialect, readQuery, treeOf } from "./query.ts";
import { decodeRest, encodeRest } from "./rest.ts";
import type { OperationModel, ServiceModel } from "./service-model.ts";
import type { WireRequest, WireResponse } from "./wire.ts";
import { escapeXml, writeXmlMembers } from "./xml.ts";

type Fields = Record<string, unknown>;

/** A request understood: which operation, with what. */
export interface Decoded {
  readonly operation: OperationModel;
  /** In the shapes of the SDK. */
  readonly input: Fields;
}

/**
 * @throws UnknownOperationException, or InvalidAction with query protocols, when the service has no such operation
 * @throws SerializationException when the request is no valid text of the protocol
 */
export function decode(service: ServiceModel, request: WireRequest): Decoded {
  switch (service.protocol) {
    case "awsJson1_0":
    case "awsJson1_1": {
      const operation = named(service, request.headers["x-amz-target"]?.split(".").at(-1));
      const input = operation.input.kind === "unit" ? {} : readJson(operation.input, parseJson(request.body), byName);
      return { operation, input: input as Fields };
    }
    case "awsQuery":
    case "ec2Query": {
      const parameters = new URLSearchParams(request.method === "GET" ? request.query : request.body.toString());
      const operation = named(service, parameters.get("Action"));
      return { operation, input: decodeQuery(operation, parameters, service.protocol) };
    }
    case "restJson1":
      return decodeRest(service, request, "json");
    case "restXml":
      return decodeRest(service, request, "xml");
  }
}

function decodeQuery(operation: OperationModel, parameters: URLSearchParams, dialect: QueryDialect): Fields {
  if (operation.input.kind === "unit") return {};
  return readQuery(operation.input, treeOf(parameters), dialect) as Fields;
}

function named(service: ServiceModel, name: string | null | undefined): OperationModel {
  const operation = service.operations.get(name ?? "");
  if (operation) return operation;
  if (service.protocol === "awsQuery" || service.protocol === "ec2Query") {
    throw new AwsError("InvalidAction", `The action ${name} is not valid for this web service.`);
  }
  throw new AwsError("UnknownOperationException", `unknown operation ${name}`);
}

export function encode(
  service: ServiceModel,
  operation: OperationModel,
  output: object,
  requestId: string,
): WireResponse {
  const { name, output: shape } = operation;
  const id = { "x-amzn-requestid": requestId };
  switch (service.protocol) {
    case "awsJson1_0":
    case "awsJson1_1":
      return {
        status: 200,
        headers: {
          ...id,
          "content-type": `application/x-amz-json-${service.protocol === "awsJson1_0" ? "1.0" : "1.1"}`,
        },
        body: JSON.stringify(shape.kind === "unit" ? {} : writeJson(shape, output, byName)),
      };
    case "awsQuery": {
      const members = shape.kind === "structure" ? writeXmlMembers(shape.members, output as Fields) : undefined;
      const result = members === undefined ? "" : `<${name}Result>${members}</${name}Result>`;
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      const body = `<${name}Response xmlns="${service.xmlNamespace}">${result}${metadata}</${name}Response>`;
      return { status: 200, headers: { ...id, "content-type": "text/xml" }, body };
    }
    case "ec2Query": {
      const members =
        shape.kind === "structure" ? writeXmlMembers(shape.members, output as Fields) : "<return>true</return>";
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${name}Response xmlns="${service.xmlNamespace}"><requestId>${requestId}</requestId>${members}</${name}Response>`;
      return { status: 200, headers: { ...id, "content-type": "text/xml;charset=UTF-8" }, body };
    }
    case "restJson1":
    case "restXml": {
      const json = service.protocol === "restJson1";
      const rest = encodeRest(operation, output as Fields, json ? "json" : "xml", service.xmlNamespace);
      const type = json ? "application/json" : "application/xml";
      return { ...rest, headers: { ...id, "x-amz-request-id": requestId, "content-type": type, ...rest.headers } };
    }
  }
}

/** A refusal in the form that the protocol gives it. */
export function encodeError(service: ServiceModel, error: AwsError, requestId: string): WireResponse {
  const model = service.errors.get(error.name);
  const status = error.status ?? model?.status ?? 400;
  const id = { "x-amzn-requestid": requestId };
  if (service.protocol === "awsJson1_0" || service.protocol === "awsJson1_1" || service.protocol === "restJson1") {
    return {
      status,
      headers: { ...id, "content-type": "application/json", "x-amzn-errortype": error.name },
      body: JSON.stringify({ __type: error.name, message: error.message, ...error.extra }),
    };
  }
  const headers = { ...id, "x-amz-request-id": requestId, "content-type": "text/xml" };
  let details = `<Code>${escapeXml(model?.code ?? error.name)}</Code><Message>${escapeXml(error.message)}</Message>`;
  for (const [name, value] of Object.entries(error.extra)) details += `<${name}>${escapeXml(String(value))}</${name}>`;
  switch (service.protocol) {
    case "ec2Query":
      return {
        status,
        headers,
        body: `<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>${details}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
      };
    case "awsQuery": {
      const type = `<Type>${status < 500 ? "Sender" : "Receiver"}</Type>`;
      const body = `<ErrorResponse xmlns="${service.xmlNamespace}"><Error>${type}${details}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
      return { status, headers, body };
    }
    case "restXml": {
      const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${details}<RequestId>${requestId}</RequestId></Error>`;
      return { status, headers: { ...headers, "content-type": "application/xml" }, body };
    }
  }
}
