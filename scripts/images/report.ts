import type { BuiltImage } from "./build.ts";
import { compressedBytes } from "./layout.ts";
import { megabytes, type Published } from "./publish.ts";

/** For --json of build. */
export const builtRecord = ({ inputs, index, seconds }: BuiltImage) => ({
  agent: inputs.agent,
  tag: inputs.contentTag,
  revision: inputs.revision,
  digest: index.digest,
  seconds: Math.round(seconds * 10) / 10,
  platforms: index.parts.map((part) => ({
    platform: part.platform,
    digest: part.manifest.digest,
    bytes: compressedBytes(part),
    layout: part.folder,
  })),
});

export type BuiltRecord = ReturnType<typeof builtRecord>;

const sizes = (platforms: readonly { readonly platform: string; readonly bytes: number }[]): string =>
  platforms.map(({ platform, bytes }) => `${platform} ${megabytes(bytes)}`).join(", ");

/** One line an image, and one for each layout that another program can take. */
export function builtText({ agent, tag, digest, seconds, platforms }: BuiltRecord): string {
  const layouts = platforms.map(({ platform, layout }) => `  ${platform}: oci:${layout}`);
  return [`${agent} ${tag} ${digest} (${sizes(platforms)}; built in ${seconds} s)`, ...layouts].join("\n");
}

/** One line an image. */
export function publishedText({ agent, image, tags, built, pushedBytes, platforms, seconds }: Published): string {
  const done = pushedBytes === 0 ? "unchanged" : `${built ? "built, " : ""}pushed ${megabytes(pushedBytes)}`;
  return `${agent} ${image} ${tags.join(" ")} (${sizes(platforms)}; ${done} in ${seconds.toFixed(1)} s)`;
}
