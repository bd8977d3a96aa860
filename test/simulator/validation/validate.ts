import { invalidCode } from "../faults/wording.ts";
import { AwsError } from "../operation.ts";
import { constraintsOf } from "./constraints.ts";
import { type Violation, violationsOf } from "./violations.ts";

/**
 * Holds a request against its service's model as botocore carries it.
 * @throws the service's own validation error, in its words
 */
export function validate(service: string, action: string, input: object): void {
  const violations = violationsOf(constraintsOf(service), action, input);
  const [first] = violations;
  if (!first) return;
  if (service === "ec2") throw ec2Error(first);
  if (service === "s3") throw s3Error(first);
  const count = `${violations.length} validation error${violations.length > 1 ? "s" : ""} detected`;
  throw new AwsError(invalidCode(service), `${count}: ${violations.map(sentence).join("; ")}`);
}

/** As the framework of most services words it: "Value 'x' at 'launchType' failed to satisfy constraint: Member must …". */
function sentence(violation: Violation): string {
  const at = violation.path.map((part) => (/^\d+$/.test(part) ? `${part}.member` : camel(part))).join(".");
  const value = violation.rule === "required" ? "null" : `'${printed(violation)}'`;
  return `Value ${value} at '${at}' failed to satisfy constraint: Member must ${demand(violation)}`;
}

const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

function demand({ rule, expected, counts }: Violation): string {
  switch (rule) {
    case "required":
      return "not be null";
    case "enum":
      return `satisfy enum value set: ${expected}`;
    case "pattern":
      return `satisfy regular expression pattern: ${expected}`;
    case "min":
      return `have ${counts} greater than or equal to ${expected}`;
    case "max":
      return `have ${counts} less than or equal to ${expected}`;
  }
}

/** Amazon EC2 API Reference, "Error codes": MissingParameter and InvalidParameterValue. */
function ec2Error(violation: Violation): AwsError {
  const parameter = violation.path.filter((part) => !/^\d+$/.test(part)).at(-1) ?? "";
  if (violation.rule === "required") {
    return new AwsError("MissingParameter", `The request must contain the parameter ${parameter}`);
  }
  const name = parameter.charAt(0).toLowerCase() + parameter.slice(1);
  return new AwsError(
    "InvalidParameterValue",
    `Value (${printed(violation)}) for parameter ${name} is invalid. The value must ${demand(violation)}.`,
  );
}

/** Amazon S3 API Reference, "Error responses": what stands in the body is XML, the rest are arguments. */
function s3Error(violation: Violation): AwsError {
  if (violation.path.at(-1) === "LocationConstraint") {
    return new AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid");
  }
  if (violation.path.length > 1) {
    return new AwsError(
      "MalformedXML",
      "The XML you provided was not well-formed or did not validate against our published schema",
    );
  }
  return new AwsError("InvalidArgument", `Argument ${violation.path[0]} must ${demand(violation)}`);
}

function printed({ value, sensitive }: Violation): string {
  if (sensitive) return "***";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
