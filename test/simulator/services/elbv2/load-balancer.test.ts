import { beforeEach, describe, expect, it } from "vitest";
import { code, must, type Network, network, type Simulated, simulate, words } from "../fixture.ts";
import { issueCertificate } from "./certificates.ts";

let world: Simulated;
let net: Network;
beforeEach(async () => {
  world = simulate();
  net = await network(world);
});
const balancer = (change: object = {}) =>
  world.elb.createLoadBalancer({
    Name: "web",
    Subnets: [...net.subnetIds],
    SecurityGroups: [net.groupId],
    ...change,
  });
const arnOf = async (made: ReturnType<typeof balancer>) => must((await made).LoadBalancers?.[0]?.LoadBalancerArn);
const state = async (arn: string) =>
  (await world.elb.describeLoadBalancers({ LoadBalancerArns: [arn] })).LoadBalancers?.[0]?.State?.Code;
const group = async (Name: string, change: object = {}) =>
  must(
    (
      await world.elb.createTargetGroup({
        Name,
        Protocol: "HTTP",
        Port: 8080,
        VpcId: net.vpcId,
        TargetType: "ip",
        ...change,
      })
    ).TargetGroups?.[0]?.TargetGroupArn,
  );
const ok = { Type: "fixed-response" as const, FixedResponseConfig: { StatusCode: "200" } };
const listener = (LoadBalancerArn: string, change: object = {}) =>
  world.elb.createListener({ LoadBalancerArn, Protocol: "HTTP", Port: 80, DefaultActions: [ok], ...change });

