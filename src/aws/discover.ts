import {
  DescribeAvailabilityZonesCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcsCommand,
  paginateDescribeSubnets,
} from "@aws-sdk/client-ec2";
import { DescribeImagesCommand } from "@aws-sdk/client-ecr";
import type { Aws } from "./aws.ts";
import { classify, codeOf } from "./errors.ts";
import { collect } from "./pages.ts";

/** A VPC that exists, as far as a platform in it cares. */
export interface VpcFact {
  readonly id: string;
  /** All IPv4 blocks. */
  readonly cidrs: readonly string[];
  readonly dnsSupport: boolean;
  readonly dnsHostnames: boolean;
}

export interface SubnetFact {
  readonly id: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly cidr: string;
}

/** A network by ids, as AWS has it. What is absent does not exist in this account and region. */
export interface NetworkFact {
  readonly vpc?: VpcFact | undefined;
  /** By subnet id. */
  readonly subnets: ReadonlyMap<string, SubnetFact>;
}

/**
 * Names of the zones that may be used, sorted: no local or wavelength zones, none that the account has not opted in to
 * (EC2 API reference, DescribeAvailabilityZones).
 */
export async function zonesOf(aws: Aws): Promise<readonly string[]> {
  const { AvailabilityZones = [] } = await aws.ec2.send(
    new DescribeAvailabilityZonesCommand({
      Filters: [
        { Name: "zone-type", Values: ["availability-zone"] },
        { Name: "opt-in-status", Values: ["opt-in-not-required", "opted-in"] },
        { Name: "state", Values: ["available"] },
      ],
    }),
  );
  return AvailabilityZones.flatMap(({ ZoneName }) => ZoneName ?? []).sort();
}

/** Looks at a VPC and subnets by id. Reads by filter, which leaves out what does not exist instead of failing. */
export async function networkOf(aws: Aws, vpcId: string, subnetIds: readonly string[]): Promise<NetworkFact> {
  const [vpc, subnets] = await Promise.all([vpcOf(aws, vpcId), subnetsOf(aws, subnetIds)]);
  return { vpc, subnets: new Map(subnets.map((subnet) => [subnet.id, subnet])) };
}

async function vpcOf(aws: Aws, id: string): Promise<VpcFact | undefined> {
  const { Vpcs = [] } = await aws.ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: "vpc-id", Values: [id] }] }));
  const [vpc] = Vpcs;
  if (!vpc) return undefined;
  const [support, hostnames] = await Promise.all([
    aws.ec2.send(new DescribeVpcAttributeCommand({ VpcId: id, Attribute: "enableDnsSupport" })),
    aws.ec2.send(new DescribeVpcAttributeCommand({ VpcId: id, Attribute: "enableDnsHostnames" })),
  ]);
  const blocks = vpc.CidrBlockAssociationSet?.flatMap(({ CidrBlock }) => CidrBlock ?? []) ?? [];
  return {
    id,
    cidrs: blocks.length > 0 ? blocks : [vpc.CidrBlock ?? ""].filter(Boolean),
    dnsSupport: support.EnableDnsSupport?.Value ?? false,
    dnsHostnames: hostnames.EnableDnsHostnames?.Value ?? false,
  };
}

async function subnetsOf(aws: Aws, ids: readonly string[]): Promise<readonly SubnetFact[]> {
  if (ids.length === 0) return [];
  const pages = paginateDescribeSubnets({ client: aws.ec2 }, { Filters: [{ Name: "subnet-id", Values: [...ids] }] });
  const subnets = await collect(pages, (page) => page.Subnets);
  return subnets.map(({ SubnetId = "", VpcId = "", AvailabilityZone = "", CidrBlock = "" }) => ({
    id: SubnetId,
    vpcId: VpcId,
    zone: AvailabilityZone,
    cidr: CidrBlock,
  }));
}

/**
 * Digest ("sha256:…") of what a tag stands for now in an ECR repository of this account; undefined when the repository
 * or the tag does not exist (yet).
 */
export async function imageDigest(aws: Aws, repositoryName: string, tag: string): Promise<string | undefined> {
  try {
    const { imageDetails } = await aws.ecr.send(
      new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: tag }] }),
    );
    return imageDetails?.[0]?.imageDigest;
  } catch (error) {
    // Only these two are an absence: another registry, for one, is not.
    if (classify(error) === "notFound" && /^(Image|Repository)NotFound$/.test(codeOf(error))) return undefined;
    throw error;
  }
}
