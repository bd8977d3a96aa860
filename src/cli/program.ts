import { Command, CommanderError, Option } from "commander";
import { describe } from "../aws/errors.ts";
import { estimate } from "../cost/estimate.ts";
import { kindOf } from "../kinds/registry.ts";
import { KubeError } from "../kube/errors.ts";
import { planPass } from "../plan/plan.ts";
import { type Declared, readDeclared, UserError } from "./input.ts";
import { offline } from "./offline.ts";
import { online } from "./online.ts";
import { graphFormats, renderGraph } from "./render-graph.ts";
import { type Cost, exitCodeOf, type Report, renderCost, renderPlan, summaryOf } from "./render-plan.ts";
import type { SourceOptions, Sources } from "./sources.ts";

/** The world around the command line. */
export interface Io {
  out(text: string): void;
  err(text: string): void;
  stdin(): Promise<string>;
  /** Asked only by commands that look at AWS or a cluster. */
  sources(options: SourceOptions): Promise<Sources>;
}

interface FileOptions {
  readonly filename: readonly string[];
  readonly namespace?: string;
  readonly output: string;
}

/**
 * Runs one command line.
 * @param args without node and script
 * @returns the exit code: 0 nothing to do, 2 changes, 1 error; of several objects the gravest.
 */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const program = new Command("agentorch")
    .description("Multi-agent platforms on AWS, declared as AgentOrchestrators")
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) });

  withFiles(
    program.command("plan").description("print what would be created, changed, replaced and deleted, and the cost"),
  )
    .addOption(output("text", "json"))
    .option("--offline", "ask neither AWS nor a cluster: everything reads as to be created")
    .option("--no-cluster", "find what exists by its tags in AWS alone")
    .option("--kubeconfig <file>", "cluster of the live object (default: $KUBECONFIG, ~/.kube/config)")
    .option("--endpoint <url>", "instead of AWS's endpoints (default: $AWS_ENDPOINT_URL)")
    .addHelpText("after", "\nExit code: 0 nothing to do, 2 changes, 1 error or something that needs you.")
    .action(async (options: FileOptions & SourceOptions & { readonly offline?: true }) => {
      const sources = options.offline ? undefined : await io.sources(options);
      const declared = await readDeclared(
        options.filename,
        options.namespace ?? sources?.namespace ?? "default",
        io.stdin,
      );
      const reports: Report[] = [];
      for (const one of declared) reports.push(sources ? await reportOnline(one, sources) : reportOffline(one));
      io.out(
        options.output === "json" ? json({ plans: reports.map(forMachines) }) : reports.map(renderPlan).join("\n\n"),
      );
      const codes = reports.map(({ plan }) => exitCodeOf(plan));
      exitCode = codes.includes(1) ? 1 : Math.max(...codes);
    });

  withFiles(program.command("cost").description("print the estimated cost by line"))
    .addOption(output("text", "json"))
    .action(async (options: FileOptions) => {
      const costs = (await readDeclared(options.filename, options.namespace ?? "default", io.stdin)).map((one) => ({
        object: `${one.namespace}/${one.name}`,
        cost: costOf(one, offline(one)),
      }));
      io.out(
        options.output === "json"
          ? json({ costs: costs.map(({ object, cost }) => ({ object, ...cost })) })
          : costs.map(({ object, cost }) => renderCost(object, cost)).join("\n\n"),
      );
    });

  withFiles(program.command("graph").description("print the resources and what each needs first"))
    .addOption(output(...graphFormats))
    .action(async (options: FileOptions & { readonly output: (typeof graphFormats)[number] }) => {
      const declared = await readDeclared(options.filename, options.namespace ?? "default", io.stdin);
      const graphs = declared.map((one) =>
        renderGraph(offline(one).graph, options.output, `${one.namespace}/${one.name}`),
      );
      io.out(graphs.join("\n\n"));
    });

  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    io.err(error instanceof UserError || error instanceof KubeError ? error.message : describe(error).message);
    return 1;
  }
}

function withFiles(command: Command): Command {
  return command
    .requiredOption("-f, --filename <file...>", 'files and directories with AgentOrchestrators, "-" for standard input')
    .option("-n, --namespace <name>", "namespace of objects that name none");
}

function output(...formats: readonly string[]): Option {
  return new Option("-o, --output <format>", "format of the answer").choices(formats).default(formats[0]);
}

function reportOffline(declared: Declared): Report {
  const { spec, graph } = offline(declared);
  const plan = planPass({ graph, tagsOf: () => ({}) }, { nodes: new Map(), refused: new Map(), leaving: [] }, kindOf);
  return {
    object: `${declared.namespace}/${declared.name}`,
    region: spec.aws.region,
    offline: true,
    plan,
    cost: costOf(declared, { spec, graph }),
  };
}

async function reportOnline(declared: Declared, sources: Sources): Promise<Report> {
  const aws = await sources.aws(declared.spec);
  const { plan, spec, graph } = await online(declared, aws, sources.cluster);
  return {
    object: `${declared.namespace}/${declared.name}`,
    region: aws.region,
    account: aws.account,
    offline: false,
    plan,
    cost: costOf(declared, { spec, graph }),
  };
}

function costOf(
  { spec: { budget } }: Declared,
  { graph, spec }: Pick<ReturnType<typeof offline>, "graph" | "spec">,
): Cost {
  return { ...estimate(graph, spec), budgetUSD: budget?.monthlyUSD };
}

/** References that are not known yet stand as {"$ref": …}, templates as {"$template": …}; sensitive values as a word. */
function forMachines({ plan, ...rest }: Report): object {
  return { ...rest, summary: summaryOf(plan), exitCode: exitCodeOf(plan), steps: plan.steps };
}

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
