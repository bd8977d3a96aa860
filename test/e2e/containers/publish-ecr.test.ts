import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Published } from "../../../scripts/images/publish.ts";
import { validate } from "../../../src/api/validate.ts";
import { startRegistry, type TestRegistry } from "../../support/containers/registry.ts";
import { findOrBuild } from "../../support/control-plane/binaries.ts";
import { type Emulator, startEmulator } from "../../support/emulators/emulator.ts";
import { cleanEnv } from "../../support/processes.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const account = "111122223333";
const secret = "canary-secret-key-51c9";
const repository = "multi-agent-orchestrator-dev-langgraph";

describe.skipIf(!process.env.AGENTORCH_CONTAINERS)("publishing to repositories that the operator made", () => {
  let registry: TestRegistry;
  let emulator: Emulator;
  let ecr: ECRClient;
  let folder: string;
  const credentials = { AWS_ACCESS_KEY_ID: account, AWS_SECRET_ACCESS_KEY: secret };

  /** Ends as the command ends, with all that it printed. */
  function images(args: readonly string[], env: Readonly<Record<string, string>> = credentials) {
    const all = ["scripts/images/main.ts", ...args, "--project", "multi-agent-orchestrator", "--environment", "dev"];
    const options = { cwd: root, env: cleanEnv({ AWS_EC2_METADATA_DISABLED: "true", ...env }) };
    return new Promise<{ status: number; output: string; stdout: string }>((resolve) => {
      const child = execFile(process.execPath, all, options, (_, stdout, stderr) =>
        resolve({ status: child.exitCode ?? 1, output: stdout + stderr, stdout }),
      );
    });
  }
  const publish = (args: readonly string[] = []) => {
    const what = ["--agents", "langgraph", "--platforms", "linux/amd64", "--engine", "buildah", "--stand-ins"];
    const where = ["--registry", registry.host, "--ecr-endpoint", emulator.url, "--region", "us-east-1"];
    return images(["publish", ...what, ...where, ...args]);
  };

  beforeAll(async () => {
    [registry, emulator] = await Promise.all([startRegistry(), startEmulator("ministack")]);
    folder = await mkdtemp(join(tmpdir(), "publish-"));
    const keys = { accessKeyId: account, secretAccessKey: secret };
    ecr = new ECRClient({ region: "us-east-1", endpoint: emulator.url, credentials: keys });
  });
  afterAll(async () => {
    ecr?.destroy();
    await emulator?.stop();
    await registry?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("says that the AgentOrchestrator is to be applied first, before it builds anything", async () => {
    const { status, output } = await publish();
    expect(output).toMatch(
      /^RepositoryMissing: the repository multi-agent-orchestrator-dev-langgraph is not in us-east-1: apply the AgentOrchestrator first/m,
    );
    expect(output).not.toContain("building");
    expect(status).toBe(1);
  });

  it("goes no further with credentials of another account", async () => {
    const { status, output } = await publish(["--account", "999999999999"]);
    expect(output).toMatch(/^WrongAccount: the credentials are of account 111122223333, --account says 999999999999/m);
    expect(status).toBe(1);
  });

  it("takes no image on stand-ins into Amazon ECR", async () => {
    const { status, output } = await images(["publish", "--stand-ins", "--region", "us-east-1"]);
    expect(output).toMatch(/^StandInsRefused: /m);
    expect(status).toBe(1);
  });

  it("says how to give credentials, and which region it lacks", async () => {
    const where = ["publish", "--agents", "langgraph", "--ecr-endpoint", emulator.url];
    const without = await images([...where, "--region", "us-east-1"], {});
    expect(without.output).toMatch(/^NoCredentials: .*ecr:DescribeRepositories.*AWS_PROFILE/m);
    expect((await images(where)).output).toMatch(/^NoRegion: .*--region/m);
  });

  it("lets an ECR that is no registry resolve the tags, and writes the digest for kustomize", async () => {
    await ecr.send(new CreateRepositoryCommand({ repositoryName: repository }));
    const file = join(folder, "images.json");
    const component = join(folder, "images");
    const { status, output } = await publish([
      "--tag",
      "v7",
      "--json",
      file,
      "--kustomize",
      component,
      "--account",
      account,
    ]);
    expect(status, output).toBe(0);
    expect(output).not.toContain(secret);
    const [published]: readonly Published[] = JSON.parse(await readFile(file, "utf8")).images;
    const tags = published?.tags ?? [];
    expect(tags).toEqual([expect.stringMatching(/^src-/), "v7"]);
    for (const imageTag of tags) {
      const asked = new DescribeImagesCommand({ repositoryName: repository, imageIds: [{ imageTag }] });
      const { imageDetails = [] } = await ecr.send(asked);
      expect(imageDetails.map(({ imageDigest }) => imageDigest)).toEqual([published?.digest]);
    }

    await writeFile(join(folder, "dev.yaml"), await readFile(join(root, "examples/dev.yaml")));
    await writeFile(join(folder, "kustomization.yaml"), "resources: [dev.yaml]\ncomponents: [images]\n");
    const kubectl = await findOrBuild("kubectl", console.error);
    const built = await new Promise<string>((resolve, reject) =>
      execFile(kubectl, ["kustomize", folder], (error, stdout) => (error ? reject(error) : resolve(stdout))),
    );
    const objects = parseAllDocuments(built).map((document) => document.toJS());
    expect(objects.map(({ kind }) => kind)).toEqual(["AgentOrchestrator"]);
    const validated = validate(objects[0]);
    const agents = validated.ok ? validated.spec.agents : [];
    expect(agents.map(({ name, image }) => [name, image.digest, image.repository])).toEqual([
      ["aws-agent-core", undefined, undefined],
      ["langgraph", published?.digest, undefined],
      ["snowflake-cortex", undefined, undefined],
    ]);
  });

  it("gives an image that is there another tag without building it, and tells ECR of it", async () => {
    const { output, status } = await publish(["--tag", "v8"]);
    expect(status, output).toBe(0);
    expect(output).toContain("nothing to build");
    const asked = new DescribeImagesCommand({ repositoryName: repository, imageIds: [{ imageTag: "v8" }] });
    expect((await ecr.send(asked)).imageDetails).toHaveLength(1);
  });
});
