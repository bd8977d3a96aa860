import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { EC2ClientConfig } from "@aws-sdk/client-ec2";
import {
  DescribeAddressesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr";
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
} from "@aws-sdk/client-ecs";
import { DescribeFileSystemsCommand, EFSClient } from "@aws-sdk/client-efs";
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  DescribeCacheParameterGroupsCommand,
  DescribeCacheSubnetGroupsCommand,
  DescribeReplicationGroupsCommand,
  ElastiCacheClient,
} from "@aws-sdk/client-elasticache";
import { IAMClient, ListRolesCommand } from "@aws-sdk/client-iam";
import { DescribeDBInstancesCommand, DescribeDBSubnetGroupsCommand, RDSClient } from "@aws-sdk/client-rds";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { ListSecretsCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  ListServicesCommand as ListDiscoveryServicesCommand,
  ListNamespacesCommand,
  ServiceDiscoveryClient,
} from "@aws-sdk/client-servicediscovery";

/** How to reach one account and region: AWS, an emulator, or the simulator. */
export type AccountConfig = Pick<EC2ClientConfig, "region" | "credentials" | "endpoint" | "requestHandler">;

/**
 * Everything that lives in the account and that somebody made, as "type name": what must be the same after a disturbed run
 * as after an undisturbed one, and empty after a deletion. Names, not ids, so that two runs compare; asked of AWS's own
 * Describe and List calls, not of the simulator's state. What AWS makes by itself (the default VPC, service-linked roles)
 * and what it still shows though it is deleted are left out.
 */
export async function resourcesIn(config: AccountConfig): Promise<readonly string[]> {
  const all = await Promise.all(
    [ec2, balancers, ecs, rds, elastiCache, iam, ecr, cloudMap, logs, secrets, buckets, fileSystems].map((list) =>
      list(config),
    ),
  );
  return all.flat().sort();
}

type Tag = { readonly Key?: string | undefined; readonly Value?: string | undefined };
type Tagged = { readonly Tags?: readonly Tag[] | undefined };
const nameOf = ({ Tags = [] }: Tagged): string => Tags.find(({ Key }) => Key === "Name")?.Value ?? "(unnamed)";
const named = (type: string, names: readonly (string | undefined)[]): string[] =>
  names.map((name) => `${type} ${name}`);

async function ec2(config: AccountConfig): Promise<string[]> {
  const client = new EC2Client(config);
  const { Vpcs = [] } = await client.send(new DescribeVpcsCommand({}));
  const ours = new Set(Vpcs.filter(({ IsDefault }) => !IsDefault).map(({ VpcId }) => VpcId));
  const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({}));
  const { InternetGateways = [] } = await client.send(new DescribeInternetGatewaysCommand({}));
  const { Addresses = [] } = await client.send(new DescribeAddressesCommand({}));
  const { NatGateways = [] } = await client.send(new DescribeNatGatewaysCommand({}));
  const { RouteTables = [] } = await client.send(new DescribeRouteTablesCommand({}));
  const { SecurityGroups = [] } = await client.send(new DescribeSecurityGroupsCommand({}));
  const { VpcEndpoints = [] } = await client.send(new DescribeVpcEndpointsCommand({}));
  const tables = RouteTables.filter(
    ({ VpcId, Associations = [] }) => ours.has(VpcId) && !Associations.some(({ Main }) => Main),
  );
  const groups = SecurityGroups.filter(({ VpcId, GroupName }) => ours.has(VpcId) && GroupName !== "default");
  return [
    ...Vpcs.filter(({ VpcId }) => ours.has(VpcId)).map((vpc) => `vpc ${nameOf(vpc)}`),
    ...Subnets.filter(({ VpcId }) => ours.has(VpcId)).map((subnet) => `subnet ${nameOf(subnet)} ${subnet.CidrBlock}`),
    ...InternetGateways.filter(({ Attachments = [] }) => Attachments.every(({ VpcId }) => ours.has(VpcId))).map(
      (gateway) => `internet-gateway ${nameOf(gateway)} attached to ${gateway.Attachments?.length ?? 0}`,
    ),
    ...Addresses.map((address) => `address ${nameOf(address)}`),
    ...NatGateways.filter(({ State }) => State !== "deleted").map((nat) => `nat-gateway ${nameOf(nat)}`),
    ...tables.map(
      (table) =>
        `route-table ${nameOf(table)} with ${table.Routes?.length} routes, ${table.Associations?.length ?? 0} associations`,
    ),
    ...groups.map((group) => `security-group ${group.GroupName} with ${group.IpPermissions?.length} permissions`),
    ...VpcEndpoints.filter(({ State }) => !/^delet/i.test(State ?? "")).map(
      ({ ServiceName }) => `vpc-endpoint ${ServiceName}`,
    ),
  ];
}

async function balancers(config: AccountConfig): Promise<string[]> {
  const client = new ElasticLoadBalancingV2Client(config);
  const { LoadBalancers = [] } = await client.send(new DescribeLoadBalancersCommand({}));
  const { TargetGroups = [] } = await client.send(new DescribeTargetGroupsCommand({}));
  const listeners: string[] = [];
  for (const { LoadBalancerArn, LoadBalancerName } of LoadBalancers) {
    const { Listeners = [] } = await client.send(new DescribeListenersCommand({ LoadBalancerArn }));
    for (const { ListenerArn, Port } of Listeners) {
      const { Rules = [] } = await client.send(new DescribeRulesCommand({ ListenerArn }));
      listeners.push(`listener ${LoadBalancerName}:${Port} with ${Rules.length} rules`);
    }
  }
  return [
    ...named(
      "load-balancer",
      LoadBalancers.map(({ LoadBalancerName }) => LoadBalancerName),
    ),
    ...named(
      "target-group",
      TargetGroups.map(({ TargetGroupName }) => TargetGroupName),
    ),
    ...listeners,
  ];
}

