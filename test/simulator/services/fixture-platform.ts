import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { ECR } from "@aws-sdk/client-ecr";
import { ECS, type RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { ElastiCache } from "@aws-sdk/client-elasticache";
import { IAM } from "@aws-sdk/client-iam";
import { RDS } from "@aws-sdk/client-rds";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { ServiceDiscovery } from "@aws-sdk/client-servicediscovery";
import { STS } from "@aws-sdk/client-sts";
import { clientsConfig } from "../index.ts";
import { ACCOUNT, must, type Network, network, REGION, type Simulated } from "./fixture.ts";

/** The clients of what runs in a network: containers, databases, roles, names, logs, secrets. */
export interface PlatformClients {
  readonly ecs: ECS;
  readonly rds: RDS;
  readonly elastiCache: ElastiCache;
  readonly iam: IAM;
  readonly sts: STS;
  readonly ecr: ECR;
  readonly logs: CloudWatchLogs;
  readonly secrets: SecretsManager;
  readonly cloudMap: ServiceDiscovery;
}

export function platformClients({ aws }: Simulated, where = { account: ACCOUNT, region: REGION }): PlatformClients {
  const config = { ...clientsConfig(aws, where), maxAttempts: 1 };
  return {
    ecs: new ECS(config),
    rds: new RDS(config),
    elastiCache: new ElastiCache(config),
    iam: new IAM(config),
    sts: new STS(config),
    ecr: new ECR(config),
    logs: new CloudWatchLogs(config),
    secrets: new SecretsManager(config),
    cloudMap: new ServiceDiscovery(config),
  };
}

export const trust = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

export const policy = (actions: string[], resource = "*"): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: resource }] });

/** Everything that a service behind a load balancer needs, ready to be used. */
export interface Platform extends Network {
  readonly cluster: string;
  readonly targetGroupArn: string;
  readonly roleArn: string;
  /** ARN of a revision of "web": one container "web" on port 8000. */
  readonly taskDefinition: string;
}

export async function platform(world: Simulated, clients: PlatformClients): Promise<Platform> {
  const net = await network(world);
  await openToInternet(world, net);
  const { iam, ecs, logs } = clients;
  const role = await iam.createRole({
    RoleName: "execution",
    AssumeRolePolicyDocument: trust("ecs-tasks.amazonaws.com"),
  });
  const PolicyArn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
  await iam.attachRolePolicy({ RoleName: "execution", PolicyArn });
  const roleArn = must(role.Role?.Arn);
  await logs.createLogGroup({ logGroupName: "/web" });
  await ecs.createCluster({ clusterName: "main", capacityProviders: ["FARGATE", "FARGATE_SPOT"] });
  const targetGroupArn = await loadBalanced(world, net);
  const taskDefinition = await revision(clients, roleArn);
  return { ...net, cluster: "main", targetGroupArn, roleArn, taskDefinition };
}

async function openToInternet({ ec2 }: Simulated, net: Network): Promise<void> {
  const filter = [{ Name: "vpc-id", Values: [net.vpcId] }];
  const { RouteTables = [] } = await ec2.describeRouteTables({ Filters: filter });
  const RouteTableId = must(RouteTables[0]?.RouteTableId);
  await ec2.createRoute({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: net.gatewayId });
  await ec2.authorizeSecurityGroupIngress({
    GroupId: net.groupId,
    IpPermissions: [{ IpProtocol: "tcp", FromPort: 0, ToPort: 65535, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
  });
}

async function loadBalanced({ elb, pass }: Simulated, net: Network): Promise<string> {
  const made = await elb.createLoadBalancer({
    Name: "web",
    Subnets: [...net.subnetIds],
    SecurityGroups: [net.groupId],
  });
  const group = await elb.createTargetGroup({
    Name: "web",
    VpcId: net.vpcId,
    Protocol: "HTTP",
    Port: 8000,
    TargetType: "ip",
    HealthCheckPath: "/health",
    HealthCheckIntervalSeconds: 10,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 2,
  });
  const TargetGroupArn = must(group.TargetGroups?.[0]?.TargetGroupArn);
  await elb.modifyTargetGroupAttributes({
    TargetGroupArn,
    Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "30" }],
  });
  await elb.createListener({
    LoadBalancerArn: must(made.LoadBalancers?.[0]?.LoadBalancerArn),
    Protocol: "HTTP",
    Port: 80,
    DefaultActions: [{ Type: "forward", TargetGroupArn }],
  });
  await pass(300);
  return TargetGroupArn;
}

/** Registers a revision of "web"; `image` is what scripts speak of. */
export async function revision(
  { ecs }: PlatformClients,
  executionRoleArn: string,
  image = "nginx:1",
  more: Partial<RegisterTaskDefinitionCommandInput> = {},
): Promise<string> {
  const answer = await ecs.registerTaskDefinition({
    family: "web",
    requiresCompatibilities: ["FARGATE"],
    networkMode: "awsvpc",
    cpu: "256",
    memory: "512",
    executionRoleArn,
    containerDefinitions: [
      {
        name: "web",
        image,
        portMappings: [{ containerPort: 8000 }],
        logConfiguration: {
          logDriver: "awslogs",
          options: { "awslogs-group": "/web", "awslogs-region": REGION, "awslogs-stream-prefix": "web" },
        },
      },
    ],
    ...more,
  });
  return must(answer.taskDefinition?.taskDefinitionArn);
}
