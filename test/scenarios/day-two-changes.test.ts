import { DescribeNatGatewaysCommand, DescribeRouteTablesCommand } from "@aws-sdk/client-ec2";
import { DescribeServicesCommand } from "@aws-sdk/client-ecs";
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { issueCertificate } from "../simulator/services/elbv2/certificates.ts";
import { ACCOUNT } from "../support/platform.ts";
import { Stage } from "../support/stage.ts";
import { smallSpec, Tenant, type Written } from "../support/tenant.ts";

let stage: Stage;
let shop: Tenant;
beforeEach(() => {
  stage = new Stage();
  shop = new Tenant(stage);
});
afterEach(async () => {
  await stage.stop();
  expect(stage.aws.failures).toEqual([]);
});

const [agent] = smallSpec().agents as Written[];
const clerk = (change: Written = {}): Written => ({ ...agent, ...change });
const helper = (name: string, port: number, change: Written = {}): Written => ({
  ...agent,
  name,
  port,
  ingress: undefined,
  ...change,
});

async function ready(spec: Written = {}): Promise<void> {
  stage.start();
  shop.apply(spec);
  await shop.ready();
}

async function change(spec: Written): Promise<readonly string[]> {
  const since = stage.clock.now();
  shop.apply(spec);
  await shop.ready();
  return stage.writesSince(since);
}

async function everythingGoes(): Promise<void> {
  shop.delete();
  await shop.gone();
  expect(await stage.resources()).toEqual([]);
}

/** What leads out of each private subnet, without the gateway's own id. */
async function waysOut(): Promise<readonly string[]> {
  const { RouteTables = [] } = await stage.client().ec2.send(new DescribeRouteTablesCommand({}));
  const ours = RouteTables.filter(({ Tags = [] }) => Tags.some(({ Value }) => Value?.startsWith("shop-dev-private")));
  return ours.flatMap(({ Routes = [] }) => Routes.flatMap(({ NatGatewayId }) => NatGatewayId ?? []));
}
const balancers = async () => (await stage.client().elb.send(new DescribeLoadBalancersCommand({}))).LoadBalancers ?? [];
const listeners = async () => {
  const [balancer] = await balancers();
  const LoadBalancerArn = balancer?.LoadBalancerArn;
  const { Listeners = [] } = await stage.client().elb.send(new DescribeListenersCommand({ LoadBalancerArn }));
  return Listeners.map(
    ({ Port, Protocol, DefaultActions }) => `${Protocol}:${Port} ${DefaultActions?.[0]?.Type}`,
  ).sort();
};

describe("NAT gateways", () => {
  it("go from one in each zone to one, to none, and back, and the private subnets keep a way out", async () => {
    const nat = (natGateways: string): Written => ({ network: { natGateways } });
    await ready(nat("PerZone"));
    expect(new Set(await waysOut()).size).toBe(2);
    await change(nat("Single"));
    expect(new Set(await waysOut()).size).toBe(1);
    expect(await waysOut()).toHaveLength(2);
    await change(nat("None"));
    expect(await waysOut()).toEqual([]);
    const none = await stage.resources();
    expect(none.filter((name) => /^(nat-gateway|address)/.test(name))).toEqual([]);
    expect(none.filter((name) => name.includes("com.amazonaws.us-east-1.ecr.api"))).toHaveLength(1);
    await change(nat("PerZone"));
    expect(new Set(await waysOut()).size).toBe(2);
    const all = await stage.resources();
    expect(all.filter((name) => name.includes("com.amazonaws.us-east-1.ecr.api"))).toEqual([]);
    await everythingGoes();
  });

  it("that go are gone only after nothing is routed through them any more", async () => {
    await ready({ network: { natGateways: "PerZone" } });
    const since = stage.clock.now();
    await change({ network: { natGateways: "Single" } });
    const writes = stage.writesSince(since);
    expect(writes.indexOf("ReplaceRoute")).toBeLessThan(writes.indexOf("DeleteNatGateway"));
    expect(writes.indexOf("DeleteNatGateway")).toBeLessThan(writes.indexOf("ReleaseAddress"));
    const { NatGateways = [] } = await stage.client().ec2.send(new DescribeNatGatewaysCommand({}));
    expect(NatGateways.filter(({ State }) => State === "available")).toHaveLength(1);
  });

  it("that go wait for the VPC endpoints that take their place", async () => {
    await ready();
    const since = stage.clock.now();
    await change({ network: { natGateways: "None" } });
    const writes = stage.writesSince(since);
    expect(writes.lastIndexOf("CreateVpcEndpoint")).toBeLessThan(writes.indexOf("DeleteRoute"));
  });
});

