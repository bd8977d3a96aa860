/** Sources: VPC User Guide, "Amazon VPC quotas"; EC2 User Guide, "Elastic IP address quota"; PrivateLink Guide, "quotas". */
export const quotas = {
  "ec2.vpcs": 5,
  "ec2.internetGateways": 5,
  "ec2.addresses": 5,
  "ec2.natGatewaysPerZone": 5,
  "ec2.subnetsPerVpc": 200,
  "ec2.routeTablesPerVpc": 200,
  "ec2.routesPerTable": 500,
  "ec2.securityGroups": 2500,
  "ec2.rulesPerGroup": 60,
  "ec2.groupsPerInterface": 5,
  "ec2.networkInterfaces": 5000,
  "ec2.gatewayEndpoints": 20,
  "ec2.interfaceEndpointsPerVpc": 50,
  /** Items of a describe that names no MaxResults. */
  "ec2.page": 1000,
} as const;
