import type { EffectiveSpec } from "../api/effective.ts";
import type { CostLine } from "../api/status.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { fargateLines } from "./fargate-cost.ts";
import { cachePrice, databasePrice, hoursPerMonth, type Prices, pricesOf } from "./prices.ts";

/** What a graph costs in a month, in US dollars. */
export interface Estimate {
  readonly monthlyUSD: number;
  /** Dearest first; none of nothing. */
  readonly lines: readonly CostLine[];
}

/**
 * What load brings is not known: these stand for a platform with little of it, and every line names what it counts.
 * Model calls, traffic to the internet, snapshots of the cache and backups beyond the size of the database are in no line.
 */
export const assumed = {
  loadBalancerUnits: 0.25,
  natGBPerGateway: 10,
  logGBPerTask: 0.5,
  imageGiBPerRepository: 1,
  objectGiB: 10,
  fileGiB: 5,
} as const;

/** Estimated cost of everything in a graph, running all month, by what is paid for. Pure. */
export function estimate(graph: Graph, { aws }: Pick<EffectiveSpec, "aws">): Estimate {
  const prices = pricesOf(aws.region);
  const of = (type: Node["type"]): readonly Node[] => graph.nodes.filter((node) => node.type === type);
  const lines = [
    ...fargateLines(graph, prices),
    ...networkLines(of, prices),
    ...ingressLines(of, prices),
    ...databaseLines(of, prices),
    ...cacheLines(of, prices),
    ...storageLines(of, prices),
    ...observabilityLines(of, prices),
    ...secretLines(of, prices),
  ].filter(({ monthlyUSD }) => monthlyUSD > 0);
  const rounded = lines
    .map((line) => ({ ...line, monthlyUSD: cents(line.monthlyUSD) }))
    .sort((a, b) => b.monthlyUSD - a.monthlyUSD || (a.item < b.item ? -1 : 1));
  const marked = prices.isGuess
    ? rounded.map((line) => ({ ...line, item: `${line.item} (price of us-east-1 and a fifth)` }))
    : rounded;
  return { monthlyUSD: cents(rounded.reduce((sum, { monthlyUSD }) => sum + monthlyUSD, 0)), lines: marked };
}

type Of = (type: Node["type"]) => readonly Node[];

function networkLines(of: Of, prices: Prices): CostLine[] {
  const gateways = of("AWS::EC2::NatGateway").length;
  const loadBalancers = of("AWS::ElasticLoadBalancingV2::LoadBalancer").filter(
    ({ props }) => props.scheme === "internet-facing",
  );
  const ofLoadBalancers = loadBalancers.reduce((sum, { props }) => sum + listOf(props.subnetIds).length, 0);
  const addresses = of("AWS::EC2::EIP").length + ofLoadBalancers;
  const interfaces = of("AWS::EC2::VPCEndpoint")
    .filter(({ props }) => props.type === "Interface")
    .reduce((sum, { props }) => sum + listOf(props.subnetIds).length, 0);
  const data = gateways * assumed.natGBPerGateway;
  return [
    hourly("NAT gateways", gateways, prices.natGateway),
    { item: "NAT gateway data", quantity: `${data} GB`, monthlyUSD: data * prices.natPerGB },
    hourly("Public IPv4 addresses", addresses, prices.publicIpv4),
    hourly("VPC endpoints, in each zone", interfaces, prices.interfaceEndpoint),
  ];
}

function ingressLines(of: Of, prices: Prices): CostLine[] {
  const count = of("AWS::ElasticLoadBalancingV2::LoadBalancer").length;
  const units = count * assumed.loadBalancerUnits;
  return [
    hourly("Load balancer", count, prices.loadBalancer),
    {
      item: "Load balancer capacity",
      quantity: `${units} LCU`,
      monthlyUSD: units * hoursPerMonth * prices.loadBalancerUnit,
    },
  ];
}

function databaseLines(of: Of, prices: Prices): CostLine[] {
  return of("AWS::RDS::DBInstance").flatMap(({ props }) => {
    const copies = props.multiAZ === true ? 2 : 1;
    const instanceClass = String(props.instanceClass);
    const storage = Number(props.storageGiB) * copies;
    const where = copies === 2 ? ", Multi-AZ" : "";
    return [
      hourly(`RDS ${instanceClass}${where}`, copies, databasePrice(prices, instanceClass)),
      { item: "RDS storage", quantity: `${storage} GiB`, monthlyUSD: storage * prices.databaseGiBMonth },
    ];
  });
}

function cacheLines(of: Of, prices: Prices): CostLine[] {
  return of("AWS::ElastiCache::ReplicationGroup").map(({ props }) => {
    const nodeType = String(props.nodeType);
    const price = cachePrice(prices, String(props.engine), nodeType);
    return hourly(`ElastiCache ${nodeType}`, Number(props.replicas) + 1, price);
  });
}

function storageLines(of: Of, prices: Prices): CostLine[] {
  const images = of("AWS::ECR::Repository").length * assumed.imageGiBPerRepository;
  const objects = of("AWS::S3::Bucket").length * assumed.objectGiB;
  const files = of("AWS::EFS::FileSystem").length * assumed.fileGiB;
  return [
    { item: "Images in ECR", quantity: `${images} GiB`, monthlyUSD: images * prices.imageGiBMonth },
    { item: "Objects in S3", quantity: `${objects} GiB`, monthlyUSD: objects * prices.objectGiBMonth },
    { item: "Files in EFS", quantity: `${files} GiB`, monthlyUSD: files * prices.efsGiBMonth },
  ];
}

function observabilityLines(of: Of, prices: Prices): CostLine[] {
  const services = of("AWS::ECS::Service");
  const tasks = services.reduce((sum, { props }) => sum + Number(props.desiredCount ?? 1), 0);
  const logs = tasks * assumed.logGBPerTask;
  const clusters = of("AWS::ECS::Cluster").filter(({ props }) => props.containerInsights === true).length;
  // Container Insights reports 8 metrics a cluster, 11 a service and 6 a task definition (CloudWatch pricing, examples).
  const metrics = clusters * (8 + services.length * (11 + 6));
  return [
    { item: "CloudWatch logs", quantity: `${logs} GB`, monthlyUSD: logs * prices.logsPerGB },
    { item: "Container Insights", quantity: `${metrics} metrics`, monthlyUSD: metrics * prices.metricMonth },
  ];
}

function secretLines(of: Of, prices: Prices): CostLine[] {
  // RDS keeps the password of each instance in a secret of its own.
  const secrets = of("AWS::SecretsManager::Secret").length + of("AWS::RDS::DBInstance").length;
  const zones = of("AWS::ServiceDiscovery::PrivateDnsNamespace").length;
  return [
    { item: "Secrets", quantity: `${secrets}`, monthlyUSD: secrets * prices.secretMonth },
    { item: "Private DNS zone", quantity: `${zones}`, monthlyUSD: zones * prices.hostedZoneMonth },
  ];
}

function hourly(item: string, count: number, price: number): CostLine {
  return { item, quantity: `${count} × ${hoursPerMonth} h`, monthlyUSD: count * hoursPerMonth * price };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
