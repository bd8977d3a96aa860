import type { CreateLoadBalancerInput, CreateTargetGroupInput } from "@aws-sdk/client-elastic-load-balancing-v2";
import { type Network, network } from "./network.ts";
import { needed, type Scenario, type Subject } from "./scenario.ts";

const ok = { Type: "fixed-response" as const, FixedResponseConfig: { StatusCode: "200", ContentType: "text/plain" } };

const web = ({ subnetIds, groupId }: Network): CreateLoadBalancerInput => ({
  Name: "web",
  Subnets: [...subnetIds],
  SecurityGroups: [groupId],
});

const api = ({ vpcId }: Network): CreateTargetGroupInput => ({
  Name: "api",
  Protocol: "HTTP",
  Port: 8080,
  VpcId: vpcId,
  TargetType: "ip",
  HealthCheckPath: "/health",
});

async function balancer({ elb }: Subject, net: Network): Promise<string> {
  const { LoadBalancers } = await elb.createLoadBalancer(web(net));
  return needed(LoadBalancers?.[0]?.LoadBalancerArn, "load balancer");
}

async function group({ elb }: Subject, net: Network): Promise<string> {
  const { TargetGroups } = await elb.createTargetGroup(api(net));
  return needed(TargetGroups?.[0]?.TargetGroupArn, "target group");
}

