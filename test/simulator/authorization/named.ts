import type { Call } from "../operation.ts";
import { arn, globalArn } from "../services/common/arn.ts";
import type { TagMap } from "../services/common/tags.ts";
import { repositories } from "../services/ecr/rows.ts";
import * as ecsRows from "../services/ecs/rows.ts";
import { accessPoints, fileSystems, mountTargets } from "../services/efs/rows.ts";
import * as cacheRows from "../services/elasticache/rows.ts";
import { listeners, loadBalancers, rules, targetGroups } from "../services/elbv2/rows.ts";
import { roles } from "../services/iam/rows.ts";
import { logGroups } from "../services/logs/groups.ts";
import * as rdsRows from "../services/rds/rows.ts";
import { matches, secrets } from "../services/secretsmanager/rows.ts";
import { namespaces, services } from "../services/servicediscovery/rows.ts";
import { type Input, text, texts } from "./resource.ts";

/** A resource that a request names: its ARN, and its tags when it exists. */
export interface Named {
  readonly arn: string;
  readonly tags: TagMap | undefined;
}

type Find = (call: Call, action: string, input: Input) => readonly Named[];

const is = (arn: string, tags: TagMap | undefined): Named => ({ arn, tags });

const ecs: Find = (call, action, input) => {
  const cluster = ecsRows.nameIn(text(input, "cluster") ?? text(input, "clusterName") ?? "default");
  const clusterArn = arn(call, "ecs", `cluster/${cluster}`);
  if (action === "RegisterTaskDefinition")
    return [is(arn(call, "ecs", `task-definition/${text(input, "family")}:*`), undefined)];
  if (action === "DeregisterTaskDefinition" || action === "DescribeTaskDefinition") return [];
  if (action === "DeleteTaskDefinitions") {
    return texts(input.taskDefinitions).map((name) => is(name, ecsRows.taskDefinitionOf(call, name)?.tags));
  }
  if (input.resourceArn !== undefined) {
    const given = text(input, "resourceArn") ?? "";
    const tags =
      ecsRows.services(call).get(given)?.tags ??
      ecsRows.taskDefinitions(call).get(given)?.tags ??
      ecsRows.tasks(call).get(given)?.tags ??
      ecsRows.clusters(call).get(ecsRows.nameIn(given))?.tags;
    return [is(given, tags)];
  }
  const service = text(input, "service") ?? text(input, "serviceName");
  if (service !== undefined && !action.startsWith("ListTasks")) {
    const serviceArn = arn(call, "ecs", `service/${cluster}/${ecsRows.nameIn(service)}`);
    return [is(serviceArn, ecsRows.services(call).get(serviceArn)?.tags)];
  }
  return /Cluster/.test(action) && !/^(List|Describe)/.test(action)
    ? [is(clusterArn, ecsRows.clusters(call).get(cluster)?.tags)]
    : [];
};

const rds: Find = (call, _action, input) => {
  const of = (type: "db" | "subgrp" | "pg" | "snapshot", member: string, tags: (id: string) => TagMap | undefined) => {
    const given = text(input, member);
    if (given === undefined) return [];
    const id = given.toLowerCase();
    return [is(rdsRows.rdsArn(call, type, id), tags(id))];
  };
  const resource = text(input, "ResourceName");
  if (resource !== undefined) {
    const id = resource.split(":").at(-1) ?? "";
    const tables = [rdsRows.dbInstances, rdsRows.subnetGroups, rdsRows.parameterGroups, rdsRows.snapshots];
    const row = tables.map((table) => table(call).get(id)).find((one) => one?.arn === resource);
    return [is(resource, row?.tags)];
  }
  return [
    ...of("db", "DBInstanceIdentifier", (id) => rdsRows.dbInstances(call).get(id)?.tags),
    ...of("subgrp", "DBSubnetGroupName", (id) => rdsRows.subnetGroups(call).get(id)?.tags),
    ...of("pg", "DBParameterGroupName", (id) => rdsRows.parameterGroups(call).get(id)?.tags),
    ...of("snapshot", "DBSnapshotIdentifier", (id) => rdsRows.snapshots(call).get(id)?.tags),
  ];
};

/** A group's own snapshots and its parameter group are asked for as well: Service Authorization Reference, "ElastiCache". */
const elastiCache: Find = (call, action, input) => {
  const of = (type: cacheRows.ArnType, member: string, tags: (id: string) => TagMap | undefined) => {
    const given = text(input, member)?.toLowerCase();
    return given === undefined ? [] : [is(cacheRows.cacheArn(call, type, given), tags(given))];
  };
  const resource = text(input, "ResourceName");
  if (resource !== undefined) {
    const id = resource.split(":").at(-1) ?? "";
    const tables = [cacheRows.groups, cacheRows.subnetGroups, cacheRows.parameterGroups, cacheRows.snapshots];
    const row = tables.map((table) => table(call).get(id)).find((one) => one?.arn === resource);
    return [is(resource, row?.tags)];
  }
  if (action.startsWith("Describe")) return [];
  return [
    ...of("replicationgroup", "ReplicationGroupId", (id) => cacheRows.groups(call).get(id)?.tags),
    ...of("subnetgroup", "CacheSubnetGroupName", (id) => cacheRows.subnetGroups(call).get(id)?.tags),
    ...of("parametergroup", "CacheParameterGroupName", (id) =>
      // AWS's own groups are always there, and have no tags.
      id.startsWith("default.") ? {} : cacheRows.parameterGroups(call).get(id)?.tags,
    ),
    ...of("snapshot", "SnapshotName", (id) => cacheRows.snapshots(call).get(id)?.tags),
  ];
};

