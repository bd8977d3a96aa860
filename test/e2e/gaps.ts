import { DescribeSecurityGroupsCommand, EC2Client } from "@aws-sdk/client-ec2";
import type { EmulatorName } from "../support/emulators/registry.ts";
import type { Fill } from "../support/gateway.ts";

/**
 * Where an emulator is not as AWS is, in a way that the operator notices. No kind is weakened for one: the test fills the
 * gap at the door in front of the emulator, or says what therefore cannot be shown. A gap that has closed fails the test.
 */
export interface Gap {
  readonly emulator: EmulatorName;
  /** API action, as "rds:CreateDBInstance". */
  readonly action: string;
  readonly does: string;
  readonly aws: string;
  /** Where AWS says so. */
  readonly page: string;
  /** How the test goes on. */
  readonly copes: string;
  readonly fill?: Fill;
}

export const gaps: readonly Gap[] = [
  {
    emulator: "ministack",
    action: "rds:DescribeDBInstances",
    does: "takes ManageMasterUserPassword of an instance and shows no secret for it",
    aws: "keeps the master password in a secret of its own and shows it as MasterUserSecret",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html",
    copes: "MasterUserSecret is written into the answer",
    fill: {
      action: /^DescribeDBInstances$/,
      answer: (body) =>
        body.includes("<MasterUserSecret>")
          ? body
          : body.replace(
              /<DBInstanceIdentifier>([^<]+)<\/DBInstanceIdentifier>/g,
              (identifier, name) => `${identifier}${masterUserSecret(name)}`,
            ),
    },
  },
  {
    emulator: "moto",
    action: "ec2:DescribeVpcEndpoints",
    does: "answers 500 to the filter vpc-endpoint-id",
    aws: "filters by it",
    page: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html",
    copes: "the filter is written into the request as the list of ids that moto takes",
    fill: {
      action: /^DescribeVpcEndpoints$/,
      ask: ({ body }) =>
        body.includes("Filter.1.Name=vpc-endpoint-id")
          ? body.replace("Filter.1.Name=vpc-endpoint-id&", "").replaceAll("Filter.1.Value.", "VpcEndpointId.")
          : body,
    },
  },
  {
    emulator: "moto",
    action: "ec2:DescribeSecurityGroupRules",
    does: "leaves out the description of a rule whose source is a group",
    aws: "shows every rule's description",
    page: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRule.html",
    copes: "the description is taken from DescribeSecurityGroups, where moto has it",
    fill: { action: /^DescribeSecurityGroupRules$/, answer: withDescriptions },
  },
  {
    emulator: "moto",
    action: "ecs:CreateService",
    does: "starts no task: a service stays at 0 running",
    aws: "starts the tasks that are desired and completes the deployment when they run",
    page: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html",
    copes: "the platform is not Ready, for want of its services alone; what is asked of ECS is looked at instead",
  },
  {
    emulator: "moto",
    action: "ecs:CreateService",
    does: "forgets the capacity provider strategy, the deployment configuration and the leave to execute commands",
    aws: "keeps them and shows them in DescribeServices",
    page: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html",
    copes: "each look at everything finds the services not as declared: UpdateService is expected, and no other write",
  },
  {
    emulator: "moto",
    action: "ecs:UpdateService",
    does: "starts no deployment of another task definition: the primary one shows the revision before",
    aws: "starts a deployment, which becomes the primary one",
    page: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html",
    copes: "the service's own task definition is looked at, and that of its deployment is expected to lag",
  },
];

/** Calls that change something, of those that came since `before`, by action: the rest only read. */
export function writesIn(
  calls: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  const since = [...calls].map(([action, count]) => [action, count - (before.get(action) ?? 0)] as const);
  const reads = /^(Describe|List|Get|BatchGet|HEAD |GET )/;
  return Object.fromEntries(since.filter(([action, count]) => count > 0 && !reads.test(action)));
}

export const fillsFor = (emulator: EmulatorName): readonly Fill[] =>
  gaps.flatMap((gap) => (gap.emulator === emulator && gap.fill ? [gap.fill] : []));

function masterUserSecret(instance: string): string {
  const arn = `arn:aws:secretsmanager:us-east-1:111122223333:secret:rds!db-${instance}-AbCdEf`;
  return `<MasterUserSecret><SecretArn>${arn}</SecretArn><SecretStatus>active</SecretStatus></MasterUserSecret>`;
}

/** DescribeSecurityGroupRules' items with the descriptions that DescribeSecurityGroups shows for the same source and ports. */
async function withDescriptions(body: string, _asked: unknown, endpoint: string): Promise<string> {
  const credentials = { accessKeyId: "unchecked", secretAccessKey: "unchecked" };
  const ec2 = new EC2Client({ region: "us-east-1", endpoint, credentials });
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const described = SecurityGroups.flatMap(({ GroupId, IpPermissions = [] }) =>
    IpPermissions.flatMap(({ FromPort, UserIdGroupPairs = [] }) =>
      UserIdGroupPairs.map((pair) => [`${GroupId} ${FromPort} ${pair.GroupId}`, pair.Description] as const),
    ),
  );
  const descriptions = new Map<string, string | undefined>(described);
  const start = "<item><securityGroupRuleId>";
  const [head = "", ...items] = body.split(start);
  const whole = items.map((item) => {
    const [group, source] = [...item.matchAll(/<groupId>([^<]+)</g)].map(([, id]) => id);
    const description = descriptions.get(`${group} ${/<fromPort>(-?\d+)</.exec(item)?.[1]} ${source}`);
    if (description === undefined || item.includes("<description>")) return item;
    return item.replace("</referencedGroupInfo>", `</referencedGroupInfo><description>${description}</description>`);
  });
  return [head, ...whole].join(start);
}