describe("a load balancer", () => {
  it("is provisioning for some minutes, then active", async () => {
    const arn = await arnOf(balancer());
    await world.pass(120);
    expect(await state(arn)).toBe("provisioning");
    await world.pass(31);
    expect(await state(arn)).toBe("active");
  });

  it("needs two zones, one subnet in each, one VPC, room, and an internet gateway", async () => {
    const subnet = async (CidrBlock: string, AvailabilityZone: string) =>
      must((await world.ec2.createSubnet({ VpcId: net.vpcId, CidrBlock, AvailabilityZone })).Subnet?.SubnetId);
    expect(await words(balancer({ Subnets: [net.subnetIds[0]] }))).toBe(
      "At least two subnets in two different Availability Zones must be specified",
    );
    const twin = await subnet("10.0.8.0/24", "us-east-1a");
    expect(await code(balancer({ Subnets: [net.subnetIds[0], twin] }))).toBe("InvalidConfigurationRequestException");
    const tiny = await subnet("10.0.9.0/28", "us-east-1c");
    expect(await code(balancer({ Subnets: [net.subnetIds[0], tiny], Name: "fits" }))).toMatchObject({
      LoadBalancers: [{ LoadBalancerName: "fits" }],
    });
    expect(await code(balancer({ Subnets: [net.subnetIds[0], "subnet-0123456789abcdef0"] }))).toBe(
      "SubnetNotFoundException",
    );
    const bare = must((await world.ec2.createVpc({ CidrBlock: "10.9.0.0/16" })).Vpc?.VpcId);
    const closed = [];
    for (const [CidrBlock, AvailabilityZone] of [
      ["10.9.0.0/24", "us-east-1a"],
      ["10.9.1.0/24", "us-east-1b"],
    ] as const) {
      const made = await world.ec2.createSubnet({ VpcId: bare, CidrBlock, AvailabilityZone });
      closed.push(must(made.Subnet?.SubnetId));
    }
    const elsewhere = { Subnets: closed, SecurityGroups: [] };
    expect(await words(balancer(elsewhere))).toBe(`VPC ${bare} has no internet gateway`);
    expect(await code(balancer({ ...elsewhere, Scheme: "internal" }))).toMatchObject({
      LoadBalancers: [{ Scheme: "internal" }],
    });
  });

  it("is refused where a subnet has fewer than eight free addresses", async () => {
    const made = await world.ec2.createSubnet({
      VpcId: net.vpcId,
      CidrBlock: "10.0.9.0/28",
      AvailabilityZone: "us-east-1c",
    });
    const tiny = must(made.Subnet?.SubnetId);
    for (let made = 0; made < 4; made++) {
      await balancer({ Name: `lb-${made}`, Subnets: [net.subnetIds[0], tiny] });
    }
    expect(await words(balancer({ Name: "last", Subnets: [net.subnetIds[0], tiny] }))).toBe(
      `Not enough IP space available in ${tiny}. ELB requires at least 8 free IP addresses in each subnet.`,
    );
  });

  it("made again with the same settings is the same, whatever its tags; with others the name is taken", async () => {
    const first = await arnOf(balancer());
    const again = { Subnets: [...net.subnetIds].reverse(), Tags: [{ Key: "a", Value: "b" }] };
    expect(await arnOf(balancer(again))).toBe(first);
    expect(await words(balancer({ Scheme: "internal" }))).toBe(
      "A load balancer with the same name 'web' exists, but with different settings",
    );
    expect(await code(balancer({ Scheme: "internal" }))).toBe("DuplicateLoadBalancerNameException");
  });

  it("keeps its subnets, groups and gateway for a while after it is deleted, and its deletion can be repeated", async () => {
    const arn = await arnOf(balancer());
    await world.elb.deleteLoadBalancer({ LoadBalancerArn: arn });
    await world.elb.deleteLoadBalancer({ LoadBalancerArn: arn });
    expect(await code(state(arn))).toBe("LoadBalancerNotFoundException");
    const held = await world.ec2.describeNetworkInterfaces({
      Filters: [{ Name: "description", Values: ["ELB app/web/*"] }],
    });
    expect(held.NetworkInterfaces).toHaveLength(2);
    expect(await code(world.ec2.deleteSubnet({ SubnetId: net.subnetIds[0] }))).toBe("DependencyViolation");
    expect(await code(world.ec2.deleteSecurityGroup({ GroupId: net.groupId }))).toBe("DependencyViolation");
    await world.pass(91);
    await world.ec2.deleteSubnet({ SubnetId: net.subnetIds[0] });
    await world.ec2.deleteSecurityGroup({ GroupId: net.groupId });
    await world.ec2.detachInternetGateway({ VpcId: net.vpcId, InternetGatewayId: net.gatewayId });
  });

  it("is not deleted under deletion protection", async () => {
    const LoadBalancerArn = await arnOf(balancer());
    const protect = (Value: string) =>
      world.elb.modifyLoadBalancerAttributes({
        LoadBalancerArn,
        Attributes: [{ Key: "deletion_protection.enabled", Value }],
      });
    await protect("true");
    expect(await code(world.elb.deleteLoadBalancer({ LoadBalancerArn }))).toBe("OperationNotPermittedException");
    await protect("false");
    await world.elb.deleteLoadBalancer({ LoadBalancerArn });
  });

  it("refuses attributes and values that it does not know, and logs to a bucket that will not take them", async () => {
    const LoadBalancerArn = await arnOf(balancer());
    const set = (...pairs: [string, string][]) =>
      world.elb.modifyLoadBalancerAttributes({
        LoadBalancerArn,
        Attributes: pairs.map(([Key, Value]) => ({ Key, Value })),
      });
    expect(await code(set(["nonsense", "1"]))).toBe("ValidationError");
    expect(await code(set(["idle_timeout.timeout_seconds", "4001"]))).toBe("ValidationError");
    const logs: [string, string][] = [
      ["access_logs.s3.enabled", "true"],
      ["access_logs.s3.bucket", "logs-of-a-test"],
    ];
    expect(await code(set(...logs))).toBe("InvalidConfigurationRequestException");
    await world.s3.createBucket({ Bucket: "logs-of-a-test" });
    expect(await words(set(...logs))).toContain("Access Denied for bucket: logs-of-a-test");
    const allow = (account: string) =>
      world.s3.putBucketPolicy({
        Bucket: "logs-of-a-test",
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
              Action: "s3:PutObject",
              Resource: "arn:aws:s3:::logs-of-a-test/AWSLogs/111111111111/*",
              Condition: { StringEquals: { "aws:SourceAccount": account } },
            },
          ],
        }),
      });
    await allow("999999999999");
    expect(await code(set(...logs))).toBe("InvalidConfigurationRequestException");
    await allow("111111111111");
    expect((await set(...logs)).Attributes).toContainEqual({ Key: "access_logs.s3.enabled", Value: "true" });
  });

  it("moves to other subnets and groups", async () => {
    const LoadBalancerArn = await arnOf(balancer());
    const third = await world.ec2.createSubnet({
      VpcId: net.vpcId,
      CidrBlock: "10.0.7.0/24",
      AvailabilityZone: "us-east-1c",
    });
    const SubnetId = must(third.Subnet?.SubnetId);
    await world.elb.setSubnets({ LoadBalancerArn, Subnets: [net.subnetIds[0], SubnetId] });
    await world.pass(91);
    await world.ec2.deleteSubnet({ SubnetId: net.subnetIds[1] });
    const other = await world.ec2.createSecurityGroup({ VpcId: net.vpcId, GroupName: "b", Description: "b" });
    await world.elb.setSecurityGroups({ LoadBalancerArn, SecurityGroups: [must(other.GroupId)] });
    await world.ec2.deleteSecurityGroup({ GroupId: net.groupId });
    expect(await code(world.ec2.deleteSecurityGroup({ GroupId: other.GroupId }))).toBe("DependencyViolation");
  });

  it("is described by at most twenty ARNs or names, or by pages", async () => {
    for (const Name of ["a", "b", "c"]) await balancer({ Name });
    const many = Array.from({ length: 21 }, (_, index) => `lb-${index}`);
    expect(await code(world.elb.describeLoadBalancers({ Names: many }))).toBe("ValidationError");
    expect(await words(world.elb.describeLoadBalancers({ Names: ["a", "x"] }))).toBe("Load balancers '[x]' not found");
    const first = await world.elb.describeLoadBalancers({ PageSize: 2 });
    const second = await world.elb.describeLoadBalancers({ PageSize: 2, Marker: first.NextMarker });
    expect([first.LoadBalancers?.length, second.LoadBalancers?.length, second.NextMarker]).toEqual([2, 1, undefined]);
  });
});

