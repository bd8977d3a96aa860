import { network } from "./network.ts";
import { needed, type Scenario } from "./scenario.ts";

const NO_ID = "0123456789abcdef0";

export const ec2Scenarios: readonly Scenario[] = [
  {
    name: "a VPC comes with its defaults and takes them along",
    async run({ ec2, pass }, step) {
      const made = await step("create", ec2.createVpc({ CidrBlock: "10.0.0.0/16" }), (answer) => answer.Vpc?.State);
      const VpcId = needed(made?.Vpc?.VpcId, "VPC");
      await pass(5);
      const Filters = [{ Name: "vpc-id", Values: [VpcId] }];
      await step("look", ec2.describeVpcs({ VpcIds: [VpcId] }), (answer) => answer.Vpcs?.[0]?.State);
      await step("groups", ec2.describeSecurityGroups({ Filters }), (answer) =>
        answer.SecurityGroups?.map((each) => each.GroupName ?? ""),
      );
      await step("main route table", ec2.describeRouteTables({ Filters }), (answer) =>
        answer.RouteTables?.map((each) => [
          each.Associations?.map((one) => one.Main ?? false) ?? [],
          each.Routes?.map((route) => `${route.DestinationCidrBlock} ${route.GatewayId}`) ?? [],
        ]),
      );
      await step("network ACLs", ec2.describeNetworkAcls({ Filters }), (answer) => answer.NetworkAcls?.length);
      await step(
        "host names",
        ec2.describeVpcAttribute({ VpcId, Attribute: "enableDnsHostnames" }),
        (answer) => answer.EnableDnsHostnames?.Value,
      );
      await step("delete", ec2.deleteVpc({ VpcId }));
      await step("delete again", ec2.deleteVpc({ VpcId }));
      await step(
        "groups afterwards",
        ec2.describeSecurityGroups({ Filters }),
        (answer) => answer.SecurityGroups?.length,
      );
    },
  },
  {
    name: "blocks of VPCs and subnets",
    async run({ ec2 }, step) {
      await step("too large", ec2.createVpc({ CidrBlock: "10.0.0.0/8" }));
      await step("too small", ec2.createVpc({ CidrBlock: "10.0.0.0/29" }));
      await step("none", ec2.createVpc({ CidrBlock: "10.0.0.256/16" }));
      const made = await step(
        "canonical",
        ec2.createVpc({ CidrBlock: "10.1.2.3/16" }),
        (answer) => answer.Vpc?.CidrBlock,
      );
      const VpcId = needed(made?.Vpc?.VpcId, "VPC");
      await step(
        "subnet",
        ec2.createSubnet({ VpcId, CidrBlock: "10.1.0.0/24" }),
        (answer) => answer.Subnet?.AvailableIpAddressCount,
      );
      await step("subnet outside", ec2.createSubnet({ VpcId, CidrBlock: "10.2.0.0/24" }));
      await step("subnet that overlaps", ec2.createSubnet({ VpcId, CidrBlock: "10.1.0.128/25" }));
      await step(
        "subnet of no zone",
        ec2.createSubnet({ VpcId, CidrBlock: "10.1.1.0/24", AvailabilityZone: "us-east-1z" }),
      );
      await step("subnet of no VPC", ec2.createSubnet({ VpcId: `vpc-${NO_ID}`, CidrBlock: "10.1.1.0/24" }));
    },
  },
  {
    name: "describing what is not there",
    async run({ ec2 }, step) {
      await step("malformed VPC id", ec2.describeVpcs({ VpcIds: ["vpc-nonsense"] }));
      await step("unknown VPC", ec2.describeVpcs({ VpcIds: [`vpc-${NO_ID}`] }));
      await step("unknown subnet", ec2.describeSubnets({ SubnetIds: [`subnet-${NO_ID}`] }));
      await step("unknown group", ec2.describeSecurityGroups({ GroupIds: [`sg-${NO_ID}`] }));
      await step("unknown gateway", ec2.describeInternetGateways({ InternetGatewayIds: [`igw-${NO_ID}`] }));
      await step("unknown address", ec2.describeAddresses({ AllocationIds: [`eipalloc-${NO_ID}`] }));
      await step("unknown NAT gateway", ec2.describeNatGateways({ NatGatewayIds: [`nat-${NO_ID}`] }));
      await step("unknown route table", ec2.describeRouteTables({ RouteTableIds: [`rtb-${NO_ID}`] }));
      await step("unknown endpoint", ec2.describeVpcEndpoints({ VpcEndpointIds: [`vpce-${NO_ID}`] }));
      await step("unknown interface", ec2.describeNetworkInterfaces({ NetworkInterfaceIds: [`eni-${NO_ID}`] }));
      const Filters = [{ Name: "colour", Values: ["red"] }];
      await step("unknown filter of VPCs", ec2.describeVpcs({ Filters }));
      await step("unknown filter of subnets", ec2.describeSubnets({ Filters }));
      await step("unknown filter of groups", ec2.describeSecurityGroups({ Filters }));
      await step("unknown filter of gateways", ec2.describeInternetGateways({ Filters }));
    },
  },
  {
    name: "what keeps a VPC from being deleted",
    async run({ ec2, pass }, step) {
      const vpc = async (): Promise<string> => {
        const made = await ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
        await pass(5);
        return needed(made.Vpc?.VpcId, "VPC");
      };
      const withSubnet = await vpc();
      await ec2.createSubnet({ VpcId: withSubnet, CidrBlock: "10.0.0.0/24" });
      await step("a subnet", ec2.deleteVpc({ VpcId: withSubnet }));
      const withGateway = await vpc();
      const InternetGatewayId = (await ec2.createInternetGateway({})).InternetGateway?.InternetGatewayId;
      await ec2.attachInternetGateway({ VpcId: withGateway, InternetGatewayId });
      await step("its gateway's deletion", ec2.deleteInternetGateway({ InternetGatewayId }));
      await step("a gateway", ec2.deleteVpc({ VpcId: withGateway }));
      const withGroup = await vpc();
      await ec2.createSecurityGroup({ VpcId: withGroup, GroupName: "web", Description: "web" });
      await step("a group", ec2.deleteVpc({ VpcId: withGroup }));
      const withTable = await vpc();
      await ec2.createRouteTable({ VpcId: withTable });
      await step("a route table", ec2.deleteVpc({ VpcId: withTable }));
    },
  },
  {
    name: "an internet gateway has one VPC",
    async run(aws, step) {
      const { ec2 } = aws;
      const { vpcId: VpcId, gatewayId } = await network(aws);
      const other = needed((await ec2.createVpc({ CidrBlock: "10.9.0.0/16" })).Vpc?.VpcId, "second VPC");
      const second = needed((await ec2.createInternetGateway({})).InternetGateway?.InternetGatewayId, "second gateway");
      await step("attach to another", ec2.attachInternetGateway({ VpcId: other, InternetGatewayId: gatewayId }));
      await step("attach another", ec2.attachInternetGateway({ VpcId, InternetGatewayId: second }));
      await step("detach what is not attached", ec2.detachInternetGateway({ VpcId, InternetGatewayId: second }));
      await step("look", ec2.describeInternetGateways({ InternetGatewayIds: [gatewayId] }), (answer) =>
        answer.InternetGateways?.[0]?.Attachments?.map((each) => String(each.State)),
      );
    },
  },
  {
    name: "a NAT gateway from coming to being forgotten",
    async run(aws, step) {
      const { ec2, pass } = aws;
      const { vpcId: VpcId, gatewayId, subnetIds } = await network(aws);
      const [SubnetId] = subnetIds;
      const AllocationId = needed((await ec2.allocateAddress({ Domain: "vpc" })).AllocationId, "address");
      await step("without a subnet", ec2.createNatGateway({ AllocationId, SubnetId: `subnet-${NO_ID}` }));
      await step("without an address", ec2.createNatGateway({ AllocationId: `eipalloc-${NO_ID}`, SubnetId }));
      const ask = { AllocationId, SubnetId, ClientToken: "token-1" };
      const made = await step("create", ec2.createNatGateway(ask), (answer) => answer.NatGateway?.State);
      const id = needed(made?.NatGateway?.NatGatewayId, "NAT gateway");
      const look = (name: string) =>
        step(name, ec2.describeNatGateways({ NatGatewayIds: [id] }), (answer) => answer.NatGateways?.[0]?.State);
      await step("create again", ec2.createNatGateway(ask), (answer) => answer.NatGateway?.NatGatewayId === id);
      await step("create with other parameters", ec2.createNatGateway({ ...ask, SubnetId: subnetIds[1] }));
      await look("while it comes");
      await pass(150);
      await look("after two minutes");
      await step("release its address", ec2.releaseAddress({ AllocationId }));
      await step("delete its subnet", ec2.deleteSubnet({ SubnetId }));
      await step("detach its gateway", ec2.detachInternetGateway({ VpcId, InternetGatewayId: gatewayId }));
      await step("delete", ec2.deleteNatGateway({ NatGatewayId: id }), (answer) => answer.NatGatewayId === id);
      await look("while it goes");
      await step("release its address while it goes", ec2.releaseAddress({ AllocationId }));
      await pass(90);
      await look("after a minute");
      await step("release its address afterwards", ec2.releaseAddress({ AllocationId }));
      await step("delete again", ec2.deleteNatGateway({ NatGatewayId: id }));
      await pass(3700);
      await look("after an hour");
    },
  },
  {
    name: "a NAT gateway without a way out fails",
    async run({ ec2, pass }, step) {
      const VpcId = needed((await ec2.createVpc({ CidrBlock: "10.0.0.0/16" })).Vpc?.VpcId, "VPC");
      const SubnetId = (await ec2.createSubnet({ VpcId, CidrBlock: "10.0.0.0/24" })).Subnet?.SubnetId;
      const { AllocationId } = await ec2.allocateAddress({ Domain: "vpc" });
      const made = await step(
        "create",
        ec2.createNatGateway({ SubnetId, AllocationId }),
        (answer) => answer.NatGateway?.State,
      );
      const id = needed(made?.NatGateway?.NatGatewayId, "NAT gateway");
      await pass(150);
      await step("look", ec2.describeNatGateways({ NatGatewayIds: [id] }), (answer) => [
        answer.NatGateways?.[0]?.State ?? null,
        answer.NatGateways?.[0]?.FailureCode ?? null,
      ]);
    },
  },
  {
    name: "routes and their tables",
    async run(aws, step) {
      const { ec2 } = aws;
      const { vpcId: VpcId, gatewayId: GatewayId, subnetIds } = await network(aws);
      const [SubnetId] = subnetIds;
      const first = await ec2.createRouteTable({ VpcId, ClientToken: "token-1" });
      const RouteTableId = needed(first.RouteTable?.RouteTableId, "route table");
      await step(
        "the same token",
        ec2.createRouteTable({ VpcId, ClientToken: "token-1" }),
        (answer) => answer.RouteTable?.RouteTableId === RouteTableId,
      );
      const route = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0" };
      await step("replace what is not there", ec2.replaceRoute({ ...route, GatewayId }));
      await step("route", ec2.createRoute({ ...route, GatewayId }), (answer) => answer.Return);
      await step("the same route again", ec2.createRoute({ ...route, GatewayId }));
      await step(
        "route to nowhere",
        ec2.createRoute({ ...route, DestinationCidrBlock: "1.0.0.0/8", GatewayId: `igw-${NO_ID}` }),
      );
      await step("route of the VPC", ec2.createRoute({ ...route, DestinationCidrBlock: "10.0.0.0/16", GatewayId }));
      await step("take the local route away", ec2.deleteRoute({ RouteTableId, DestinationCidrBlock: "10.0.0.0/16" }));
      const on = await step(
        "associate",
        ec2.associateRouteTable({ RouteTableId, SubnetId }),
        (answer) => answer.AssociationState?.State,
      );
      const AssociationId = needed(on?.AssociationId, "association");
      const second = needed((await ec2.createRouteTable({ VpcId })).RouteTable?.RouteTableId, "second table");
      await step("associate with another", ec2.associateRouteTable({ RouteTableId: second, SubnetId }));
      await step("delete while associated", ec2.deleteRouteTable({ RouteTableId }));
      await step(
        "replace the association",
        ec2.replaceRouteTableAssociation({ AssociationId, RouteTableId: second }),
        (answer) => answer.NewAssociationId !== AssociationId,
      );
      await step("the old association", ec2.disassociateRouteTable({ AssociationId }));
      await step("delete when free", ec2.deleteRouteTable({ RouteTableId }));
      const main = await ec2.describeRouteTables({
        Filters: [
          { Name: "vpc-id", Values: [VpcId] },
          { Name: "association.main", Values: ["true"] },
        ],
      });
      await step("delete the main table", ec2.deleteRouteTable({ RouteTableId: main.RouteTables?.[0]?.RouteTableId }));
      await step("delete the subnet", ec2.deleteSubnet({ SubnetId }));
      await step("delete the table of a deleted subnet", ec2.deleteRouteTable({ RouteTableId: second }));
    },
  },
  {
    name: "a route whose target has gone",
    async run(aws, step) {
      const { ec2, pass } = aws;
      const { vpcId: VpcId, subnetIds } = await network(aws);
      const { AllocationId } = await ec2.allocateAddress({ Domain: "vpc" });
      const nat = await ec2.createNatGateway({ SubnetId: subnetIds[0], AllocationId });
      const NatGatewayId = needed(nat.NatGateway?.NatGatewayId, "NAT gateway");
      await pass(150);
      const RouteTableId = needed((await ec2.createRouteTable({ VpcId })).RouteTable?.RouteTableId, "route table");
      await step("route", ec2.createRoute({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", NatGatewayId }));
      await ec2.deleteNatGateway({ NatGatewayId });
      await pass(90);
      await step("look", ec2.describeRouteTables({ RouteTableIds: [RouteTableId] }), (answer) =>
        answer.RouteTables?.[0]?.Routes?.map((route) => `${route.DestinationCidrBlock} ${route.State}`).sort(),
      );
    },
  },
  {
    name: "security groups and their rules",
    async run(aws, step) {
      const { ec2 } = aws;
      const { vpcId: VpcId, groupId: GroupId } = await network(aws);
      const group = (GroupName: string) => ec2.createSecurityGroup({ VpcId, GroupName, Description: "of a scenario" });
      await step("the same name again", group("web"));
      await step("the name default", group("default"));
      const http = (CidrIp: string, Description = "") => ({
        GroupId,
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp, Description }] }],
      });
      await step(
        "allow",
        ec2.authorizeSecurityGroupIngress(http("10.0.0.0/8", "one")),
        (answer) => answer.SecurityGroupRules?.length,
      );
      await step("allow again", ec2.authorizeSecurityGroupIngress(http("10.0.0.0/8", "two")));
      await step("allow from what is no block", ec2.authorizeSecurityGroupIngress(http("10.0.0.0/33")));
      await step(
        "allow from a block with host bits",
        ec2.authorizeSecurityGroupIngress(http("11.1.2.3/8")),
        (answer) => answer.SecurityGroupRules?.[0]?.CidrIpv4,
      );
      await step(
        "a description that has forbidden letters",
        ec2.authorizeSecurityGroupIngress(http("12.0.0.0/8", "<b>")),
      );
      await step("revoke what is not there", ec2.revokeSecurityGroupIngress(http("13.0.0.0/8")));
      await step("revoke", ec2.revokeSecurityGroupIngress(http("10.0.0.0/8", "whatever")));
      const other = needed((await group("other")).GroupId, "second group");
      const refer = {
        GroupId: other,
        IpPermissions: [{ IpProtocol: "tcp", FromPort: 1, ToPort: 2, UserIdGroupPairs: [{ GroupId }] }],
      };
      await step("refer to a group", ec2.authorizeSecurityGroupIngress(refer));
      await step("delete a group that is referred to", ec2.deleteSecurityGroup({ GroupId }));
      await ec2.revokeSecurityGroupIngress(refer);
      await step("delete it when nobody does", ec2.deleteSecurityGroup({ GroupId }));
      const Filters = [
        { Name: "vpc-id", Values: [VpcId] },
        { Name: "group-name", Values: ["default"] },
      ];
      const found = await ec2.describeSecurityGroups({ Filters });
      await step("delete the default group", ec2.deleteSecurityGroup({ GroupId: found.SecurityGroups?.[0]?.GroupId }));
    },
  },
  {
    name: "VPC endpoints",
    async run(aws, step) {
      const { ec2, pass } = aws;
      const { vpcId: VpcId, subnetIds, groupId } = await network(aws);
      const RouteTableId = needed((await ec2.createRouteTable({ VpcId })).RouteTable?.RouteTableId, "route table");
      const service = (name: string) => `com.amazonaws.us-east-1.${name}`;
      const gateway = await step(
        "gateway",
        ec2.createVpcEndpoint({ VpcId, ServiceName: service("s3"), RouteTableIds: [RouteTableId] }),
        (answer) => answer.VpcEndpoint?.VpcEndpointType,
      );
      const gatewayId = needed(gateway?.VpcEndpoint?.VpcEndpointId, "endpoint");
      await step("a service that is none", ec2.createVpcEndpoint({ VpcId, ServiceName: service("no-such") }));
      const ask = {
        VpcId,
        ServiceName: service("logs"),
        VpcEndpointType: "Interface" as const,
        SubnetIds: [...subnetIds],
        SecurityGroupIds: [groupId],
        PrivateDnsEnabled: true,
        ClientToken: "token-1",
      };
      await step("private DNS without host names", ec2.createVpcEndpoint({ ...ask, ClientToken: "token-0" }));
      await ec2.modifyVpcAttribute({ VpcId, EnableDnsHostnames: { Value: true } });
      const made = await step("interface", ec2.createVpcEndpoint(ask), (answer) => [
        String(answer.VpcEndpoint?.State),
        answer.VpcEndpoint?.NetworkInterfaceIds?.length ?? 0,
      ]);
      const id = needed(made?.VpcEndpoint?.VpcEndpointId, "interface endpoint");
      await step("interface again", ec2.createVpcEndpoint(ask), (answer) => answer.VpcEndpoint?.VpcEndpointId === id);
      await pass(100);
      await step("look", ec2.describeVpcEndpoints({ VpcEndpointIds: [id, gatewayId] }), (answer) =>
        answer.VpcEndpoints?.map((each) => String(each.State)),
      );
      await step("delete its group", ec2.deleteSecurityGroup({ GroupId: groupId }));
      await step(
        "delete",
        ec2.deleteVpcEndpoints({ VpcEndpointIds: [id, gatewayId] }),
        (answer) => answer.Unsuccessful?.length ?? 0,
      );
      await pass(150);
      await step("look afterwards", ec2.describeVpcEndpoints({ VpcEndpointIds: [id] }));
      await step(
        "routes afterwards",
        ec2.describeRouteTables({ RouteTableIds: [RouteTableId] }),
        (answer) => answer.RouteTables?.[0]?.Routes?.length,
      );
    },
  },
  {
    name: "tags of EC2",
    async run({ ec2 }, step) {
      const VpcId = needed((await ec2.createVpc({ CidrBlock: "10.0.0.0/16" })).Vpc?.VpcId, "VPC");
      await step(
        "put",
        ec2.createTags({
          Resources: [VpcId],
          Tags: [
            { Key: "a", Value: "1" },
            { Key: "b", Value: "2" },
          ],
        }),
      );
      const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "v" }));
      const other = needed((await ec2.createVpc({ CidrBlock: "10.1.0.0/16" })).Vpc?.VpcId, "second VPC");
      await step("of AWS's prefix", ec2.createTags({ Resources: [other], Tags: [{ Key: "aws:a", Value: "1" }] }));
      await step("too many", ec2.createTags({ Resources: [other], Tags: many }));
      await step(
        "of what is not there",
        ec2.createTags({ Resources: [`vpc-${NO_ID}`], Tags: [{ Key: "a", Value: "1" }] }),
      );
      await step("delete with another value", ec2.deleteTags({ Resources: [VpcId], Tags: [{ Key: "a", Value: "9" }] }));
      await step("delete by key", ec2.deleteTags({ Resources: [VpcId], Tags: [{ Key: "b" }] }));
      await step("look", ec2.describeTags({ Filters: [{ Name: "resource-id", Values: [VpcId] }] }), (answer) =>
        answer.Tags?.map((tag) => `${tag.ResourceType} ${tag.Key}=${tag.Value}`),
      );
      await step(
        "wildcard",
        ec2.describeVpcs({ Filters: [{ Name: "tag:a", Values: ["?"] }] }),
        (answer) => answer.Vpcs?.length,
      );
    },
  },
  {
    name: "quotas of an account",
    async run({ ec2 }, step) {
      for (let made = 0; made < 4; made++) await ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
      await step("a VPC too many", ec2.createVpc({ CidrBlock: "10.0.0.0/16" }));
      for (let made = 0; made < 5; made++) await ec2.allocateAddress({ Domain: "vpc" });
      await step("an address too many", ec2.allocateAddress({ Domain: "vpc" }));
    },
  },
];
