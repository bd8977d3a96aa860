import type { Call } from "../../operation.ts";
import { text, uuid } from "../common/random.ts";
import { makeSecret, purge } from "../secretsmanager/rows.ts";
import * as rows from "./rows.ts";

const PASSWORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&()*+,-.:;<=>?[]^_{|}~";

/**
 * RDS User Guide, "Password management with Amazon RDS and AWS Secrets Manager": a secret rds!db-… of username and
 * password that RDS owns, made some time after the request and deleted with the database.
 */
export function manageSecret(call: Call, id: string, kmsKeyId: string | undefined): void {
  const name = `rds!db-${uuid(call.world)}`;
  const row = rows.existingInstance(call, id);
  const secret = makeSecret(call, {
    name,
    versionId: uuid(call.world),
    value: JSON.stringify({ username: row.username, password: text(call.world, 28, PASSWORD) }),
    description: `Secret associated with primary RDS DB instance: ${row.arn}`,
    kmsKeyId,
    owningService: "rds",
    tags: { "aws:secretsmanager:owningService": "rds", "aws:rds:primaryDBInstanceArn": row.arn },
  });
  rows.dbInstances(call).change(id, (db) => {
    db.secretArn = secret.arn;
    db.secretName = name;
    db.secretStatus = "creating";
  });
  call.world.clock.after(call.world.duration("rds.secret.create"), () => {
    if (rows.dbInstances(call).get(id)?.secretArn !== secret.arn) return;
    rows.dbInstances(call).change(id, (db) => {
      db.secretStatus = "active";
    });
  });
}

export function dropSecret(call: Call, id: string): void {
  const name = rows.dbInstances(call).get(id)?.secretName;
  if (name === undefined) return;
  purge(call, name);
  rows.dbInstances(call).change(id, (db) => {
    db.secretArn = undefined;
    db.secretName = undefined;
    db.secretStatus = undefined;
  });
}
