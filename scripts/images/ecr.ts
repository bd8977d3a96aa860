import {
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ImageAlreadyExistsException,
  ImageDigestDoesNotMatchException,
  ImageTagAlreadyExistsException,
  PutImageCommand,
  RepositoryNotFoundException,
} from "@aws-sdk/client-ecr";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { ImagesError } from "./errors.ts";
import { type ImageIndex, INDEX_TYPE } from "./layout.ts";
import type { Credentials } from "./registry.ts";

/** The API of Amazon ECR in one account and region. */
export class Ecr {
  readonly #ecr: ECRClient;
  readonly #sts: STSClient;
  readonly #region: string;

  /** @param endpoint instead of AWS's own: an emulator's */
  constructor(region: string, endpoint?: string) {
    const config = { region, ...(endpoint && { endpoint }) };
    this.#ecr = new ECRClient(config);
    this.#sts = new STSClient(config);
    this.#region = region;
  }

  /**
   * Makes sure that the credentials are of the account that is meant.
   * @throws ImagesError WrongAccount, NoCredentials
   */
  async expectAccount(account: string): Promise<void> {
    const { Account } = await this.#told(this.#sts.send(new GetCallerIdentityCommand({})), "sts:GetCallerIdentity");
    if (Account === account) return;
    throw new ImagesError("WrongAccount", `the credentials are of account ${Account}, --account says ${account}`);
  }

  /**
   * The registry that holds the repository.
   * @returns host name, as 123456789012.dkr.ecr.us-east-1.amazonaws.com
   * @throws ImagesError RepositoryMissing
   */
  async registryOf(repository: string): Promise<string> {
    const asked = this.#ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [repository] }));
    const { repositories = [] } = await this.#told(asked, "ecr:DescribeRepositories", repository);
    const [host] = (repositories[0]?.repositoryUri ?? "").split("/");
    if (!host) throw new ImagesError("RepositoryMissing", `ECR tells no address of ${repository}`);
    return host;
  }

  /** Credentials for the registry, good for 12 hours (ECR API reference, GetAuthorizationToken). */
  async credentials(): Promise<Credentials> {
    const asked = this.#ecr.send(new GetAuthorizationTokenCommand({}));
    const { authorizationData = [] } = await this.#told(asked, "ecr:GetAuthorizationToken");
    const token = Buffer.from(authorizationData[0]?.authorizationToken ?? "", "base64").toString();
    const colon = token.indexOf(":");
    if (colon < 1) throw new ImagesError("NoCredentials", "ECR handed out no authorization token");
    return { username: token.slice(0, colon), password: token.slice(colon + 1) };
  }

  /** Tells ECR of an image that was pushed elsewhere. An emulator's ECR is no registry, yet resolves tags to digests. */
  async putImage(repository: string, tag: string, { bytes, digest }: Pick<ImageIndex, "bytes" | "digest">) {
    const put = new PutImageCommand({
      repositoryName: repository,
      imageTag: tag,
      imageManifest: bytes.toString(),
      imageManifestMediaType: INDEX_TYPE,
      imageDigest: digest,
    });
    const sent = this.#ecr.send(put).catch((error: unknown) => {
      if (!(error instanceof ImageAlreadyExistsException)) throw error;
    });
    await this.#told(sent, "ecr:PutImage", repository);
  }

  close(): void {
    this.#ecr.destroy();
    this.#sts.destroy();
  }

  async #told<T>(answer: Promise<T>, action: string, repository?: string): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw this.#failure(error as Error, action, repository);
    }
  }

  #failure(error: Error, action: string, repository: string | undefined): Error {
    const cause = { cause: error };
    if (error instanceof RepositoryNotFoundException) {
      const text = `the repository ${repository} is not in ${this.#region}: apply the AgentOrchestrator first, which makes it, or check --project, --environment, --region`;
      return new ImagesError("RepositoryMissing", text, cause);
    }
    if (error instanceof ImageTagAlreadyExistsException || error instanceof ImageDigestDoesNotMatchException)
      return new ImagesError("TagTaken", `${repository}: ${error.message}`, cause);
    if (/CredentialsProviderError|ExpiredToken|InvalidClientTokenId|UnrecognizedClient/.test(error.name)) {
      const text = `AWS takes no credentials of this machine for ${action} (${error.message}): set AWS_PROFILE, or aws sso login`;
      return new ImagesError("NoCredentials", text, cause);
    }
    if (/AccessDenied/.test(error.name))
      return new ImagesError("AccessDenied", `these credentials may not ${action}: ${error.message}`, cause);
    return new ImagesError("AwsError", `${action}: ${error.name}: ${error.message}`, cause);
  }
}
