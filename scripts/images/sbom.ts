import type { LockedPackage } from "./lockfile.ts";

/**
 * A bill of materials in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/) of what is in the bundle. It carries neither
 * time nor serial number, so that the same bundle has the same bill.
 */
export function sbomOf(agent: LockedPackage, bundled: readonly LockedPackage[]): object {
  const components = [...bundled]
    .sort((a, b) => (purlOf(a) < purlOf(b) ? -1 : 1))
    .filter((one, index, all) => index === 0 || purlOf(one) !== purlOf(all[index - 1] ?? one))
    .map((one) => ({ ...named(one), type: "library", ...licenses(one), ...hashes(one), purl: purlOf(one) }));
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { ...named(agent), type: "application", ...licenses(agent) } },
    components,
    dependencies: [{ ref: purlOf(agent), dependsOn: components.map((one) => one.purl) }],
  };
}

/** Package URL of type npm (https://github.com/package-url/purl-spec): the at sign of a scope is written %40. */
export const purlOf = ({ name, version }: LockedPackage): string =>
  `pkg:npm/${name.replace(/^@/, "%40")}@${encodeURIComponent(version)}`;

function named(one: LockedPackage): object {
  const [, group, name] = /^(?:(@[^/]+)\/)?(.+)$/.exec(one.name) ?? [];
  return { "bom-ref": purlOf(one), ...(group && { group }), name, version: one.version };
}

/** An SPDX expression where the author wrote one, else his words. */
function licenses({ license }: LockedPackage): object {
  if (license === undefined) return {};
  const spdx = /^[\w.+() -]+$/.test(license) && !/^(SEE|UNLICENSED|NONE)\b/i.test(license);
  return { licenses: [spdx ? { expression: license } : { license: { name: license } }] };
}

const algorithms: Readonly<Record<string, string>> = { sha1: "SHA-1", sha256: "SHA-256", sha512: "SHA-512" };

function hashes({ integrity = "" }: LockedPackage): object {
  const found = integrity.split(" ").flatMap((one) => {
    const [, name = "", base64 = ""] = /^(\w+)-(.+)$/.exec(one) ?? [];
    const alg = algorithms[name];
    return alg ? [{ alg, content: Buffer.from(base64, "base64").toString("hex") }] : [];
  });
  return found.length > 0 ? { hashes: found } : {};
}
