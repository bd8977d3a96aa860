import { beforeEach, describe, expect, it } from "vitest";
import { code, must, type Network, network, type Simulated, simulate } from "../fixture.ts";
import { deregisterTarget, registerTarget, targetGroupOf, targetHealth } from "./targets.ts";

let world: Simulated;
let net: Network;
let group: string;
let listener: string;
beforeEach(async () => {
  world = simulate();
  net = await network(world);
  const made = await world.elb.createTargetGroup({
    Name: "api",
    Protocol: "HTTP",
    Port: 8080,
    VpcId: net.vpcId,
    TargetType: "ip",
    HealthCheckIntervalSeconds: 10,
    HealthyThresholdCount: 2,
    UnhealthyThresholdCount: 3,
  });
  group = must(made.TargetGroups?.[0]?.TargetGroupArn);
  const balancer = await world.elb.createLoadBalancer({ Name: "web", Subnets: [...net.subnetIds] });
  const created = await world.elb.createListener({
    LoadBalancerArn: balancer.LoadBalancers?.[0]?.LoadBalancerArn,
    Protocol: "HTTP",
    Port: 80,
    DefaultActions: [{ Type: "forward", TargetGroupArn: group }],
  });
  listener = must(created.Listeners?.[0]?.ListenerArn);
});
const health = async () =>
  (await world.elb.describeTargetHealth({ TargetGroupArn: group })).TargetHealthDescriptions?.map(
    (each) => each.TargetHealth?.State,
  );
const register = (Id = "10.0.0.9") => world.elb.registerTargets({ TargetGroupArn: group, Targets: [{ Id }] });

describe("a target", () => {
  it("is initial until its load balancer is active and its first check passes, then healthy", async () => {
    await register();
    await world.pass(149);
    expect(await health()).toEqual(["initial"]);
    await world.pass(10);
    expect(await health()).toEqual(["healthy"]);
  });

  it("that never answers becomes unhealthy after as many checks as the threshold says", async () => {
    await world.pass(151);
    registerTarget(world.call, group, "10.0.0.9", 8080, false);
    await world.pass(20);
    expect(await health()).toEqual(["initial"]);
    await world.pass(10);
    expect(await health()).toEqual(["unhealthy"]);
  });

  it("that stops and starts answering is noticed by later checks", async () => {
    await world.pass(151);
    let answers = true;
    registerTarget(world.call, group, "10.0.0.9", 8080, () => answers);
    await world.pass(20);
    expect(targetHealth(world.call, group, "10.0.0.9", 8080)).toBe("healthy");
    answers = false;
    expect(await health()).toEqual(["healthy"]);
    await world.pass(31);
    expect(await health()).toEqual(["unhealthy"]);
    answers = true;
    expect(await health()).toEqual(["unhealthy"]);
    await world.pass(21);
    expect(await health()).toEqual(["healthy"]);
  });

  it("drains for the deregistration delay", async () => {
    await world.elb.modifyTargetGroupAttributes({
      TargetGroupArn: group,
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "30" }],
    });
    await register();
    deregisterTarget(world.call, group, "10.0.0.9", 8080);
    expect(await health()).toEqual(["draining"]);
    await world.pass(31);
    expect(await health()).toEqual([]);
  });

  it("is unused while no listener forwards to its group", async () => {
    expect(targetGroupOf(world.call, group)?.loadBalancerArns).toHaveLength(1);
    await world.elb.deleteListener({ ListenerArn: listener });
    await register();
    expect(await health()).toEqual(["unused"]);
    expect(targetGroupOf(world.call, group)?.loadBalancerArns).toEqual([]);
    await world.elb.deregisterTargets({ TargetGroupArn: group, Targets: [{ Id: "10.0.0.9" }] });
    expect(await health()).toEqual([]);
  });

  it("must be an address of the VPC, and is one of a thousand", async () => {
    expect(await code(register("nonsense"))).toBe("ValidationError");
    expect(await code(register("172.16.0.1"))).toBe("InvalidTargetException");
    world.aws.setQuota("elbv2.targetsPerTargetGroup", 1);
    await register("10.0.0.9");
    await register("10.0.0.9");
    expect(await code(register("10.0.0.10"))).toBe("TooManyTargetsException");
  });
});
