import { NEVER, type Verdict } from "./verdict.ts";

/** Where the emulators differ from the simulator in routes, security groups, VPC endpoints, tags and quotas. */
export const ec2RoutingLedger: readonly Verdict[] = [
  {
    scenario: "routes and their tables",
    why: "A client token is honoured.",
    page: "API_CreateRouteTable, ClientToken",
    right: "simulator",
    steps: {
      "the same token": { ministack: false, moto: false },
    },
  },
  {
    scenario: "routes and their tables",
    why: "A destination is there once, the local route included, and only what is there is replaced.",
    page: '"Error codes for the Amazon EC2 API", RouteAlreadyExists; API_ReplaceRoute',
    right: "simulator",
    steps: {
      "replace what is not there": { ministack: "done" },
      "the same route again": { ministack: "done" },
      "route of the VPC": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "routes and their tables",
    why: "The parameter is GatewayId, whatever kind of gateway is meant.",
    page: '"Error codes for the Amazon EC2 API", InvalidGatewayID.NotFound',
    right: "undocumented",
    steps: {
      "route to nowhere": { ministack: "done", moto: "refused: InvalidInternetGatewayID.NotFound" },
    },
  },
  {
    scenario: "routes and their tables",
    why: "The local route cannot be deleted.",
    page: 'VPC User Guide, "Route table concepts"',
    right: "simulator",
    steps: {
      "take the local route away": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "routes and their tables",
    why: "The answer says the state of the association.",
    page: "API_AssociateRouteTable, AssociationState",
    right: "simulator",
    steps: {
      associate: { ministack: null },
    },
  },
  {
    scenario: "routes and their tables",
    why: "A subnet has one route table.",
    page: 'API_AssociateRouteTable; "Error codes for the Amazon EC2 API", Resource.AlreadyAssociated',
    right: "simulator",
    steps: {
      "associate with another": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "routes and their tables",
    why: "A table with associations, and the main one, cannot be deleted.",
    page: "API_DeleteRouteTable",
    right: "simulator",
    steps: {
      "delete while associated": { ministack: "done" },
      "delete the main table": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "routes and their tables",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      "replace the association": { ministack: "refused: InvalidAssociationID.NotFound" },
      "the old association": { ministack: "done" },
      "delete when free": { ministack: "refused: InvalidRouteTableID.NotFound" },
    },
  },
  {
    scenario: "routes and their tables",
    why: "A deleted subnet takes its association along.",
    page: 'VPC User Guide, "Delete a subnet"',
    right: "simulator",
    steps: {
      "delete the table of a deleted subnet": { moto: "refused: DependencyViolation" },
    },
  },
  {
    scenario: "a route whose target has gone",
    why: "Such a route is a black hole.",
    page: "API_Route, State",
    right: "simulator",
    steps: {
      look: { ministack: ["0.0.0.0/0 active", "10.0.0.0/16 active"], moto: ["0.0.0.0/0 active", "10.0.0.0/16 active"] },
    },
  },
  {
    scenario: "security groups and their rules",
    why: "The name is reserved. The code of that refusal is InvalidParameterValue in practice, InvalidGroup.Reserved in the list.",
    page: '"Error codes for the Amazon EC2 API", InvalidGroup.Reserved',
    right: "undocumented",
    steps: {
      "the name default": { ministack: "refused: InvalidGroup.Duplicate", moto: "refused: InvalidGroup.Duplicate" },
    },
  },
  {
    scenario: "security groups and their rules",
    why: "A rule is there once, and only what is there is revoked.",
    page: '"Error codes for the Amazon EC2 API", InvalidPermission.Duplicate, InvalidPermission.NotFound',
    right: "simulator",
    steps: {
      "allow again": { ministack: "done" },
      "revoke what is not there": { ministack: "done" },
    },
  },
  {
    scenario: "security groups and their rules",
    why: "Blocks and descriptions are checked, and blocks made canonical.",
    page: "API_IpRange",
    right: "simulator",
    steps: {
      "allow from what is no block": { ministack: "done" },
      "allow from a block with host bits": { ministack: "11.1.2.3/8", moto: "11.1.2.3/8" },
      "a description that has forbidden letters": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "security groups and their rules",
    why: "A group that another's rule refers to cannot be deleted.",
    page: "API_DeleteSecurityGroup",
    right: "simulator",
    steps: {
      "delete a group that is referred to": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "security groups and their rules",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      "delete it when nobody does": { ministack: "refused: InvalidGroup.NotFound", moto: NEVER },
      "delete the default group": { moto: NEVER },
      "(the scenario ended)": { moto: "refused: InvalidGroup.NotFound" },
    },
  },
  {
    scenario: "VPC endpoints",
    why: "The type that is not named is Gateway, and the answer says so.",
    page: "API_CreateVpcEndpoint, VpcEndpointType",
    right: "simulator",
    steps: {
      gateway: { moto: null },
    },
  },
  {
    scenario: "VPC endpoints",
    why: "A service must exist, and private DNS needs both DNS attributes of the VPC.",
    page: "API_CreateVpcEndpoint, ServiceName, PrivateDnsEnabled",
    right: "simulator",
    steps: {
      "a service that is none": { ministack: "done", moto: "done" },
      "private DNS without host names": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "VPC endpoints",
    why: "No time passes in emulators: an interface endpoint is pending, and it has an interface in each subnet.",
    page: "API_VpcEndpoint, State; API_CreateVpcEndpoint, SubnetIds",
    right: "simulator",
    steps: {
      interface: { ministack: ["available", 0], moto: ["available", 2] },
    },
  },
  {
    scenario: "VPC endpoints",
    why: "A client token is honoured.",
    page: "API_CreateVpcEndpoint, ClientToken",
    right: "simulator",
    steps: {
      "interface again": { ministack: false, moto: false },
    },
  },
  {
    scenario: "VPC endpoints",
    why: "Its interfaces hold its groups.",
    page: "API_DeleteSecurityGroup",
    right: "simulator",
    steps: {
      "delete its group": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "VPC endpoints",
    why: "A deleted endpoint is gone, and its routes with it.",
    page: "API_DeleteVpcEndpoints",
    right: "simulator",
    steps: {
      delete: { moto: "refused: Error" },
      "look afterwards": { ministack: "done", moto: "done" },
      "routes afterwards": { moto: 2 },
    },
  },
  {
    scenario: "tags of EC2",
    why: "AWS's prefix is AWS's, fifty are the most, and what is tagged must be there.",
    page: 'EC2 User Guide, "Tag restrictions"; "Error codes for the Amazon EC2 API", TagLimitExceeded',
    right: "simulator",
    steps: {
      "of AWS's prefix": { ministack: "done", moto: "done" },
      "too many": { ministack: "done" },
      "of what is not there": { ministack: "done" },
    },
  },
  {
    scenario: "tags of EC2",
    why: "Named with a value, a tag is deleted only if it has it.",
    page: "API_DeleteTags",
    right: "simulator",
    steps: {
      look: { ministack: [] },
    },
  },
  {
    scenario: "tags of EC2",
    why: "Filters know wildcards.",
    page: 'EC2 User Guide, "Filter resources"',
    right: "simulator",
    steps: {
      wildcard: { ministack: 0 },
    },
  },
  {
    scenario: "quotas of an account",
    why: "Accounts have quotas.",
    page: 'VPC User Guide, "Amazon VPC quotas"; EC2 User Guide, "Elastic IP address quota"',
    right: "simulator",
    steps: {
      "a VPC too many": { ministack: "done", moto: "done" },
      "an address too many": { ministack: "done", moto: "done" },
    },
  },
];
