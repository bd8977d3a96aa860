"""Drives the life cycle of a VPC, a load balancer, an ECS service and a database with boto3, refusals included.

Arguments: endpoint. Prints what it saw as one JSON object: the test that starts it holds it against what AWS would say.
"""

import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

endpoint = sys.argv[1]
config = Config(retries={"mode": "standard", "max_attempts": 5})
session = boto3.Session(aws_access_key_id="333333333333", aws_secret_access_key="x", region_name="us-east-1")
seen = {}


def client(service):
    return session.client(service, endpoint_url=endpoint, config=config)


def refused(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "accepted"


def until(look, wanted, seconds=90):
    """The values that `look` gives until it gives `wanted`, each once and in order."""
    values = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = look()
        if not values or values[-1] != value:
            values.append(value)
        if value == wanted:
            return values
        time.sleep(0.05)
    raise TimeoutError(f"never {wanted}: {values}")


ec2, elb, ecs, rds, iam = client("ec2"), client("elbv2"), client("ecs"), client("rds"), client("iam")

# VPC
seen["bad CIDR"] = refused(ec2.create_vpc, CidrBlock="10.0.0.0/33")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
ec2.get_waiter("vpc_available").wait(VpcIds=[vpc], WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})
subnets = [
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]["SubnetId"]
    for index, zone in enumerate("ab")
]
seen["overlapping subnet"] = refused(ec2.create_subnet, VpcId=vpc, CidrBlock="10.0.1.128/25")
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
associations = [
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"] for subnet in subnets
]
group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
rule = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rule)
seen["rule that exists"] = refused(ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=rule)
ec2.authorize_security_group_ingress(
    GroupId=group,
    IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": [{"GroupId": group}]},
    ],
)
seen["VPC in use"] = refused(ec2.delete_vpc, VpcId=vpc)

# Load balancer
seen["one zone"] = refused(elb.create_load_balancer, Name="web", Subnets=subnets[:1], SecurityGroups=[group])
balancer = elb.create_load_balancer(Name="web", Subnets=subnets, SecurityGroups=[group])["LoadBalancers"][0]
arn = balancer["LoadBalancerArn"]
again = elb.create_load_balancer(Name="web", Subnets=subnets, SecurityGroups=[group])["LoadBalancers"][0]
seen["the same balancer again"] = again["LoadBalancerArn"] == arn
target = elb.create_target_group(Name="web", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip")["TargetGroups"][0]
target_arn = target["TargetGroupArn"]
actions = [{"Type": "forward", "TargetGroupArn": target_arn}]
listener = elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=actions)
listener_arn = listener["Listeners"][0]["ListenerArn"]
again = elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=actions)
seen["the same listener again"] = again["Listeners"][0]["ListenerArn"] == listener_arn
seen["another on its port"] = refused(
    elb.create_listener,
    LoadBalancerArn=arn,
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
)
seen["target group in use"] = refused(elb.delete_target_group, TargetGroupArn=target_arn)
seen["balancer states"] = until(
    lambda: elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]["Code"], "active"
)

# ECS service
trust = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
role = iam.create_role(RoleName="execution", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
iam.attach_role_policy(
    RoleName="execution", PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
)
ecs.create_cluster(clusterName="main")
container = {
    "name": "web",
    "image": "public.ecr.aws/docker/library/nginx:1",
    "portMappings": [{"containerPort": 8080}],
}
task = dict(
    family="web",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    executionRoleArn=role,
    containerDefinitions=[container],
)
seen["CPU and memory that do not pair"] = refused(ecs.register_task_definition, cpu="256", memory="8192", **task)
definition = ecs.register_task_definition(cpu="256", memory="512", **task)["taskDefinition"]["taskDefinitionArn"]
service = dict(
    cluster="main",
    serviceName="web",
    taskDefinition=definition,
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group], "assignPublicIp": "ENABLED"}},
    loadBalancers=[{"targetGroupArn": target_arn, "containerName": "web", "containerPort": 8080}],
)
seen["cluster that is not there"] = refused(ecs.create_service, **{**service, "cluster": "nowhere"})
made = ecs.create_service(**service)["service"]
seen["service at first"] = [made["status"], made["runningCount"], made["deployments"][0]["rolloutState"]]
ecs.get_waiter("services_stable").wait(
    cluster="main", services=["web"], WaiterConfig={"Delay": 0.1, "MaxAttempts": 900}
)
seen["rollout"] = until(
    lambda: ecs.describe_services(cluster="main", services=["web"])["services"][0]["deployments"][0]["rolloutState"],
    "COMPLETED",
)[-1]
seen["healthy targets"] = until(
    lambda: sorted(
        one["TargetHealth"]["State"]
        for one in elb.describe_target_health(TargetGroupArn=target_arn)["TargetHealthDescriptions"]
    ),
    ["healthy", "healthy"],
)[-1]
seen["service deleted while it runs"] = refused(ecs.delete_service, cluster="main", service="web")
seen["cluster with a service"] = refused(ecs.delete_cluster, cluster="main")

