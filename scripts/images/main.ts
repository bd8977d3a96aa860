/** `npm run images -- …`: builds the agents' images and publishes them. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError, Option } from "commander";
import { defaultStore } from "../buildah.ts";
import { CommandError } from "../run.ts";
import { chosenAgents } from "./agents.ts";
import { Builder } from "./build.ts";
import { type DestinationOptions, findDestination } from "./destination.ts";
import { ImagesError } from "./errors.ts";
import { writeComponent } from "./kustomize.ts";
import type { Platform } from "./layout.ts";
import { type Published, publish, repositoryOf } from "./publish.ts";
import { builtRecord, builtText, publishedText } from "./report.ts";

interface BuildFlags {
  readonly agents?: string;
  readonly platforms: readonly Platform[];
  readonly engine?: string;
  readonly standIns: boolean;
  readonly cache: boolean;
  readonly store: string;
  readonly json?: string;
}
type PublishFlags = BuildFlags & DestinationOptions & { readonly tag?: string; readonly kustomize?: string };

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Progress: what is told at the end goes to standard output alone. */
const log = (line: string): void => console.error(line);

function platforms(text: string): readonly Platform[] {
  const named = [...new Set(text.split(",").map((one) => one.trim()))].sort();
  const known = (one: string): one is Platform => one === "linux/amd64" || one === "linux/arm64";
  if (named.every(known)) return named;
  throw new InvalidArgumentError("linux/amd64 and linux/arm64 are built");
}

function tag(text: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(text)) return text;
  throw new InvalidArgumentError("up to 128 letters, digits, dots, hyphens and underscores");
}

const building = (command: Command): Command =>
  command
    .option("--agents <names>", "some of the agents, with commas between (default: all)")
    .option("--platforms <list>", "what the images run on", platforms, ["linux/amd64", "linux/arm64"])
    .addOption(
      new Option("--engine <name>", "what builds (default: docker where it answers)").choices(["docker", "buildah"]),
    )
    .option("--stand-ins", "build on stand-ins of the base images, to try out where no registry is reachable", false)
    .option("--no-cache", "repeat every step of the build")
    .option("--store <folder>", "where buildah keeps images", defaultStore())
    .option("--json <file>", "write what was done as JSON; - is standard output");

const reaching = (command: Command): Command =>
  command
    .requiredOption("--project <name>", "spec.project of the AgentOrchestrator")
    .requiredOption("--environment <name>", "spec.environment of the AgentOrchestrator")
    .option("--region <name>", "spec.aws.region (default: $AWS_REGION)")
    .option("--account <id>", "refuse to go on with credentials of another account")
    .option("--registry <host>", "a registry instead of Amazon ECR; credentials are those of docker login")
    .addOption(
      new Option(
        "--ecr-endpoint <url>",
        "with --registry: an ECR that shall know of the images too, as an emulator's",
      ).env("AWS_ENDPOINT_URL"),
    );

const program = new Command("images")
  .description("Builds the agents' images and publishes them to the repositories that the operator made")
  .addHelpText("after", "\nExit code: 0 done, 1 an error, told as `code: message`. docs/publishing.md says more.");

building(program.command("build").description("build, and push nothing")).action(async (flags: BuildFlags) => {
  const builder = await builderOf(flags);
  const records = [];
  for (const agent of chosenAgents(root, flags.agents)) {
    const record = builtRecord(await builder.build(await builder.inputs(agent)));
    records.push(record);
    tell(flags, builtText(record));
  }
  writeJson(flags, { images: records });
});

reaching(building(program.command("publish").description("build what changed, push it, tag it, and print its digest")))
  .option(
    "--tag <tag>",
    "another tag besides the one that names the content; it must be new, or stand for this image",
    tag,
  )
  .option("--kustomize <folder>", "write the digests as a kustomize component there")
  .action(async (flags: PublishFlags) => {
    if (flags.standIns && !flags.registry)
      throw new ImagesError(
        "StandInsRefused",
        "images on --stand-ins are for trying out: with --registry, not into Amazon ECR",
      );
    const agents = chosenAgents(root, flags.agents);
    const to = await findDestination(flags, agents, log);
    const published: Published[] = [];
    try {
      const builder = await builderOf(flags);
      for (const agent of agents) {
        const one = await publish(to, builder, agent, flags.tag);
        published.push(one);
        tell(flags, publishedText(one));
      }
    } finally {
      await to.close();
      // Also after a failure: what was pushed before it is there.
      writeJson(flags, { images: published });
    }
    if (flags.kustomize)
      writeComponent(
        flags.kustomize,
        published.map((one) => pinOf(one, to.registry.host, flags)),
      );
  });

reaching(
  building(program.command("list").description("print what the registry has of the agents as they are now")),
).action(async (flags: PublishFlags) => {
  const agents = chosenAgents(root, flags.agents);
  const to = await findDestination(flags, agents, log);
  const rows = [];
  try {
    const builder = await builderOf(flags);
    for (const agent of agents) {
      const repository = repositoryOf(flags.project, flags.environment, agent);
      const { contentTag } = await builder.inputs(agent);
      const digest = (await to.registry.manifest(repository, contentTag))?.digest;
      const row = { agent, repository, tag: contentTag, digest, tags: await to.registry.tags(repository) };
      rows.push(row);
      const state = digest ?? "not published";
      tell(
        flags,
        `${agent} ${to.registry.host}/${repository}:${contentTag} ${state}; tags: ${row.tags.join(" ") || "none"}`,
      );
    }
  } finally {
    await to.close();
  }
  writeJson(flags, { images: rows });
});

function builderOf(flags: BuildFlags): Promise<Builder> {
  const { platforms, engine, standIns, cache, store } = flags;
  return Builder.create({ root, store, platforms, engine, standIns, noCache: !cache, log });
}

/** In an ECR that the operator made the repositories in, it knows where an agent's image is. */
function pinOf({ agent, digest, repository }: Published, host: string, { registry, ecrEndpoint }: PublishFlags) {
  const elsewhere = registry !== undefined && ecrEndpoint === undefined;
  return { agent, digest, repository: elsewhere ? `${host}/${repository}` : undefined };
}

function tell({ json }: BuildFlags, text: string): void {
  if (json === "-") log(text);
  else console.log(text);
}

function writeJson({ json }: BuildFlags, value: unknown): void {
  const text = `${JSON.stringify(value, undefined, 2)}\n`;
  if (json === "-") process.stdout.write(text);
  else if (json) writeFileSync(json, text);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof ImagesError) console.error(`${error.code}: ${error.message}`);
  else if (error instanceof CommandError) console.error(`BuildFailed: ${error.message}`);
  else console.error(error);
  process.exitCode = 1;
}
