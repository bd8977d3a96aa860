import { repository } from "./ecr/repository.ts";
import { cluster } from "./ecs/cluster.ts";
import { service } from "./ecs/service.ts";
import { taskDefinition } from "./ecs/task-definition.ts";
import { role } from "./iam/role.ts";
import type { AnyKind, ResourceType } from "./kind.ts";
import { logGroup } from "./logs/log-group.ts";
import { dbInstance } from "./rds/db-instance.ts";
import { dbParameterGroup } from "./rds/db-parameter-group.ts";
import { dbSubnetGroup } from "./rds/db-subnet-group.ts";
import { secret } from "./secretsmanager/secret.ts";
import { namespace } from "./servicediscovery/namespace.ts";
import { discoveryService } from "./servicediscovery/service.ts";

/** Every kind, by its CloudFormation type. A new kind is one file and one line here; the conformance suite runs over it. */
export const kinds = {
  "AWS::IAM::Role": role,
  "AWS::ECR::Repository": repository,
  "AWS::ServiceDiscovery::PrivateDnsNamespace": namespace,
  "AWS::ServiceDiscovery::Service": discoveryService,
  "AWS::Logs::LogGroup": logGroup,
  "AWS::SecretsManager::Secret": secret,
  "AWS::RDS::DBSubnetGroup": dbSubnetGroup,
  "AWS::RDS::DBParameterGroup": dbParameterGroup,
  "AWS::RDS::DBInstance": dbInstance,
  "AWS::ECS::Cluster": cluster,
  "AWS::ECS::TaskDefinition": taskDefinition,
  "AWS::ECS::Service": service,
} as const satisfies Readonly<Record<ResourceType, AnyKind>>;

export type Kinds = typeof kinds;
export type KindName = keyof Kinds & ResourceType;

/** @throws when the type is not in the registry: an inventory that a newer version of the operator wrote. */
export function kindOf(type: string): AnyKind {
  const kind = (kinds as Readonly<Record<string, AnyKind>>)[type];
  if (!kind) throw new Error(`${type} is not a kind of this operator version; run the version that created it`);
  return kind;
}
