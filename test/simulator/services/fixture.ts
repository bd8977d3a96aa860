import { EC2 } from "@aws-sdk/client-ec2";
import { EFS } from "@aws-sdk/client-efs";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { S3 } from "@aws-sdk/client-s3";
import type { VirtualClock } from "../clock/virtual.ts";
import { type AwsOptions, clientsConfig, createWorld, type SimulatedAws } from "../index.ts";
import type { Call } from "../operation.ts";

export const ACCOUNT = "111111111111";
export const REGION = "us-east-1";

/** A world and the SDK's own clients in it, one attempt each, no throttling: what AWS answers is what a test sees. */
export interface Simulated {
  readonly aws: SimulatedAws;
  readonly call: Call;
  readonly ec2: EC2;
  readonly elb: ElasticLoadBalancingV2;
  readonly s3: S3;
  readonly efs: EFS;
  /** Lets `seconds` go by on the world's clock. */
  pass(seconds: number): Promise<void>;
}

export function simulate(options: AwsOptions = {}, where = { account: ACCOUNT, region: REGION }): Simulated {
  return connect(createWorld({ buckets: false, ...options }), where);
}

/** Clients of another account or region in the same world. */
export function connect(aws: SimulatedAws, where: { account: string; region: string }): Simulated {
  const config = { ...clientsConfig(aws, where), maxAttempts: 1 };
  return {
    aws,
    call: { world: aws, ...where, principal: `arn:aws:iam::${where.account}:root` },
    ec2: new EC2(config),
    elb: new ElasticLoadBalancingV2(config),
    s3: new S3(config),
    efs: new EFS(config),
    pass: (seconds) => (aws.time as VirtualClock).advance(seconds * 1000),
  };
}

/** The refusal's code, or what it answered with when it did not refuse. */
export async function code(promise: Promise<unknown>): Promise<unknown> {
  try {
    return await promise;
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}

/** The refusal's message. */
export async function words(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    (answer) => `answered ${JSON.stringify(answer)}`,
    (error: Error) => error.message,
  );
}

export const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("AWS answered without it");
  return value;
};

export interface Network {
  readonly vpcId: string;
  readonly gatewayId: string;
  /** In zones a and b. */
  readonly subnetIds: [string, string];
  readonly groupId: string;
}

/** A VPC 10.0.0.0/16 with an internet gateway, a subnet in each of two zones and a security group. */
export async function network({ ec2 }: Pick<Simulated, "ec2">): Promise<Network> {
  const vpcId = must((await ec2.createVpc({ CidrBlock: "10.0.0.0/16" })).Vpc?.VpcId);
  const gatewayId = must((await ec2.createInternetGateway({})).InternetGateway?.InternetGatewayId);
  await ec2.attachInternetGateway({ VpcId: vpcId, InternetGatewayId: gatewayId });
  const subnet = async (block: string, zone: string) =>
    must((await ec2.createSubnet({ VpcId: vpcId, CidrBlock: block, AvailabilityZone: zone })).Subnet?.SubnetId);
  const subnetIds: [string, string] = [
    await subnet("10.0.0.0/24", "us-east-1a"),
    await subnet("10.0.1.0/24", "us-east-1b"),
  ];
  const group = await ec2.createSecurityGroup({ VpcId: vpcId, GroupName: "web", Description: "web" });
  return { vpcId, gatewayId, subnetIds, groupId: must(group.GroupId) };
}
