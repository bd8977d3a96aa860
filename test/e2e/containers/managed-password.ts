import { randomBytes } from "node:crypto";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { AccountConfig } from "../../support/account.ts";
import type { Fill } from "../../support/gateway.ts";

/**
 * ManageMasterUserPassword of a database, which MiniStack takes and then does not manage: the instance gets a password of
 * its own, kept in a secret that DescribeDBInstances shows as MasterUserSecret
 * (docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html).
 */
export function managedPassword(account: AccountConfig): Fill {
  const arns = new Map<string, string>();
  const password = randomBytes(18).toString("hex");
  const secretOf = async (asked: URLSearchParams, name: string): Promise<string> => {
    const secrets = new SecretsManagerClient(account);
    try {
      const SecretString = JSON.stringify({ username: asked.get("MasterUsername"), password });
      const Name = `rds!db-${name}`;
      const { ARN = "" } = await secrets.send(new CreateSecretCommand({ Name, SecretString }));
      return ARN;
    } finally {
      secrets.destroy();
    }
  };
  return {
    action: /^(Create|Describe)DBInstances?$/,
    ask: ({ action, body }) =>
      action === "CreateDBInstance"
        ? body.replace("ManageMasterUserPassword=true", `MasterUserPassword=${password}`)
        : body,
    answer: async (body, asked) => {
      const form = new URLSearchParams(asked.body);
      const created = asked.action === "CreateDBInstance" ? form.get("DBInstanceIdentifier") : undefined;
      if (created && body.includes("<DBInstanceIdentifier>") && !arns.has(created))
        arns.set(created, await secretOf(form, created));
      return body.replace(/<DBInstanceIdentifier>([^<]+)<\/DBInstanceIdentifier>/g, (identifier, name) => {
        const arn = arns.get(name);
        const shown = `<SecretArn>${arn}</SecretArn><SecretStatus>active</SecretStatus>`;
        return arn ? `${identifier}<MasterUserSecret>${shown}</MasterUserSecret>` : identifier;
      });
    },
  };
}
