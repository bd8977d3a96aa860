/** A token bucket as AWS publishes it: `burst` requests at once, then `perSecond`. */
export interface Limit {
  /** Requests of one bucket are counted together. */
  readonly bucket: string;
  readonly burst: number;
  readonly perSecond: number;
}

interface Rule {
  readonly actions: RegExp;
  readonly burst: number;
  readonly perSecond: number;
  /** Name of the bucket that these actions share; without one, each action has its own. */
  readonly shared?: string;
}

interface ServiceLimits {
  /** Page that the figures come from; without one AWS publishes none, and we start low and adapt. */
  readonly source?: string;
  readonly rules: readonly Rule[];
}

/** An action that changes nothing in the account. */
export const READ = /^(AssumeRole|Describe|Get|List|Head|Search|BatchGet|Lookup|Discover|Simulate|Check)/;

const unpublished: readonly Rule[] = [
  { actions: READ, burst: 20, perSecond: 10 },
  { actions: /./, burst: 10, perSecond: 5 },
];

/**
 * Request rates that AWS grants an account in a region, by IAM prefix of the service. They are where the adaptive
 * buckets start and their upper bound: an account shares them with whoever else calls.
 */
export const serviceLimits: Readonly<Record<string, ServiceLimits>> = {
  ec2: {
    // Reads have 50 and 10 when they carry neither filter nor page size nor ids; ours do.
    source: "https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html",
    rules: [
      { actions: /^(Create|Modify|Delete)VpcEndpoints?$/, burst: 4, perSecond: 0.3 },
      { actions: /^(Create|Delete)NatGateway$/, burst: 10, perSecond: 1 },
      { actions: /^(Create|Delete)Tags$/, burst: 100, perSecond: 10 },
      { actions: /^DescribeSecurityGroupReferences$/, burst: 20, perSecond: 5 },
      { actions: READ, burst: 100, perSecond: 20 },
      { actions: /./, burst: 50, perSecond: 5 },
    ],
  },
  ecs: {
    source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html",
    rules: [
      { actions: /^(Describe|List)Clusters$/, burst: 50, perSecond: 20, shared: "cluster read" },
      { actions: /Cluster/, burst: 20, perSecond: 1, shared: "cluster modify" },
      { actions: /^DeleteTaskDefinitions$/, burst: 5, perSecond: 1 },
      { actions: /^(Describe|List)TaskDefinition/, burst: 50, perSecond: 20, shared: "task definition read" },
      { actions: /TaskDefinition$/, burst: 20, perSecond: 1, shared: "task definition modify" },
      { actions: /^(Describe|List)Services$/, burst: 100, perSecond: 20, shared: "service read" },
      { actions: /^(Describe|List)ServiceDeployments$/, burst: 50, perSecond: 20, shared: "service deployment read" },
      { actions: /^(Create|Update|Delete)Service$/, burst: 50, perSecond: 5, shared: "service modify" },
      { actions: /^(Describe|List)Tasks$/, burst: 100, perSecond: 20, shared: "cluster resource read" },
      { actions: /^(Tag|Untag)Resource$/, burst: 20, perSecond: 10, shared: "tag modify" },
      { actions: READ, burst: 50, perSecond: 20 },
      { actions: /./, burst: 10, perSecond: 1 },
    ],
  },
  elasticloadbalancing: {
    // The page gives figures for reads only; writes are counted with them, which is the safe side.
    source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html",
    rules: [{ actions: /./, burst: 40, perSecond: 10, shared: "all" }],
  },
  logs: {
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html",
    rules: [
      { actions: READ, burst: 10, perSecond: 10 },
      { actions: /./, burst: 10, perSecond: 10 },
    ],
  },
  secretsmanager: {
    source: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html",
    rules: [
      { actions: /^(DescribeSecret|GetSecretValue)$/, burst: 1000, perSecond: 1000, shared: "read" },
      { actions: /^(TagResource|UntagResource)$/, burst: 50, perSecond: 50, shared: "tag" },
      { actions: /^(Delete|Get|List)/, burst: 50, perSecond: 50 },
      { actions: /./, burst: 50, perSecond: 50, shared: "modify" },
    ],
  },
  sts: {
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    rules: [{ actions: /./, burst: 600, perSecond: 600, shared: "all" }],
  },
  s3: {
    // Bucket-level actions have no published rate; object requests have 3,500 writes and 5,500 reads a second.
    source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html",
    rules: [
      { actions: /Object/, burst: 500, perSecond: 500 },
      { actions: READ, burst: 50, perSecond: 50 },
      { actions: /./, burst: 20, perSecond: 10 },
    ],
  },
};

/** The bucket that a call of `service` (its IAM prefix) draws on. */
export function limitOf(service: string, action: string): Limit {
  for (const rule of serviceLimits[service]?.rules ?? unpublished) {
    if (!rule.actions.test(action)) continue;
    return { bucket: `${service} ${rule.shared ?? action}`, burst: rule.burst, perSecond: rule.perSecond };
  }
  throw new Error(`no limit covers ${service}:${action}`);
}
