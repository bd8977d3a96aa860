import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { UserError } from "./input.ts";
import { type Io, run } from "./program.ts";

const dev = fileURLToPath(new URL("../../examples/dev.yaml", import.meta.url));

/** Runs a command line; the file that it names is the reference case unless another is given on standard input. */
async function cli(args: readonly string[], more: Partial<Io> & { stdin?: () => Promise<string> } = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    stdin: async () => "",
    sources: async () => {
      throw new UserError("no credentials: use --offline");
    },
    ...more,
  };
  return { code: await run(args, io), out: out.join("\n"), err: err.join("\n") };
}

const edited = (from: RegExp, to: string) => async () => {
  const text = readFileSync(dev, "utf8");
  expect(text).toMatch(from);
  return text.replace(from, to);
};

test("an offline plan creates every resource of the reference case, within its budget, and exits with 2", async () => {
  const { code, out } = await cli(["plan", "--offline", "-f", dev]);
  expect(code).toBe(2);
  expect(out).toContain("+   vpc  AWS::EC2::VPC  multi-agent-orchestrator-dev-vpc");
  expect(out).toMatch(/Plan: (5|6)\d to create\.\nEstimated cost: \$\d+\.\d\d a month, within the budget of \$400\.$/);
});

test("JSON holds the same steps for machines", async () => {
  const { out } = await cli(["plan", "--offline", "-o", "json", "-f", dev]);
  const [plan] = JSON.parse(out).plans;
  expect(plan).toMatchObject({ object: "agents/dev", region: "us-east-1", offline: true, exitCode: 2 });
  expect(plan.summary.create).toBe(plan.steps.length);
  const vpc = plan.steps.find(({ node }: { node: string }) => node === "vpc");
  expect(vpc.changes).toContainEqual({ field: "cidr", to: "10.0.0.0/16" });
});

test("existing subnets are taken as they are declared", async () => {
  const existing =
    "network: { existing: { vpc: vpc-1, publicSubnets: [subnet-1, subnet-2], privateSubnets: [subnet-3, subnet-4] } }";
  const text = (await edited(/network:\n(\s+.*\n){2}/, `${existing}\n`)()).replace(/^ {2}(?=network:)/m, "  ");
  const { code, out, err } = await cli(["graph", "-f", "-"], { stdin: async () => text });
  expect(err).toBe("");
  expect(code).toBe(0);
  expect(out).not.toContain("EC2 Subnet ");
});

test("cost prints the lines that status shows, and their sum", async () => {
  const { code, out } = await cli(["cost", "-o", "json", "-f", dev]);
  expect(code).toBe(0);
  const [{ object, monthlyUSD, lines, budgetUSD }] = JSON.parse(out).costs;
  expect(object).toBe("agents/dev");
  expect(monthlyUSD).toBeLessThanOrEqual(budgetUSD);
  const sum = lines.reduce((total: number, line: { monthlyUSD: number }) => total + line.monthlyUSD, 0);
  expect(monthlyUSD).toBeCloseTo(sum, 1);
});

test.each(["text", "dot", "mermaid"])("graph draws as %s", async (format) => {
  const { code, out } = await cli(["graph", "-o", format, "-f", dev]);
  expect(code).toBe(0);
  expect(out).toContain("agent/langgraph/service");
});

test.each([
  [
    "what the API server would refuse, by file and field",
    edited(/port: 8001/, "port: 8000"),
    /^-: spec: agents: two agents have the same port/,
  ],
  [
    "a node id that is in no graph",
    edited(/budget:.*/, 'allowReplacement: ["nothing"]'),
    /spec\.allowReplacement\[0\]: nothing/,
  ],
])("tells %s and exits with 1", async (_, stdin, message) => {
  const { code, out, err } = await cli(["plan", "--offline", "-f", "-"], { stdin });
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toMatch(message);
});

test("without credentials it says what to do, without a stack", async () => {
  const { code, err } = await cli(["plan", "-f", dev]);
  expect({ code, err }).toEqual({ code: 1, err: "no credentials: use --offline" });
});

test.each([
  [["plan"], 1, /required option '-f, --filename/],
  [["plan", "-f", dev, "-o", "yaml"], 1, /Allowed choices are text, json/],
  [["plam"], 1, /Did you mean plan/],
  [["plan", "--help"], 0, /Exit code: 0 nothing to do, 2 changes, 1 error/],
])("answers %j with exit code %i and help", async (args, code, text) => {
  const result = await cli(args);
  expect(result.code).toBe(code);
  expect(result.out + result.err).toMatch(text);
});
