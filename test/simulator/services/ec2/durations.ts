/** Seconds that EC2 takes, by the name that rules pass to `world.duration`. */
export const durations = {
  "ec2.vpc.create": { seconds: 1, source: "API_Vpc: state pending, then available" },
  "ec2.subnet.create": { seconds: 0.5, source: "API_Subnet: state pending, then available" },
  "ec2.natGateway.create": {
    seconds: 105,
    source: "VPC User Guide, NAT gateway basics: usually 90 seconds to 2 minutes",
  },
  "ec2.natGateway.fail": { seconds: 10, source: "VPC User Guide, Troubleshoot NAT gateways: pending, then failed" },
  "ec2.natGateway.delete": { seconds: 60, source: "API_NatGateway: state deleting, then deleted; about a minute" },
  "ec2.natGateway.forget": {
    seconds: 3600,
    source: "VPC User Guide, Delete a NAT gateway: remains visible about an hour",
  },
  "ec2.vpcEndpoint.create": {
    seconds: 75,
    source: "PrivateLink Guide: an interface endpoint is pending for 1 to 2 minutes",
  },
  "ec2.vpcEndpoint.delete": { seconds: 120, source: "API_DeleteVpcEndpoints: deleting until its interfaces are gone" },
  "ec2.gatewayEndpoint.create": { seconds: 2, source: "PrivateLink Guide: a gateway endpoint has no interfaces" },
  "ec2.gatewayEndpoint.delete": { seconds: 5, source: "API_DeleteVpcEndpoints: deletes the routes as well" },
} as const;