describe("a target group", () => {
  it("made again with the same settings is the same; with others the name is taken", async () => {
    const first = await group("api");
    expect(await group("api")).toBe(first);
    expect(await code(group("api", { Port: 9090 }))).toBe("DuplicateTargetGroupNameException");
  });

  it("is not deleted while a listener or rule forwards to it, and belongs to one load balancer", async () => {
    const TargetGroupArn = await group("api");
    const [one, two] = [await arnOf(balancer()), await arnOf(balancer({ Name: "two" }))];
    const forward = { DefaultActions: [{ Type: "forward", TargetGroupArn }] };
    const made = await listener(one, forward);
    const remove = () => world.elb.deleteTargetGroup({ TargetGroupArn });
    expect(await words(remove())).toBe(`Target group '${TargetGroupArn}' is currently in use by a listener or a rule`);
    expect(await code(listener(two, forward))).toBe("TargetGroupAssociationLimitException");
    await world.elb.deleteListener({ ListenerArn: made.Listeners?.[0]?.ListenerArn });
    await remove();
    await remove();
  });

  it("has a health check within AWS's limits", async () => {
    const check = { HealthCheckIntervalSeconds: 10, HealthCheckTimeoutSeconds: 10 };
    expect(await code(group("api", check))).toBe("ValidationError");
    expect(await code(group("api", { HealthCheckPath: "health" }))).toBe("ValidationError");
    expect(await code(group("api", { Matcher: { HttpCode: "200-599" } }))).toBe("ValidationError");
    expect(await code(group("under_score"))).toBe("ValidationError");
    const TargetGroupArn = await group("api", { HealthCheckPath: "/a", HealthyThresholdCount: 2 });
    await world.elb.modifyTargetGroup({ TargetGroupArn, HealthCheckPath: "/b" });
    const { TargetGroups } = await world.elb.describeTargetGroups({ TargetGroupArns: [TargetGroupArn] });
    expect(TargetGroups?.[0]).toMatchObject({ HealthCheckPath: "/b", HealthyThresholdCount: 2 });
  });
});