describe("agents", () => {
  it("are added and removed without touching the others", async () => {
    await ready();
    const before = shop.status.agents?.[0];
    const added = await change({ agents: [clerk(), helper("porter", 8001)] });
    expect(added.filter((action) => action.startsWith("Delete"))).toEqual([]);
    expect(added).not.toContain("UpdateService");
    expect(shop.status.agents).toContainEqual(before);
    await change({});
    expect((await stage.resources()).filter((name) => name.includes("porter"))).toEqual([]);
    expect(shop.status.agents).toEqual([before]);
    await everythingGoes();
  });

  it("get another name by another agent in their place, port, path and all", async () => {
    await ready();
    await change({ agents: [clerk({ name: "teller" })] });
    const left = await stage.resources();
    expect(left.filter((name) => name.includes("clerk"))).toEqual([]);
    expect(left.filter((name) => name.startsWith("ecs-service"))).toHaveLength(1);
    expect(shop.status.agents).toMatchObject([{ name: "teller", running: 1 }]);
    await everythingGoes();
  });

  it("may use each other in a circle, and come out of it again", async () => {
    const circle = [
      clerk({ uses: [{ agent: "porter" }] }),
      helper("porter", 8001, { uses: [{ agent: "guard" }] }),
      helper("guard", 8002, { uses: [{ agent: "clerk" }] }),
    ];
    await ready({ agents: circle });
    expect(shop.status.summary?.agents).toBe("3/3");
    await change({ agents: [clerk()] });
    await everythingGoes();
  });

  it("get another port, size, architecture and command by a rollout", async () => {
    await ready();
    const before = shop.status.agents?.[0]?.revision;
    await change({
      agents: [clerk({ port: 9000, cpu: "2", memory: "4Gi", architecture: "ARM64", command: ["serve"] })],
    });
    expect(shop.status.agents?.[0]).toMatchObject({ running: 1 });
    expect(shop.status.agents?.[0]?.revision).not.toBe(before);
    const groups = (await stage.resources()).filter((name) => name.startsWith("target-group"));
    expect(groups).toHaveLength(1);
    await everythingGoes();
  });

  it("lose and get their entrance while they run", async () => {
    await ready({ agents: [clerk(), helper("porter", 8001)] });
    await change({ agents: [clerk(), helper("porter", 8001, { ingress: { paths: ["/porter/*"] } })] });
    const cluster = "shop-dev";
    const service = async (name: string) => {
      const found = await stage.client().ecs.send(new DescribeServicesCommand({ cluster, services: [name] }));
      return found.services?.[0];
    };
    const targetGroupArn = (await service("shop-dev-porter"))?.loadBalancers?.[0]?.targetGroupArn;
    const health = await stage.client().elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }));
    expect(health.TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth?.State)).toContain("healthy");
    await change({ agents: [clerk(), helper("porter", 8001)] });
    expect((await service("shop-dev-porter"))?.loadBalancers).toEqual([]);
    expect((await stage.resources()).filter((name) => name.startsWith("target-group"))).toHaveLength(1);
    await change({ agents: [helper("clerk", 8000), helper("porter", 8001)] });
    expect(await balancers()).toEqual([]);
    expect(shop.status.endpoint).toBeUndefined();
    await everythingGoes();
  });

  it("scaled to nothing stay declared, and come back", async () => {
    await ready();
    await change({ agents: [clerk({ replicas: 0 })] });
    expect(shop.status.summary?.agents).toBe("0/0");
    await change({ agents: [clerk({ replicas: 2 })] });
    expect(shop.status.summary?.agents).toBe("2/2");
  });
});

describe("the entrance", () => {
  const domain = (certificateArn: string): Written => ({
    access: { domain: { name: "shop.example.com", certificateArn } },
  });

  it("gets HTTPS with a certificate, with a redirect from HTTP, and loses it again", async () => {
    await ready();
    expect(await listeners()).toEqual(["HTTP:80 fixed-response"]);
    const certificate = issueCertificate(
      { world: stage.aws, account: ACCOUNT, region: "us-east-1" },
      "shop.example.com",
    );
    await change(domain(certificate));
    expect(await listeners()).toEqual(["HTTP:80 redirect", "HTTPS:443 fixed-response"]);
    expect(shop.status.endpoint).toBe("https://shop.example.com");
    const renewed = issueCertificate({ world: stage.aws, account: ACCOUNT, region: "us-east-1" }, "shop.example.com");
    expect(await change(domain(renewed))).toEqual(["ModifyListener"]);
    await change({});
    expect(await listeners()).toEqual(["HTTP:80 fixed-response"]);
    expect(shop.status.endpoint).toMatch(/^http:\/\//);
    await everythingGoes();
  });

  it("with a certificate that does not exist is refused with field and value, and HTTP goes on", async () => {
    await ready();
    const certificate = `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/00000000-0000-4000-8000-000000000000`;
    shop.apply(domain(certificate));
    const message = await shop.reason("InvalidParameter");
    expect(message).toContain("elasticloadbalancing:CreateListener");
    expect(message).toContain(certificate);
    expect(message).toContain("Correct spec.access.domain.certificateArn");
    await change({});
    await everythingGoes();
  });

  it("is another load balancer when its scheme changes, and tasks stay", async () => {
    await ready();
    const [before] = await balancers();
    const writes = await change({ access: { scheme: "internal" } });
    const [after, ...more] = await balancers();
    expect(more).toEqual([]);
    expect(after).toMatchObject({ Scheme: "internal" });
    expect(after?.LoadBalancerArn).not.toBe(before?.LoadBalancerArn);
    expect(writes).not.toContain("RegisterTaskDefinition");
    expect(shop.events("Replacing").map(({ message }) => message)).toContainEqual(
      expect.stringContaining('scheme from "internet-facing" to "internal"'),
    );
    await everythingGoes();
  });
});
