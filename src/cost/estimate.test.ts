import { expect, test } from "vitest";
import { graphOf, referenceSpec } from "../../test/support/reference.ts";
import { estimate } from "./estimate.ts";
import { cachePrice, databasePrice, pricesOf } from "./prices.ts";

const costOf = (change: Parameters<typeof referenceSpec>[0] = {}) => {
  const { graph, spec } = graphOf(referenceSpec(change));
  return estimate(graph, spec);
};

test("the reference case costs $150 to $400 in development", () => {
  const { monthlyUSD } = costOf();
  expect(monthlyUSD).toBeGreaterThanOrEqual(150);
  expect(monthlyUSD).toBeLessThanOrEqual(400);
});

test.each(["us-east-1", "us-west-2", "eu-west-1"])(
  "the reference case costs $400 to $1000 in production in %s",
  (region) => {
    const { monthlyUSD } = costOf({ environment: "prod", profile: "Production", aws: { region } });
    expect(monthlyUSD).toBeGreaterThanOrEqual(400);
    expect(monthlyUSD).toBeLessThanOrEqual(1000);
  },
);

test("lines name what is paid for and add up to the total", () => {
  const { lines, monthlyUSD } = costOf();
  expect(
    lines.map(({ item, quantity, monthlyUSD: usd }) => `${item} | ${quantity} | ${usd.toFixed(2)}`),
  ).toMatchInlineSnapshot(`
    [
      "Fargate snowflake-cortex | 3 × 1 vCPU, 2 GiB | 108.12",
      "Fargate aws-agent-core | 2 × 1 vCPU, 2 GiB | 72.08",
      "Fargate langgraph | 2 × 1 vCPU, 2 GiB | 72.08",
      "NAT gateways | 2 × 730 h | 65.70",
      "Container Insights | 59 metrics | 17.70",
      "Load balancer | 1 × 730 h | 16.43",
      "Public IPv4 addresses | 4 × 730 h | 14.60",
      "RDS db.t3.micro | 1 × 730 h | 13.14",
      "RDS storage | 20 GiB | 2.30",
      "CloudWatch logs | 3.5 GB | 1.75",
      "Load balancer capacity | 0.25 LCU | 1.46",
      "Secrets | 3 | 1.20",
      "NAT gateway data | 20 GB | 0.90",
      "Private DNS zone | 1 | 0.50",
      "Images in ECR | 3 GiB | 0.30",
    ]
  `);
  expect(lines.reduce((sum, line) => sum + line.monthlyUSD, 0)).toBeCloseTo(monthlyUSD, 5);
});

test("one NAT gateway instead of two saves its hours, its address and its data", () => {
  const two = costOf().monthlyUSD;
  const one = costOf({ network: { cidr: "10.0.0.0/16", natGateways: "Single" } }).monthlyUSD;
  expect(two - one).toBeCloseTo(730 * (0.045 + 0.005) + 10 * 0.045, 2);
});

test("Spot lowers the price of its share of the tasks", () => {
  const onSpot = referenceSpec().agents.map((agent) => ({ ...agent, capacity: { spotPercent: 100 } }));
  const perTask = 730 * (0.04048 + 2 * 0.004445);
  expect(costOf().monthlyUSD - costOf({ agents: onSpot }).monthlyUSD).toBeCloseTo(7 * 0.7 * perTask, 1);
});

test("a region without a price list costs as us-east-1 and a fifth, and says so", () => {
  const cost = costOf({ aws: { region: "ap-south-2" } });
  expect(cost.monthlyUSD / costOf().monthlyUSD).toBeCloseTo(1.2, 3);
  expect(cost.lines.every(({ item }) => item.includes("price of us-east-1 and a fifth"))).toBe(true);
});

test("an instance class that is not listed is taken by its size", () => {
  const prices = pricesOf("us-east-1");
  expect(databasePrice(prices, "db.m9.4xlarge")).toBeCloseTo(8 * 0.178);
  expect(databasePrice(prices, "db.m9.large")).toBeCloseTo(0.178);
});

test("a cache costs each of its nodes, and Redis a quarter more than Valkey", () => {
  const lineOf = (cache: object) =>
    costOf({ data: { database: {}, cache } }).lines.find(({ item }) => item.startsWith("ElastiCache"));
  expect(lineOf({ replicas: 1 })).toEqual({
    item: "ElastiCache cache.t4g.micro",
    quantity: "2 × 730 h",
    monthlyUSD: 18.69,
  });
  expect(lineOf({ engine: "Redis", replicas: 1 })?.monthlyUSD).toBe(23.36);
  expect(costOf().lines.filter(({ item }) => item.startsWith("ElastiCache"))).toEqual([]);
  const prices = pricesOf("us-east-1");
  expect(cachePrice(prices, "redis", "cache.m9g.2xlarge")).toBeCloseTo(4 * 0.149);
});