describe("a listener", () => {
  it("has a port of its own; the same one again is the same listener", async () => {
    const arn = await arnOf(balancer());
    const first = (await listener(arn)).Listeners?.[0]?.ListenerArn;
    expect((await listener(arn)).Listeners?.[0]?.ListenerArn).toBe(first);
    const other = { ...ok, FixedResponseConfig: { StatusCode: "404" } };
    expect(await words(listener(arn, { DefaultActions: [other] }))).toBe(
      `A listener already exists on this port for this load balancer '${arn}'`,
    );
  });

  it("of HTTPS needs one certificate that exists and a known policy", async () => {
    const arn = await arnOf(balancer());
    const https = (change: object) => listener(arn, { Protocol: "HTTPS", Port: 443, ...change });
    expect(await words(https({}))).toBe("A certificate must be specified for HTTPS listeners");
    const missing = "arn:aws:acm:us-east-1:111111111111:certificate/missing";
    expect(await code(https({ Certificates: [{ CertificateArn: missing }] }))).toBe("CertificateNotFoundException");
    const Certificates = [{ CertificateArn: issueCertificate(world.call, "example.com") }];
    expect(await code(https({ Certificates, SslPolicy: "none" }))).toBe("SSLPolicyNotFoundException");
    expect((await https({ Certificates })).Listeners?.[0]).toMatchObject({
      SslPolicy: "ELBSecurityPolicy-2016-08",
      Certificates,
    });
  });

  it("shows its action in full, and forwards only to what exists", async () => {
    const arn = await arnOf(balancer());
    const missing = "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/none/0123456789abcdef";
    const forward = (TargetGroupArn: string) => ({ DefaultActions: [{ Type: "forward", TargetGroupArn }] });
    expect(await code(listener(arn, forward(missing)))).toBe("TargetGroupNotFoundException");
    const TargetGroupArn = await group("api");
    const made = await listener(arn, forward(TargetGroupArn));
    expect(made.Listeners?.[0]?.DefaultActions).toEqual([
      {
        Type: "forward",
        TargetGroupArn,
        ForwardConfig: {
          TargetGroups: [{ TargetGroupArn, Weight: 1 }],
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ]);
    const RedirectConfig = { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" } as const;
    const ListenerArn = must(made.Listeners?.[0]?.ListenerArn);
    const changed = await world.elb.modifyListener({
      ListenerArn,
      DefaultActions: [{ Type: "redirect", RedirectConfig }],
    });
    expect(changed.Listeners?.[0]?.DefaultActions?.[0]?.RedirectConfig).toEqual({
      ...RedirectConfig,
      Host: "#{host}",
      Path: "/#{path}",
      Query: "#{query}",
    });
  });

  it("goes with its load balancer, and its rules with it", async () => {
    const LoadBalancerArn = await arnOf(balancer());
    const ListenerArn = must((await listener(LoadBalancerArn)).Listeners?.[0]?.ListenerArn);
    const Conditions = [{ Field: "path-pattern", Values: ["/a"] }];
    const made = await world.elb.createRule({ ListenerArn, Priority: 1, Conditions, Actions: [ok] });
    await world.elb.deleteLoadBalancer({ LoadBalancerArn });
    expect(await code(world.elb.describeListeners({ ListenerArns: [ListenerArn] }))).toBe("ListenerNotFoundException");
    const RuleArns = [must(made.Rules?.[0]?.RuleArn)];
    expect(await code(world.elb.describeRules({ RuleArns }))).toBe("RuleNotFoundException");
  });
});

describe("a rule", () => {
  let ListenerArn: string;
  beforeEach(async () => {
    ListenerArn = must((await listener(await arnOf(balancer()))).Listeners?.[0]?.ListenerArn);
  });
  const rule = (Priority: number, ...Values: string[]) =>
    world.elb.createRule({ ListenerArn, Priority, Conditions: [{ Field: "path-pattern", Values }], Actions: [ok] });

  it("has a priority of its own, and comes before the default one", async () => {
    await rule(20, "/b");
    await rule(3, "/a/*");
    expect(await words(rule(3, "/c"))).toBe("Priority '3' is currently in use");
    const { Rules } = await world.elb.describeRules({ ListenerArn });
    expect(Rules?.map((each) => each.Priority)).toEqual(["3", "20", "default"]);
    expect(Rules?.[0]?.Conditions).toEqual([
      { Field: "path-pattern", Values: ["/a/*"], PathPatternConfig: { Values: ["/a/*"] } },
    ]);
    const RuleArn = Rules?.[2]?.RuleArn;
    expect(await code(world.elb.deleteRule({ RuleArn }))).toBe("OperationNotPermittedException");
  });

  it("changes places with another in one call", async () => {
    const [a, b] = [await rule(1, "/a"), await rule(2, "/b")].map((made) => must(made.Rules?.[0]?.RuleArn));
    expect(await code(world.elb.setRulePriorities({ RulePriorities: [{ RuleArn: must(a), Priority: 2 }] }))).toBe(
      "PriorityInUseException",
    );
    const { Rules } = await world.elb.setRulePriorities({
      RulePriorities: [
        { RuleArn: must(a), Priority: 2 },
        { RuleArn: must(b), Priority: 1 },
      ],
    });
    expect(Rules?.map((each) => each.Priority)).toEqual(["2", "1"]);
  });

  it("has at most five condition values, and a hundred rules a load balancer", async () => {
    expect(await code(rule(1, "/1", "/2", "/3", "/4", "/5", "/6"))).toBe("ValidationError");
    world.aws.setQuota("elbv2.rulesPerLoadBalancer", 1);
    await rule(1, "/a");
    expect(await code(rule(2, "/b"))).toBe("TooManyRulesException");
  });
});

describe("tags of load balancing", () => {
  it("are read of at most twenty resources, and of none when one is unknown", async () => {
    const arn = await arnOf(balancer({ Tags: [{ Key: "a", Value: "1" }] }));
    await world.elb.addTags({ ResourceArns: [arn], Tags: [{ Key: "b", Value: "2" }] });
    await world.elb.removeTags({ ResourceArns: [arn], TagKeys: ["a"] });
    const read = (ResourceArns: string[]) => world.elb.describeTags({ ResourceArns });
    expect((await read([arn])).TagDescriptions?.[0]?.Tags).toEqual([{ Key: "b", Value: "2" }]);
    expect(await code(read(Array.from({ length: 21 }, () => arn)))).toBe("ValidationError");
    expect(await code(read([arn, arn.replace("web", "none")]))).toBe("LoadBalancerNotFoundException");
  });
});
