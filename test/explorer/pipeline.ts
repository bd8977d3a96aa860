import { DescribeRepositoriesCommand, ECRClient } from "@aws-sdk/client-ecr";
import type { Clock } from "../../src/clock.ts";
import type { AccountConfig } from "../support/account.ts";
import { pushImage } from "../support/images.ts";

export interface BuildPipeline {
  stop(): void;
}

const TAGS = ["latest", "one", "two"];
const EVERY_MS = 5_000;

/** The builds of all agents: as soon as there is a repository, and whenever there is a new one, it has its images. */
export function startPipeline(config: AccountConfig, clock: Clock): BuildPipeline {
  const stopping = new AbortController();
  const filled = new Set<string>();
  const ecr = new ECRClient(config);
  const fill = async (): Promise<void> => {
    const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
    for (const { repositoryName = "", createdAt } of repositories) {
      const repository = `${repositoryName} of ${createdAt?.toISOString()}`;
      if (filled.has(repository)) continue;
      for (const tag of TAGS) await pushImage(config, repositoryName, tag);
      filled.add(repository);
    }
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await fill().catch(() => undefined);
      await clock.sleep(EVERY_MS, stopping.signal);
    }
  };
  void run();
  return { stop: () => stopping.abort() };
}