const iam: Find = (call, action, input) => {
  if (action === "CreateServiceLinkedRole") {
    return [is(globalArn(call, "iam", `role/aws-service-role/${text(input, "AWSServiceName")}/*`), undefined)];
  }
  const name = text(input, "RoleName");
  if (name === undefined) return texts(input.PolicyArn).map((policyArn) => is(policyArn, undefined));
  const row = roles(call).get(name);
  return [is(row?.arn ?? globalArn(call, "iam", `role${text(input, "Path") ?? "/"}${name}`), row?.tags)];
};

const ecr: Find = (call, _action, input) => {
  const name = text(input, "repositoryName") ?? text(input, "resourceArn")?.split("repository/")[1];
  return name === undefined ? [] : [is(arn(call, "ecr", `repository/${name}`), repositories(call).get(name)?.tags)];
};

const cloudMap: Find = (call, action, input) => {
  if (action === "TagResource" || action === "CreatePrivateDnsNamespace") return [];
  const ids = [text(input, "Id"), text(input, "NamespaceId"), text(input, "ServiceId")].flatMap((id) => id ?? []);
  const named = ids.map((given) => {
    const id = given.split("/").at(-1) ?? "";
    const row = namespaces(call).get(id) ?? services(call).get(id);
    return is(arn(call, "servicediscovery", `${id.startsWith("srv-") ? "service" : "namespace"}/${id}`), row?.tags);
  });
  return action === "CreateService" ? [...named, is(arn(call, "servicediscovery", "service/*"), undefined)] : named;
};

const logs: Find = (call, _action, input) => {
  const name = text(input, "logGroupName") ?? text(input, "resourceArn")?.split(":log-group:")[1];
  return name === undefined ? [] : [is(arn(call, "logs", `log-group:${name}`), logGroups(call).get(name)?.tags)];
};

const secretsManager: Find = (call, _action, input) => {
  const given = text(input, "SecretId");
  if (given === undefined) {
    return texts(input.Name).map((name) => is(arn(call, "secretsmanager", `secret:${name}-??????`), undefined));
  }
  const row = secrets(call)
    .all()
    .find((secret) => matches(secret, given));
  return [is(row?.arn ?? given, row?.tags)];
};

const elb: Find = (call, action, input) => {
  if (action === "CreateLoadBalancer") {
    return [is(arn(call, "elasticloadbalancing", `loadbalancer/app/${text(input, "Name")}/*`), undefined)];
  }
  if (action === "CreateTargetGroup") {
    return [is(arn(call, "elasticloadbalancing", `targetgroup/${text(input, "Name")}/*`), undefined)];
  }
  const given = ["LoadBalancerArn", "TargetGroupArn", "ListenerArn", "RuleArn", "ResourceArns"].flatMap((member) =>
    texts(input[member]),
  );
  return given.map((one) => {
    const tables = [loadBalancers, targetGroups, listeners, rules];
    return is(one, tables.map((table) => table(call).get(one)).find((row) => row !== undefined)?.tags);
  });
};

const efs: Find = (call, _action, input) => {
  const point = accessPoints(call).get(text(input, "AccessPointId") ?? text(input, "ResourceId") ?? "");
  if (point) return [is(arn(call, "elasticfilesystem", `access-point/${point.id}`), point.tags)];
  const target = mountTargets(call).get(text(input, "MountTargetId") ?? "");
  const id = target?.fileSystemId ?? text(input, "FileSystemId") ?? text(input, "ResourceId");
  return id === undefined
    ? []
    : [is(arn(call, "elasticfilesystem", `file-system/${id}`), fileSystems(call).get(id)?.tags)];
};

/** S3 objects are in the bucket's ARN; other actions are the bucket's (Service Authorization Reference, "Amazon S3"). */
const s3: Find = (call, action, input) => {
  const bucket = text(input, "Bucket");
  if (bucket === undefined) return [];
  const own = `arn:${globalArn(call, "s3", "").split(":")[1]}:s3:::${bucket}`;
  const object = text(input, "Key");
  if (action === "DeleteObjects") return [is(`${own}/*`, undefined)];
  return [is(object === undefined ? own : `${own}/${object}`, undefined)];
};

/** By signing name. */
export const finders: Readonly<Record<string, Find>> = {
  ecr,
  ecs,
  elasticache: elastiCache,
  elasticfilesystem: efs,
  elasticloadbalancing: elb,
  iam,
  logs,
  rds,
  s3,
  secretsmanager: secretsManager,
  servicediscovery: cloudMap,
};
