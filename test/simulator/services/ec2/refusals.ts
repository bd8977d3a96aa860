import { AwsError } from "../../operation.ts";

/** Codes: EC2 API Reference, "Error codes for the Amazon EC2 API". Texts are those that EC2 sends. */
export const invalidValue = (message: string): AwsError => new AwsError("InvalidParameterValue", message);

export const dependency = (message: string): AwsError => new AwsError("DependencyViolation", message);

export const hasDependencies = (what: string, id: string): AwsError =>
  dependency(`The ${what} '${id}' has dependencies and cannot be deleted.`);

/** A parameter that must be there. Its name is spelled as EC2 does: a lower first letter. */
export function required<T>(value: T | undefined, parameter: string): T {
  if (value === undefined || value === "") {
    throw new AwsError("MissingParameter", `The request must contain the parameter ${parameter}`);
  }
  return value;
}

/** How ids of one resource type look and how EC2 says that one is malformed or unknown. */
export interface Noun {
  readonly prefix: string;
  readonly malformed: string;
  notFound(id: string): AwsError;
}

const noun = (prefix: string, code: string, name: string): Noun => ({
  prefix,
  malformed: code.replace(/\.NotFound$/, ".Malformed"),
  notFound: (id) => new AwsError(code, `The ${name} '${id}' does not exist`),
});

export const nouns = {
  vpc: noun("vpc", "InvalidVpcID.NotFound", "vpc ID"),
  subnet: noun("subnet", "InvalidSubnetID.NotFound", "subnet ID"),
  internetGateway: noun("igw", "InvalidInternetGatewayID.NotFound", "internetGateway ID"),
  address: noun("eipalloc", "InvalidAllocationID.NotFound", "allocation ID"),
  natGateway: {
    prefix: "nat",
    malformed: "NatGatewayMalformed",
    notFound: (id: string) => new AwsError("NatGatewayNotFound", `The Nat Gateway ${id} was not found`),
  },
  routeTable: noun("rtb", "InvalidRouteTableID.NotFound", "routeTable ID"),
  association: noun("rtbassoc", "InvalidAssociationID.NotFound", "association ID"),
  securityGroup: { ...noun("sg", "InvalidGroup.NotFound", "security group"), malformed: "InvalidGroupId.Malformed" },
  rule: noun("sgr", "InvalidSecurityGroupRuleId.NotFound", "security group rule ID"),
  vpcEndpoint: noun("vpce", "InvalidVpcEndpointId.NotFound", "Vpc Endpoint Id"),
  networkInterface: noun("eni", "InvalidNetworkInterfaceID.NotFound", "networkInterface ID"),
  networkAcl: noun("acl", "InvalidNetworkAclID.NotFound", "networkAcl ID"),
} satisfies Record<string, Noun>;

/** Ids are the prefix and 8 or 17 hex digits: EC2 User Guide, "Resource IDs". */
export function wellFormed(id: string, of: Noun): string {
  if (!new RegExp(`^${of.prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`).test(id)) {
    throw new AwsError(of.malformed, `Invalid id: "${id}" (expecting "${of.prefix}-...")`);
  }
  return id;
}

/** The row of a well-formed id, or the refusals that EC2 has for it. */
export function existing<T extends object>(
  table: { get(id: string): T | undefined },
  id: string | undefined,
  of: Noun,
  parameter: string,
): T {
  const row = table.get(wellFormed(required(id, parameter), of));
  if (!row) throw of.notFound(id ?? "");
  return row;
}
