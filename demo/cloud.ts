import { AuthorizeSecurityGroupIngressCommand, DescribeSecurityGroupsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DescribeRepositoriesCommand, ECRClient, PutImageCommand } from "@aws-sdk/client-ecr";
import { DeleteServiceCommand, ECSClient } from "@aws-sdk/client-ecs";
import { resourcesIn } from "../test/support/account.ts";
import type { SimulatorProcess } from "../test/support/processes.ts";

/** What a person or a pipeline does in the account beside the operator. */
export class Cloud {
  readonly #simulator: SimulatorProcess;
  readonly #config: ConstructorParameters<typeof EC2Client>[0] & object;

  constructor(simulator: SimulatorProcess, account: string, region: string) {
    this.#simulator = simulator;
    const credentials = { accessKeyId: account, secretAccessKey: "unchecked" };
    this.#config = { region, credentials, endpoint: simulator.url };
  }

  /** Pushes an image to each repository of the platform, as a build pipeline does. Returns how many there are. */
  async pushImages(prefix: string, tag: string): Promise<number> {
    const ecr = new ECRClient(this.#config);
    const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
    const names = repositories.flatMap(({ repositoryName }) =>
      repositoryName?.startsWith(prefix) ? [repositoryName] : [],
    );
    for (const repositoryName of names) await this.pushImage(repositoryName, tag);
    return names.length;
  }

  /** Returns the digest of what it pushed. */
  async pushImage(repositoryName: string, tag: string): Promise<string> {
    const ecr = new ECRClient(this.#config);
    const config = {
      mediaType: "application/vnd.oci.image.config.v1+json",
      size: 2,
      digest: `sha256:${"0".repeat(64)}`,
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config,
      layers: [],
      annotations: { tag },
    };
    const { image } = await ecr.send(
      new PutImageCommand({ repositoryName, imageTag: tag, imageManifest: JSON.stringify(manifest) }),
    );
    return image?.imageId?.imageDigest ?? "";
  }

  /** From now on, tasks of images like `pattern` end as soon as they start. */
  async crashes(pattern: string): Promise<void> {
    await this.#simulator.control("POST", "scripts", { image: pattern, kind: "crashes", exitCode: 1 });
  }

  async deleteService(cluster: string, service: string): Promise<void> {
    await new ECSClient(this.#config).send(new DeleteServiceCommand({ cluster, service, force: true }));
  }

  /** Opens SSH to the world in the security group of that name, as somebody in a hurry does. */
  async openToTheWorld(groupName: string): Promise<string> {
    const ec2 = new EC2Client(this.#config);
    const filter = { Filters: [{ Name: "group-name", Values: [groupName] }] };
    const { SecurityGroups: [group] = [] } = await ec2.send(new DescribeSecurityGroupsCommand(filter));
    const GroupId = group?.GroupId ?? "";
    const rule = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
    return GroupId;
  }

  /** Everything that lives in the account. */
  left(): Promise<readonly string[]> {
    return resourcesIn(this.#config);
  }
}
