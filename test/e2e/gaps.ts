import type { AccountConfig } from "../support/account.ts";
import type { EmulatorName } from "../support/emulators/registry.ts";
import type { Fill } from "../support/gateway.ts";
import { clientToken, onlyTagged, withDescriptions, withMasterUserSecret } from "./fills.ts";
import { addressesAreNotFiltered, tokensAreNotKnown } from "./probes.ts";

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
  /** Whether it is still there, asked of the emulator itself, where no test of the operator shows it by the way. */
  readonly open?: (account: AccountConfig) => Promise<boolean>;
}

export const gaps: readonly Gap[] = [
  {
    emulator: "ministack",
    action: "rds:DescribeDBInstances",
    does: "takes ManageMasterUserPassword of an instance and shows no secret for it",
    aws: "keeps the master password in a secret of its own and shows it as MasterUserSecret",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html",
    copes: "MasterUserSecret is written into the answer",
    fill: { action: /^DescribeDBInstances$/, answer: withMasterUserSecret },
  },
  {
    emulator: "ministack",
    action: "ec2:DescribeAddresses",
    does: "answers with every address, whatever tags it is asked for",
    aws: "filters by tag",
    page: "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html",
    copes: "addresses with other tags are taken out of the answer",
    fill: { action: /^DescribeAddresses$/, answer: onlyTagged },
    open: addressesAreNotFiltered,
  },
  {
    emulator: "ministack",
    action: "ec2, ecs, servicediscovery: creates",
    does: "pays no heed to client tokens: a repeated request makes another one, or is refused",
    aws: "answers a repeated request with what the first one made",
    page: "https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html",
    copes: "the first answer is given again",
    fill: {
      action: /^Create(NatGateway|RouteTable|VpcEndpoint|PrivateDnsNamespace|Service)$/,
      token: clientToken,
    },
    open: tokensAreNotKnown,
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

export const fillsFor = (emulator: EmulatorName): readonly Fill[] =>
  gaps.flatMap((gap) => (gap.emulator === emulator && gap.fill ? [gap.fill] : []));