# Database
rds.create_db_subnet_group(DBSubnetGroupName="db", DBSubnetGroupDescription="db", SubnetIds=subnets)
database = dict(
    DBInstanceIdentifier="db",
    Engine="postgres",
    EngineVersion="15",
    DBInstanceClass="db.t4g.micro",
    AllocatedStorage=20,
    StorageType="gp3",
    MasterUsername="postgres",
    ManageMasterUserPassword=True,
    DBSubnetGroupName="db",
    DeletionProtection=True,
)
seen["too little storage"] = refused(rds.create_db_instance, **{**database, "AllocatedStorage": 1})
created = rds.create_db_instance(**database)["DBInstance"]
seen["database at first"] = [created["DBInstanceStatus"], "Endpoint" in created]
seen["change while it is made"] = refused(
    rds.modify_db_instance, DBInstanceIdentifier="db", AllocatedStorage=30, ApplyImmediately=True
)
rds.get_waiter("db_instance_available").wait(
    DBInstanceIdentifier="db", WaiterConfig={"Delay": 0.1, "MaxAttempts": 900}
)
seen["database port"] = rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]["Endpoint"]["Port"]
seen["database under protection"] = refused(
    rds.delete_db_instance, DBInstanceIdentifier="db", SkipFinalSnapshot=True
)
seen["subnet group in use"] = refused(rds.delete_db_subnet_group, DBSubnetGroupName="db")

# Cache
cache = client("elasticache")
cache.create_cache_subnet_group(
    CacheSubnetGroupName="cache", CacheSubnetGroupDescription="cache", SubnetIds=subnets
)
replicated = dict(
    ReplicationGroupId="cache",
    ReplicationGroupDescription="cache",
    Engine="valkey",
    EngineVersion="8.0",
    CacheNodeType="cache.t4g.micro",
    NumCacheClusters=1,
    CacheSubnetGroupName="cache",
    TransitEncryptionEnabled=True,
)
seen["failover of one node"] = refused(cache.create_replication_group, **replicated, AutomaticFailoverEnabled=True)
created = cache.create_replication_group(**replicated)["ReplicationGroup"]
seen["cache at first"] = [created["Status"], created["MemberClusters"], "NodeGroups" in created]
seen["tags while it is made"] = refused(cache.list_tags_for_resource, ResourceName=created["ARN"])
cache.get_waiter("replication_group_available").wait(
    ReplicationGroupId="cache", WaiterConfig={"Delay": 0.1, "MaxAttempts": 900}
)
node = cache.describe_cache_clusters(CacheClusterId="cache-001")["CacheClusters"][0]
seen["cache version"] = [node["Engine"], node["EngineVersion"]]
seen["cache subnet group in use"] = refused(cache.delete_cache_subnet_group, CacheSubnetGroupName="cache")

# All down again
cache.delete_replication_group(ReplicationGroupId="cache")
cache.get_waiter("replication_group_deleted").wait(
    ReplicationGroupId="cache", WaiterConfig={"Delay": 0.1, "MaxAttempts": 900}
)
cache.delete_cache_subnet_group(CacheSubnetGroupName="cache")
rds.modify_db_instance(DBInstanceIdentifier="db", DeletionProtection=False, ApplyImmediately=True)
until(lambda: rds.describe_db_instances(DBInstanceIdentifier="db")["DBInstances"][0]["DBInstanceStatus"], "available")
rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="db", WaiterConfig={"Delay": 0.1, "MaxAttempts": 900})
rds.delete_db_subnet_group(DBSubnetGroupName="db")
ecs.delete_service(cluster="main", service="web", force=True)
ecs.get_waiter("services_inactive").wait(
    cluster="main", services=["web"], WaiterConfig={"Delay": 0.1, "MaxAttempts": 900}
)
ecs.deregister_task_definition(taskDefinition=definition)
ecs.delete_cluster(cluster="main")
elb.delete_listener(ListenerArn=listener_arn)
elb.delete_target_group(TargetGroupArn=target_arn)
elb.delete_load_balancer(LoadBalancerArn=arn)
iam.detach_role_policy(
    RoleName="execution", PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
)
iam.delete_role(RoleName="execution")
# Interfaces of the load balancer and of tasks hold the network for a while.
until(lambda: ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkInterfaces"], [])
seen["network is free"] = refused(ec2.delete_security_group, GroupId=group)
for association in associations:
    ec2.disassociate_route_table(AssociationId=association)
ec2.delete_route_table(RouteTableId=table)
ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
ec2.delete_internet_gateway(InternetGatewayId=gateway)
for subnet in subnets:
    ec2.delete_subnet(SubnetId=subnet)
ec2.delete_vpc(VpcId=vpc)
seen["VPC that is gone"] = refused(ec2.describe_vpcs, VpcIds=[vpc])
print(json.dumps(seen))
