import { keptCredentials } from "./credentials.ts";
import { Ecr } from "./ecr.ts";
import { ImagesError } from "./errors.ts";
import { type Destination, repositoryOf } from "./publish.ts";
import { Registry } from "./registry.ts";

export interface DestinationOptions {
  readonly project: string;
  readonly environment: string;
  readonly region?: string | undefined;
  readonly account?: string | undefined;
  /** Host of a registry that is not ECR. */
  readonly registry?: string | undefined;
  readonly ecrEndpoint?: string | undefined;
}

/**
 * Looks for the registry before anything is built: every repository must be there, and the credentials must be those of
 * the account that is meant.
 *
 * @throws ImagesError NoRegion, NoCredentials, WrongAccount, RepositoryMissing, AccessDenied
 */
export async function findDestination(
  options: DestinationOptions,
  agents: readonly string[],
  log: (line: string) => void,
): Promise<Destination & { close(): Promise<void> }> {
  const { project, environment, account, registry: host, ecrEndpoint } = options;
  const ecr = host === undefined || ecrEndpoint !== undefined ? new Ecr(regionOf(options), ecrEndpoint) : undefined;
  if (account && !ecr)
    throw new ImagesError("WrongAccount", "--account is checked with AWS, which --registry leaves out");
  if (account) await ecr?.expectAccount(account);
  const repositories = agents.map((agent) => repositoryOf(project, environment, agent));
  const hosts: string[] = [];
  for (const repository of ecr ? repositories : []) hosts.push((await ecr?.registryOf(repository)) ?? "");
  const to = host ?? hosts[0] ?? "";
  const credentials = host === undefined ? await ecr?.credentials() : keptCredentials(host);
  const registry = new Registry(to, credentials);
  return {
    project,
    environment,
    registry,
    mirror: host === undefined ? undefined : ecr,
    log,
    async close() {
      await registry.close();
      ecr?.close();
    },
  };
}

function regionOf({ region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION }: DestinationOptions): string {
  if (region) return region;
  throw new ImagesError("NoRegion", "name the region of the AgentOrchestrator with --region, or set AWS_REGION");
}
