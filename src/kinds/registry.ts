import { elasticIp } from "./ec2/elastic-ip.ts";
import { internetGateway } from "./ec2/internet-gateway.ts";
import { internetGatewayAttachment } from "./ec2/internet-gateway-attachment.ts";
import { natGateway } from "./ec2/nat-gateway.ts";
import { route } from "./ec2/route.ts";
import { routeTable } from "./ec2/route-table.ts";
import { securityGroup } from "./ec2/security-group.ts";
import { securityGroupIngress } from "./ec2/security-group-ingress.ts";
import { subnet } from "./ec2/subnet.ts";
import { subnetRouteTableAssociation } from "./ec2/subnet-route-table-association.ts";
import { vpc } from "./ec2/vpc.ts";
import { vpcEndpoint } from "./ec2/vpc-endpoint.ts";
import { repository } from "./ecr/repository.ts";
import { cluster } from "./ecs/cluster.ts";
import { service } from "./ecs/service.ts";
import { taskDefinition } from "./ecs/task-definition.ts";
import { accessPoint } from "./efs/access-point.ts";
import { fileSystem } from "./efs/file-system.ts";
import { mountTarget } from "./efs/mount-target.ts";
import { cacheParameterGroup } from "./elasticache/parameter-group.ts";
import { replicationGroup } from "./elasticache/replication-group.ts";
import { cacheSubnetGroup } from "./elasticache/subnet-group.ts";
import { listener } from "./elbv2/listener.ts";
import { listenerRule } from "./elbv2/listener-rule.ts";
import { loadBalancer } from "./elbv2/load-balancer.ts";
import { targetGroup } from "./elbv2/target-group.ts";
import { role } from "./iam/role.ts";
import type { AnyKind, ResourceType } from "./kind.ts";
import { logGroup } from "./logs/log-group.ts";
import { dbInstance } from "./rds/db-instance.ts";
import { dbParameterGroup } from "./rds/db-parameter-group.ts";
import { dbSubnetGroup } from "./rds/db-subnet-group.ts";
import { bucket } from "./s3/bucket.ts";
import { secret } from "./secretsmanager/secret.ts";
import { namespace } from "./servicediscovery/namespace.ts";
import { discoveryService } from "./servicediscovery/service.ts";

/** Every kind, by its CloudFormation type. A new kind is one file and one line here; the conformance suite runs over it. */
export const kinds = {
  "AWS::EC2::VPC": vpc,
  "AWS::EC2::Subnet": subnet,
  "AWS::EC2::InternetGateway": internetGateway,
  "AWS::EC2::VPCGatewayAttachment": internetGatewayAttachment,
  "AWS::EC2::EIP": elasticIp,
  "AWS::EC2::NatGateway": natGateway,
  "AWS::EC2::RouteTable": routeTable,
  "AWS::EC2::Route": route,
  "AWS::EC2::SubnetRouteTableAssociation": subnetRouteTableAssociation,
  "AWS::EC2::SecurityGroup": securityGroup,
  "AWS::EC2::SecurityGroupIngress": securityGroupIngress,
  "AWS::EC2::VPCEndpoint": vpcEndpoint,
  "AWS::ElasticLoadBalancingV2::LoadBalancer": loadBalancer,
  "AWS::ElasticLoadBalancingV2::TargetGroup": targetGroup,
  "AWS::ElasticLoadBalancingV2::Listener": listener,
  "AWS::ElasticLoadBalancingV2::ListenerRule": listenerRule,
  "AWS::EFS::FileSystem": fileSystem,
  "AWS::EFS::MountTarget": mountTarget,
  "AWS::EFS::AccessPoint": accessPoint,
  "AWS::S3::Bucket": bucket,
  "AWS::IAM::Role": role,
  "AWS::ECR::Repository": repository,
  "AWS::ServiceDiscovery::PrivateDnsNamespace": namespace,
  "AWS::ServiceDiscovery::Service": discoveryService,
  "AWS::Logs::LogGroup": logGroup,
  "AWS::SecretsManager::Secret": secret,
  "AWS::RDS::DBSubnetGroup": dbSubnetGroup,
  "AWS::RDS::DBParameterGroup": dbParameterGroup,
  "AWS::RDS::DBInstance": dbInstance,
  "AWS::ElastiCache::SubnetGroup": cacheSubnetGroup,
  "AWS::ElastiCache::ParameterGroup": cacheParameterGroup,
  "AWS::ElastiCache::ReplicationGroup": replicationGroup,
  "AWS::ECS::Cluster": cluster,
  "AWS::ECS::TaskDefinition": taskDefinition,
  "AWS::ECS::Service": service,
} as const satisfies Readonly<Record<ResourceType, AnyKind>>;

export type Kinds = typeof kinds;
export type KindName = keyof Kinds & ResourceType;

/** @throws when the type is not in the registry: an inventory that a newer version of the operator wrote. */
export function kindOf(type: string): AnyKind {
  const kind = (kinds as Readonly<Record<string, AnyKind>>)[type];
  if (!kind) throw new Error(`${type} is not a kind of this operator version; run the version that created it`);
  return kind;
}
