import { text, type Wired } from "./ref.ts";
import type { Scope } from "./scope.ts";

/** Images of an agent beyond these are expired, oldest first. */
const keptImages = 10;

/**
 * A repository for each agent whose image the spec does not say to be elsewhere.
 *
 * @returns the image that each agent runs: by digest, so that a moved tag is another image
 */
export function addRegistry(scope: Scope): ReadonlyMap<string, Wired<string>> {
  const images = new Map<string, Wired<string>>();
  for (const { name, image } of scope.spec.agents) {
    const digest = image.digest ?? scope.facts.images?.get(name);
    const version = digest ? `@${digest}` : `:${image.tag}`;
    if (image.repository) {
      images.set(name, `${image.repository}${version}`);
      continue;
    }
    const { repositoryUri } = scope.add(
      "AWS::ECR::Repository",
      `agent/${name}/repository`,
      { scanOnPush: true, immutableTags: false, encryption: "AES256", keepImages: keptImages },
      { name: scope.names.part(name), fact: "RegistryReady", agent: name },
    );
    images.set(name, text`${repositoryUri}${version}`);
  }
  return images;
}
