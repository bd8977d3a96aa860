import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { KubeConfig } from "@kubernetes/client-node";
import type { Spec } from "../api/spec.ts";
import type { Status } from "../api/status.ts";
import type { Aws } from "../aws/aws.ts";
import { connect } from "../aws/clients.ts";
import { classify, describe } from "../aws/errors.ts";
import { Limits } from "../aws/guard.ts";
import { systemClock } from "../clock.ts";
import { KubeHttp } from "../kube/http.ts";
import { KubeStore } from "../kube/kube-store.ts";
import { UserError } from "./input.ts";
import type { Cluster } from "./online.ts";

export interface SourceOptions {
  /** A kubeconfig; without one $KUBECONFIG or ~/.kube/config, where there is one. */
  readonly kubeconfig?: string | undefined;
  /** False: AWS alone is asked. */
  readonly cluster: boolean;
  /** Instead of AWS's endpoints. */
  readonly endpoint?: string | undefined;
}

/** Where a plan is read from. */
export interface Sources {
  /** @throws UserError when there are no credentials, or they are of another account than the spec names. */
  aws(spec: Spec): Promise<Aws>;
  readonly cluster: Cluster | undefined;
  /** Of the kubeconfig's context. */
  readonly namespace: string;
}

/** The user's own AWS credentials (the SDK's default chain) and cluster (the usual kubeconfig). */
export function sourcesOf(options: SourceOptions, env: NodeJS.ProcessEnv): Sources {
  const config = options.cluster ? kubeConfig(options.kubeconfig, env) : undefined;
  return {
    aws: (spec) => awsOf(spec, options.endpoint ?? env.AWS_ENDPOINT_URL),
    cluster: config && new KubeStore<Spec, Status>(new KubeHttp(config), () => {}),
    namespace: config?.getContextObject(config.getCurrentContext())?.namespace ?? "default",
  };
}

function kubeConfig(file: string | undefined, env: NodeJS.ProcessEnv): KubeConfig | undefined {
  const usual = (env.KUBECONFIG ?? join(homedir(), ".kube/config")).split(delimiter).filter(Boolean);
  const found = file === undefined ? usual.find((path) => existsSync(path)) : file;
  if (found === undefined) return undefined;
  const config = new KubeConfig();
  try {
    config.loadFromFile(found);
  } catch (error) {
    throw new UserError(`${found}: ${(error as Error).message}`);
  }
  return config.getCurrentCluster() ? config : undefined;
}

async function awsOf({ aws: { region, account: wanted } }: Spec, endpoint: string | undefined): Promise<Aws> {
  const limits = new Limits({ clock: systemClock });
  const connection = { region, credentials: defaultProvider(), limits, endpoint };
  const account = await identity(connect({ ...connection, account: "unknown" }));
  if (wanted !== undefined && wanted !== account) {
    throw new UserError(`spec.aws.account: ${wanted} is not the account of your credentials, which is ${account}`);
  }
  return connect({ ...connection, account });
}

async function identity(aws: Aws): Promise<string> {
  try {
    const { Account } = await aws.sts.send(new GetCallerIdentityCommand({}));
    if (Account) return Account;
  } catch (error) {
    if (classify(error) !== "credentials") throw error;
    const hint = "Sign in to AWS (aws sso login, AWS_PROFILE …), or use --offline for a plan without AWS.";
    throw new UserError(`${describe(error).message} ${hint}`);
  }
  throw new UserError("AWS does not say whose the credentials are");
}
