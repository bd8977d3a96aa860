import { AwsError, type Operation, type Operations } from "../../operation.ts";
import * as account from "./account.ts";
import * as address from "./address.ts";
import { settle } from "./default-vpc.ts";
import * as endpointService from "./endpoint-service.ts";
import * as internetGateway from "./internet-gateway.ts";
import * as natGateway from "./nat-gateway.ts";
import * as networkAcl from "./network-acl.ts";
import * as networkInterface from "./network-interface.ts";
import * as prefixList from "./prefix-list.ts";
import * as route from "./route.ts";
import * as routeTable from "./route-table.ts";
import * as securityGroup from "./security-group.ts";
import * as rule from "./security-group-rule.ts";
import * as subnet from "./subnet.ts";
import * as tagging from "./tagging.ts";
import * as vpc from "./vpc.ts";
import * as vpcEndpoint from "./vpc-endpoint.ts";

const rules: Operations = {
  AllocateAddress: address.allocateAddress,
  AssociateAddress: address.associateAddress,
  AssociateRouteTable: routeTable.associateRouteTable,
  AttachInternetGateway: internetGateway.attachInternetGateway,
  AuthorizeSecurityGroupEgress: rule.authorizeSecurityGroupEgress,
  AuthorizeSecurityGroupIngress: rule.authorizeSecurityGroupIngress,
  CreateInternetGateway: internetGateway.createInternetGateway,
  CreateNatGateway: natGateway.createNatGateway,
  CreateRoute: route.createRoute,
  CreateRouteTable: routeTable.createRouteTable,
  CreateSecurityGroup: securityGroup.createSecurityGroup,
  CreateSubnet: subnet.createSubnet,
  CreateTags: tagging.createTags,
  CreateVpc: vpc.createVpc,
  CreateVpcEndpoint: vpcEndpoint.createVpcEndpoint,
  DeleteInternetGateway: internetGateway.deleteInternetGateway,
  DeleteNatGateway: natGateway.deleteNatGateway,
  DeleteNetworkInterface: networkInterface.deleteNetworkInterface,
  DeleteRoute: route.deleteRoute,
  DeleteRouteTable: routeTable.deleteRouteTable,
  DeleteSecurityGroup: securityGroup.deleteSecurityGroup,
  DeleteSubnet: subnet.deleteSubnet,
  DeleteTags: tagging.deleteTags,
  DeleteVpc: vpc.deleteVpc,
  DeleteVpcEndpoints: vpcEndpoint.deleteVpcEndpoints,
  DescribeAccountAttributes: account.describeAccountAttributes,
  DescribeAddresses: address.describeAddresses,
  DescribeAvailabilityZones: account.describeAvailabilityZones,
  DescribeInternetGateways: internetGateway.describeInternetGateways,
  DescribeManagedPrefixLists: prefixList.describeManagedPrefixLists,
  DescribeNatGateways: natGateway.describeNatGateways,
  DescribeNetworkAcls: networkAcl.describeNetworkAcls,
  DescribeNetworkInterfaces: networkInterface.describeNetworkInterfaces,
  DescribePrefixLists: prefixList.describePrefixLists,
  DescribeRegions: account.describeRegions,
  DescribeRouteTables: routeTable.describeRouteTables,
  DescribeSecurityGroupRules: rule.describeSecurityGroupRules,
  DescribeSecurityGroups: securityGroup.describeSecurityGroups,
  DescribeSubnets: subnet.describeSubnets,
  DescribeTags: tagging.describeTags,
  DescribeVpcAttribute: vpc.describeVpcAttribute,
  DescribeVpcEndpointServices: endpointService.describeVpcEndpointServices,
  DescribeVpcEndpoints: vpcEndpoint.describeVpcEndpoints,
  DescribeVpcs: vpc.describeVpcs,
  DetachInternetGateway: internetGateway.detachInternetGateway,
  DisassociateAddress: address.disassociateAddress,
  DisassociateRouteTable: routeTable.disassociateRouteTable,
  ModifySecurityGroupRules: rule.modifySecurityGroupRules,
  ModifySubnetAttribute: subnet.modifySubnetAttribute,
  ModifyVpcAttribute: vpc.modifyVpcAttribute,
  ModifyVpcEndpoint: vpcEndpoint.modifyVpcEndpoint,
  ReleaseAddress: address.releaseAddress,
  ReplaceRoute: route.replaceRoute,
  ReplaceRouteTableAssociation: routeTable.replaceRouteTableAssociation,
  RevokeSecurityGroupEgress: rule.revokeSecurityGroupEgress,
  RevokeSecurityGroupIngress: rule.revokeSecurityGroupIngress,
  UpdateSecurityGroupRuleDescriptionsEgress: rule.updateSecurityGroupRuleDescriptionsEgress,
  UpdateSecurityGroupRuleDescriptionsIngress: rule.updateSecurityGroupRuleDescriptionsIngress,
};

/** Every action of EC2 takes DryRun: "Error codes for the Amazon EC2 API", DryRunOperation. */
const settled =
  (rule: Operation): Operation =>
  (call, input) => {
    settle(call);
    if (input?.DryRun) {
      throw new AwsError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
    }
    return rule(call, input);
  };

/** EC2, the network part. Source of the rules: Amazon EC2 API Reference, 2016-11-15, and the pages named at each. */
export const operations: Operations = Object.fromEntries(
  Object.entries(rules).map(([action, rule]) => [action, settled(rule)]),
);