export const elbv2Scenarios: readonly Scenario[] = [
  {
    name: "a load balancer from coming to going",
    async run(aws, step) {
      const { elb, ec2, pass } = aws;
      const net = await network(aws);
      const made = await step("create", elb.createLoadBalancer(web(net)), (answer) => [
        answer.LoadBalancers?.[0]?.State?.Code ?? null,
        answer.LoadBalancers?.[0]?.Scheme ?? null,
        answer.LoadBalancers?.[0]?.AvailabilityZones?.length ?? 0,
      ]);
      const arn = needed(made?.LoadBalancers?.[0]?.LoadBalancerArn, "load balancer");
      await step(
        "create again",
        elb.createLoadBalancer(web(net)),
        (answer) => answer.LoadBalancers?.[0]?.LoadBalancerArn === arn,
      );
      await step("create with other settings", elb.createLoadBalancer({ ...web(net), Scheme: "internal" }));
      const look = (name: string) =>
        step(
          name,
          elb.describeLoadBalancers({ LoadBalancerArns: [arn] }),
          (answer) => answer.LoadBalancers?.[0]?.State?.Code,
        );
      await look("while it comes");
      await pass(200);
      await look("after three minutes");
      await step("delete its group", ec2.deleteSecurityGroup({ GroupId: net.groupId }));
      await step("delete its subnet", ec2.deleteSubnet({ SubnetId: net.subnetIds[0] }));
      await step(
        "detach its gateway",
        ec2.detachInternetGateway({ VpcId: net.vpcId, InternetGatewayId: net.gatewayId }),
      );
      await step("delete", elb.deleteLoadBalancer({ LoadBalancerArn: arn }));
      await step("delete again", elb.deleteLoadBalancer({ LoadBalancerArn: arn }));
      await look("afterwards");
      await step("delete its subnet at once", ec2.deleteSubnet({ SubnetId: net.subnetIds[0] }));
      await pass(120);
      await step("delete its other subnet later", ec2.deleteSubnet({ SubnetId: net.subnetIds[1] }));
    },
  },
  {
    name: "what a load balancer needs",
    async run(aws, step) {
      const { elb, ec2 } = aws;
      const net = await network(aws);
      const ask = web(net);
      await step("one zone", elb.createLoadBalancer({ ...ask, Subnets: [net.subnetIds[0]] }));
      const twin = await ec2.createSubnet({
        VpcId: net.vpcId,
        CidrBlock: "10.0.8.0/24",
        AvailabilityZone: "us-east-1a",
      });
      const twins = [net.subnetIds[0], needed(twin.Subnet?.SubnetId, "subnet")];
      await step("two subnets of one zone", elb.createLoadBalancer({ ...ask, Name: "b", Subnets: twins }));
      const missing = [net.subnetIds[0], "subnet-0123456789abcdef0"];
      await step("a subnet that is not there", elb.createLoadBalancer({ ...ask, Name: "c", Subnets: missing }));
      await step(
        "a group that is not there",
        elb.createLoadBalancer({ ...ask, Name: "d", SecurityGroups: ["sg-0123456789abcdef0"] }),
      );
      await step("a name that is too long", elb.createLoadBalancer({ ...ask, Name: "n".repeat(33) }));
      await step("a name with an underscore", elb.createLoadBalancer({ ...ask, Name: "a_b" }));
    },
  },
  {
    name: "attributes of a load balancer",
    async run(aws, step) {
      const { elb } = aws;
      const LoadBalancerArn = await balancer(aws, await network(aws));
      const set = (Key: string, Value: string) =>
        elb.modifyLoadBalancerAttributes({ LoadBalancerArn, Attributes: [{ Key, Value }] });
      await step("idle timeout", set("idle_timeout.timeout_seconds", "120"));
      await step("idle timeout beyond the limit", set("idle_timeout.timeout_seconds", "4001"));
      await step("an unknown key", set("nonsense", "1"));
      await step("logs to no bucket", set("access_logs.s3.enabled", "true"));
      await step("protect", set("deletion_protection.enabled", "true"));
      await step("look", elb.describeLoadBalancerAttributes({ LoadBalancerArn }), (answer) =>
        answer.Attributes?.filter((each) => /idle_timeout|deletion_protection/.test(each.Key ?? ""))
          .map((each) => `${each.Key}=${each.Value}`)
          .sort(),
      );
      await step("delete under protection", elb.deleteLoadBalancer({ LoadBalancerArn }));
      await set("deletion_protection.enabled", "false");
      await step("delete", elb.deleteLoadBalancer({ LoadBalancerArn }));
    },
  },
  {
    name: "target groups and what uses them",
    async run(aws, step) {
      const { elb } = aws;
      const net = await network(aws);
      const made = await step("create", elb.createTargetGroup(api(net)), (answer) => [
        answer.TargetGroups?.[0]?.HealthCheckPath ?? null,
        answer.TargetGroups?.[0]?.HealthyThresholdCount ?? null,
        answer.TargetGroups?.[0]?.LoadBalancerArns?.length ?? 0,
      ]);
      const TargetGroupArn = needed(made?.TargetGroups?.[0]?.TargetGroupArn, "target group");
      await step(
        "create again",
        elb.createTargetGroup(api(net)),
        (answer) => answer.TargetGroups?.[0]?.TargetGroupArn === TargetGroupArn,
      );
      await step("create with another port", elb.createTargetGroup({ ...api(net), Port: 9090 }));
      await step(
        "a timeout as long as the interval",
        elb.createTargetGroup({
          ...api(net),
          Name: "slow",
          HealthCheckIntervalSeconds: 10,
          HealthCheckTimeoutSeconds: 10,
        }),
      );
      await step(
        "a path without a slash",
        elb.createTargetGroup({ ...api(net), Name: "path", HealthCheckPath: "health" }),
      );
      await step("a name that is too long", elb.createTargetGroup({ ...api(net), Name: "n".repeat(33) }));
      const LoadBalancerArn = await balancer(aws, net);
      const listener = await elb.createListener({
        LoadBalancerArn,
        Protocol: "HTTP",
        Port: 80,
        DefaultActions: [{ Type: "forward", TargetGroupArn }],
      });
      await step(
        "its load balancer",
        elb.describeTargetGroups({ TargetGroupArns: [TargetGroupArn] }),
        (answer) => answer.TargetGroups?.[0]?.LoadBalancerArns?.length,
      );
      await step("delete in use", elb.deleteTargetGroup({ TargetGroupArn }));
      await elb.deleteListener({ ListenerArn: listener.Listeners?.[0]?.ListenerArn });
      await step("delete", elb.deleteTargetGroup({ TargetGroupArn }));
      await step("delete again", elb.deleteTargetGroup({ TargetGroupArn }));
      await step("look", elb.describeTargetGroups({ TargetGroupArns: [TargetGroupArn] }));
    },
  },
  {
    name: "listeners",
    async run(aws, step) {
      const { elb } = aws;
      const net = await network(aws);
      const LoadBalancerArn = await balancer(aws, net);
      const TargetGroupArn = await group(aws, net);
      const ask = { LoadBalancerArn, Protocol: "HTTP" as const, Port: 80, DefaultActions: [ok] };
      const made = await step("create", elb.createListener(ask), (answer) => answer.Listeners?.[0]?.Protocol);
      const ListenerArn = needed(made?.Listeners?.[0]?.ListenerArn, "listener");
      await step(
        "another on its port",
        elb.createListener({
          ...ask,
          DefaultActions: [{ Type: "forward", TargetGroupArn }],
        }),
      );
      await step("HTTPS without a certificate", elb.createListener({ ...ask, Protocol: "HTTPS", Port: 443 }));
      const Certificates = [{ CertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/none" }];
      await step(
        "HTTPS without that certificate",
        elb.createListener({ ...ask, Protocol: "HTTPS", Port: 443, Certificates }),
      );
      const none = TargetGroupArn.replace("/api/", "/none/");
      await step(
        "forward to nothing",
        elb.createListener({
          ...ask,
          Port: 81,
          DefaultActions: [{ Type: "forward", TargetGroupArn: none }],
        }),
      );
      await step(
        "forward",
        elb.modifyListener({ ListenerArn, DefaultActions: [{ Type: "forward", TargetGroupArn }] }),
        (answer) => answer.Listeners?.[0]?.DefaultActions?.map((each) => String(each.Type)),
      );
      const RedirectConfig = { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" as const };
      await step(
        "redirect",
        elb.modifyListener({ ListenerArn, DefaultActions: [{ Type: "redirect", RedirectConfig }] }),
        (answer) => {
          const {
            Host = null,
            Path = null,
            Query = null,
          } = answer.Listeners?.[0]?.DefaultActions?.[0]?.RedirectConfig ?? {};
          return { Host, Path, Query };
        },
      );
      await step(
        "of no load balancer",
        elb.createListener({ ...ask, LoadBalancerArn: LoadBalancerArn.replace("web", "none") }),
      );
      await elb.deleteLoadBalancer({ LoadBalancerArn });
      await step("after its load balancer", elb.describeListeners({ ListenerArns: [ListenerArn] }));
      await step("delete what is gone", elb.deleteListener({ ListenerArn }));
    },
  },
  {
    name: "rules of a listener",
    async run(aws, step) {
      const { elb } = aws;
      const LoadBalancerArn = await balancer(aws, await network(aws));
      const listener = await elb.createListener({ LoadBalancerArn, Protocol: "HTTP", Port: 80, DefaultActions: [ok] });
      const ListenerArn = needed(listener.Listeners?.[0]?.ListenerArn, "listener");
      const rule = (Priority: number, ...Values: string[]) =>
        elb.createRule({ ListenerArn, Priority, Conditions: [{ Field: "path-pattern", Values }], Actions: [ok] });
      const made = await step("create", rule(20, "/a/*"), (answer) => answer.Rules?.[0]?.Priority);
      await step("its priority again", rule(20, "/b"));
      await step("priority zero", rule(0, "/b"));
      await step("six values", rule(30, "/1", "/2", "/3", "/4", "/5", "/6"));
      await step("first", rule(3, "/c"));
      await step("look", elb.describeRules({ ListenerArn }), (answer) =>
        answer.Rules?.map((each) => String(each.Priority)),
      );
      const first = made?.Rules?.[0];
      await step("condition", elb.describeRules({ RuleArns: [needed(first?.RuleArn, "rule")] }), (answer) => [
        answer.Rules?.[0]?.Conditions?.[0]?.Values ?? [],
        answer.Rules?.[0]?.Conditions?.[0]?.PathPatternConfig?.Values ?? [],
      ]);
      const all = await elb.describeRules({ ListenerArn });
      const byDefault = all.Rules?.find((each) => each.IsDefault)?.RuleArn;
      await step("delete the default one", elb.deleteRule({ RuleArn: byDefault }));
      await step("delete", elb.deleteRule({ RuleArn: first?.RuleArn }));
      await step("delete again", elb.deleteRule({ RuleArn: first?.RuleArn }));
    },
  },
  {
    name: "targets and their health",
    async run(aws, step) {
      const { elb, pass } = aws;
      const net = await network(aws);
      const TargetGroupArn = await group(aws, net);
      const Targets = [{ Id: "10.0.0.9", Port: 8080 }];
      const look = (name: string) =>
        step(name, elb.describeTargetHealth({ TargetGroupArn }), (answer) =>
          answer.TargetHealthDescriptions?.map((each) => String(each.TargetHealth?.State)),
        );
      await step("register", elb.registerTargets({ TargetGroupArn, Targets }));
      await look("without a load balancer");
      const LoadBalancerArn = await balancer(aws, net);
      const DefaultActions = [{ Type: "forward" as const, TargetGroupArn }];
      await elb.createListener({ LoadBalancerArn, Protocol: "HTTP", Port: 80, DefaultActions });
      await look("while the load balancer comes");
      await pass(250);
      await look("when it has come");
      await step("deregister", elb.deregisterTargets({ TargetGroupArn, Targets }));
      await look("while it drains");
      await pass(310);
      await look("when it has drained");
      await step("an address outside", elb.registerTargets({ TargetGroupArn, Targets: [{ Id: "8.8.8.8" }] }));
    },
  },
  {
    name: "limits on what one call may name",
    async run(aws, step) {
      const { elb } = aws;
      const arn = await balancer(aws, await network(aws));
      const ResourceArns = Array.from({ length: 21 }, () => arn);
      await step("tags of twenty-one", elb.describeTags({ ResourceArns }));
      await step("tags of what is not there", elb.describeTags({ ResourceArns: [arn.replace("web", "none")] }));
      await step("twenty-one names", elb.describeLoadBalancers({ Names: ResourceArns.map((_, index) => `n${index}`) }));
      await step("a name that is not there", elb.describeLoadBalancers({ Names: ["none"] }));
      await step("a target group that is not there", elb.describeTargetGroups({ Names: ["none"] }));
    },
  },
];
