import { GetCallerIdentityCommand, type STSClientConfig } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";
import { type AccessConfig, type AccessEntry, entryFor } from "./access-config.ts";
import type { Aws } from "./aws.ts";
import { connect } from "./clients.ts";
import { asCredentialsInvalid, assumedRole, CredentialsInvalid } from "./credentials.ts";
import { TerminalError } from "./errors.ts";
import type { CallLog, Limits } from "./guard.ts";
import { nearestRegion, regions } from "./regions.ts";

/** What an AgentOrchestrator says of where it wants to live. */
export interface AwsSpec {
  readonly region: string;
  /** A guard only: it never chooses. */
  readonly account?: string | undefined;
}

export interface AwsAccessOptions {
  readonly config: AccessConfig;
  readonly limits: Limits;
  /** The operator's own: environment, web identity, pod identity, instance (the SDK's default chain). */
  readonly credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
  /** Instead of HTTP: a simulator in the same process. */
  readonly requestHandler?: STSClientConfig["requestHandler"];
  readonly log?: CallLog | undefined;
}

/**
 * Hands out AWS by namespace, as the cluster admin's configuration says. Which account and role are used never depends
 * on what stands in a namespaced object: with the operator's rights, its author would reach every account (a confused
 * deputy). All namespaces that use the same account, region and role share one Aws.
 */
export class AwsAccess {
  readonly #options: AwsAccessOptions;
  readonly #known = new Map<string, Promise<Aws>>();

  constructor(options: AwsAccessOptions) {
    this.#options = options;
  }

  /**
   * AWS as the objects of `namespace` may use it; the credentials have been seen to be of the right account.
   * @throws TerminalError NamespaceNotAllowed, WrongAccount, UnknownRegion or RegionNotAllowed.
   * @throws CredentialsInvalid when AWS does not accept the operator's credentials, or the role does not trust it.
   */
  async for(namespace: string, spec: AwsSpec): Promise<Aws> {
    const entry = this.#allowed(namespace, spec);
    const key = [entry.account, spec.region, entry.roleArn, entry.externalId].join(" ");
    let known = this.#known.get(key);
    if (!known) {
      known = this.#connect(namespace, entry, spec.region);
      this.#known.set(key, known);
      // A failure is not kept: the next object, or the same one later, tries again.
      known.catch(() => this.#known.delete(key));
    }
    return known;
  }

  #allowed(namespace: string, { account, region }: AwsSpec): AccessEntry {
    const entry = entryFor(this.#options.config, namespace);
    if (!entry) {
      throw new TerminalError(
        "NamespaceNotAllowed",
        `metadata.namespace: ${namespace} may not use AWS: no entry of the operator's access configuration covers it. Ask the cluster admin for one, or use another namespace.`,
      );
    }
    if (account !== undefined && account !== entry.account) {
      throw new TerminalError(
        "WrongAccount",
        `spec.aws.account: ${account} is not the account of namespace ${namespace}, which is ${entry.account}. Correct it, or use a namespace of that account.`,
      );
    }
    if (entry.regions.includes(region)) return entry;
    if (!regions.has(region)) {
      const meant = nearestRegion(region);
      throw new TerminalError(
        "UnknownRegion",
        `spec.aws.region: ${region} is not a region of AWS.${meant ? ` Did you mean ${meant}?` : " Correct it."}`,
      );
    }
    if (!entry.regions.includes("*")) {
      throw new TerminalError(
        "RegionNotAllowed",
        `spec.aws.region: ${region} is not allowed in namespace ${namespace}. Use one of ${entry.regions.join(", ")}, or ask the cluster admin.`,
      );
    }
    return entry;
  }

  async #connect(namespace: string, entry: AccessEntry, region: string): Promise<Aws> {
    const { config, limits, credentials, requestHandler, log } = this.#options;
    const shared = { region, limits, endpoint: config.endpoint, requestHandler, log };
    const own = connect({ ...shared, account: "operator", credentials });
    const aws = connect({
      ...shared,
      account: entry.account,
      credentials: entry.roleArn
        ? assumedRole(
            own.sts,
            {
              roleArn: entry.roleArn,
              externalId: entry.externalId,
              sessionName: `agentorchestrator-${namespace}`.slice(0, 64),
            },
            limits.clock,
          )
        : credentials,
    });
    const account = await identity(aws);
    if (account !== entry.account) {
      throw new CredentialsInvalid(
        `the operator's credentials for namespace ${namespace} are of account ${account}, and its access configuration says ${entry.account}`,
      );
    }
    return aws;
  }
}

async function identity(aws: Aws): Promise<string | undefined> {
  try {
    return (await aws.sts.send(new GetCallerIdentityCommand({}))).Account;
  } catch (error) {
    throw asCredentialsInvalid(error, `the operator has no valid credentials for account ${aws.account}`);
  }
}