async function ecs(config: AccountConfig): Promise<string[]> {
  const client = new ECSClient(config);
  const { clusterArns = [] } = await client.send(new ListClustersCommand({}));
  const { clusters = [] } = await client.send(new DescribeClustersCommand({ clusters: clusterArns }));
  const names: string[] = [];
  for (const { clusterName: cluster, status } of clusters) {
    if (status !== "INACTIVE") names.push(`ecs-cluster ${cluster}`);
    const { serviceArns = [] } = await client.send(new ListServicesCommand({ cluster, maxResults: 100 }));
    for (let from = 0; from < serviceArns.length; from += 10) {
      const services = serviceArns.slice(from, from + 10);
      const described = await client.send(new DescribeServicesCommand({ cluster, services }));
      const live = (described.services ?? []).filter((service) => service.status !== "INACTIVE");
      names.push(...live.map(({ serviceName }) => `ecs-service ${serviceName}`));
    }
  }
  const { taskDefinitionArns = [] } = await client.send(new ListTaskDefinitionsCommand({ status: "ACTIVE" }));
  // Revisions count up, and how many were needed depends on the run: how many are active does not.
  const families = taskDefinitionArns.map((arn) => `task-definition ${arn.split("/").at(-1)?.split(":")[0]}`);
  return [...names, ...families];
}

async function rds(config: AccountConfig): Promise<string[]> {
  const client = new RDSClient(config);
  const { DBInstances = [] } = await client.send(new DescribeDBInstancesCommand({}));
  const { DBSubnetGroups = [] } = await client.send(new DescribeDBSubnetGroupsCommand({}));
  return [
    ...named(
      "db-instance",
      DBInstances.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier),
    ),
    ...named(
      "db-subnet-group",
      DBSubnetGroups.map(({ DBSubnetGroupName }) => DBSubnetGroupName),
    ),
  ];
}

async function elastiCache(config: AccountConfig): Promise<string[]> {
  const client = new ElastiCacheClient(config);
  const { ReplicationGroups = [] } = await client.send(new DescribeReplicationGroupsCommand({}));
  const { CacheSubnetGroups = [] } = await client.send(new DescribeCacheSubnetGroupsCommand({}));
  const CacheParameterGroups = await client.send(new DescribeCacheParameterGroupsCommand({})).then(
    (answer) => answer.CacheParameterGroups ?? [],
    (error: { $metadata?: { httpStatusCode?: number } }) => {
      // moto has no parameter groups of caches, and answers 500.
      if (config.endpoint !== undefined && error.$metadata?.httpStatusCode === 500) return [];
      throw error;
    },
  );
  const made = CacheParameterGroups.filter(
    ({ CacheParameterGroupName = "" }) => !/^default[.]/.test(CacheParameterGroupName),
  );
  return [
    ...named(
      "replication-group",
      ReplicationGroups.map(({ ReplicationGroupId }) => ReplicationGroupId),
    ),
    ...named(
      "cache-subnet-group",
      CacheSubnetGroups.map(({ CacheSubnetGroupName }) => CacheSubnetGroupName),
    ),
    ...named(
      "cache-parameter-group",
      made.map(({ CacheParameterGroupName }) => CacheParameterGroupName),
    ),
  ];
}

async function iam(config: AccountConfig): Promise<string[]> {
  const { Roles = [] } = await new IAMClient(config).send(new ListRolesCommand({}));
  return named(
    "role",
    Roles.filter(({ Path }) => !Path?.startsWith("/aws-service-role/")).map(({ RoleName }) => RoleName),
  );
}

async function ecr(config: AccountConfig): Promise<string[]> {
  const { repositories = [] } = await new ECRClient(config).send(new DescribeRepositoriesCommand({}));
  return named(
    "repository",
    repositories.map(({ repositoryName }) => repositoryName),
  );
}

async function cloudMap(config: AccountConfig): Promise<string[]> {
  const client = new ServiceDiscoveryClient(config);
  const { Namespaces = [] } = await client.send(new ListNamespacesCommand({}));
  const { Services = [] } = await client.send(new ListDiscoveryServicesCommand({}));
  return [
    ...named(
      "namespace",
      Namespaces.map(({ Name }) => Name),
    ),
    ...named(
      "discovery-service",
      Services.map(({ Name }) => Name),
    ),
  ];
}

async function logs(config: AccountConfig): Promise<string[]> {
  const { logGroups = [] } = await new CloudWatchLogsClient(config).send(new DescribeLogGroupsCommand({}));
  return named(
    "log-group",
    logGroups.map(({ logGroupName }) => logGroupName),
  );
}

async function secrets(config: AccountConfig): Promise<string[]> {
  const { SecretList = [] } = await new SecretsManagerClient(config).send(new ListSecretsCommand({}));
  // RDS makes and names the secret of its own password.
  return SecretList.map(({ Name, OwningService }) => (OwningService ? `secret of ${OwningService}` : `secret ${Name}`));
}

async function buckets(config: AccountConfig): Promise<string[]> {
  const { Buckets = [] } = await new S3Client({ ...config, forcePathStyle: true }).send(new ListBucketsCommand({}));
  return named(
    "bucket",
    Buckets.map(({ Name }) => Name),
  );
}

async function fileSystems(config: AccountConfig): Promise<string[]> {
  const { FileSystems = [] } = await new EFSClient(config).send(new DescribeFileSystemsCommand({}));
  return named(
    "file-system",
    FileSystems.map(({ Name }) => Name),
  );
}
