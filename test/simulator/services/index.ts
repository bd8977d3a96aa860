import * as logsSdk from "@aws-sdk/client-cloudwatch-logs";
import * as ec2Sdk from "@aws-sdk/client-ec2";
import * as ecrSdk from "@aws-sdk/client-ecr";
import * as ecsSdk from "@aws-sdk/client-ecs";
import * as efsSdk from "@aws-sdk/client-efs";
import * as elbSdk from "@aws-sdk/client-elastic-load-balancing-v2";
import * as elastiCacheSdk from "@aws-sdk/client-elasticache";
import * as iamSdk from "@aws-sdk/client-iam";
import * as rdsSdk from "@aws-sdk/client-rds";
import * as s3Sdk from "@aws-sdk/client-s3";
import * as secretsSdk from "@aws-sdk/client-secrets-manager";
import * as cloudMapSdk from "@aws-sdk/client-servicediscovery";
import * as stsSdk from "@aws-sdk/client-sts";
import { serviceModel } from "../codec/service-model.ts";
import type { Service } from "../service.ts";
import { durations as ec2Durations } from "./ec2/durations.ts";
import { operations as ec2 } from "./ec2/index.ts";
import { quotas as ec2Quotas } from "./ec2/quotas.ts";
import { operations as ecr } from "./ecr/index.ts";
import { quotas as ecrQuotas } from "./ecr/quotas.ts";
import { durations as ecsDurations } from "./ecs/durations.ts";
import { operations as ecs } from "./ecs/index.ts";
import { quotas as ecsQuotas } from "./ecs/quotas.ts";
import { durations as efsDurations } from "./efs/durations.ts";
import { operations as efs } from "./efs/index.ts";
import { quotas as efsQuotas } from "./efs/quotas.ts";
import { durations as elastiCacheDurations } from "./elasticache/durations.ts";
import { operations as elastiCache } from "./elasticache/index.ts";
import { quotas as elastiCacheQuotas } from "./elasticache/quotas.ts";
import { durations as elbDurations } from "./elbv2/durations.ts";
import { operations as elb } from "./elbv2/index.ts";
import { quotas as elbQuotas } from "./elbv2/quotas.ts";
import { operations as iam } from "./iam/index.ts";
import { quotas as iamQuotas } from "./iam/quotas.ts";
import { operations as logs } from "./logs/index.ts";
import { quotas as logsQuotas } from "./logs/quotas.ts";
import { durations as rdsDurations } from "./rds/durations.ts";
import { operations as rds } from "./rds/index.ts";
import { quotas as rdsQuotas } from "./rds/quotas.ts";
import { durations as s3Durations } from "./s3/durations.ts";
import { operations as s3 } from "./s3/index.ts";
import { quotas as s3Quotas } from "./s3/quotas.ts";
import { durations as secretsDurations } from "./secretsmanager/durations.ts";
import { operations as secrets } from "./secretsmanager/index.ts";
import { quotas as secretsQuotas } from "./secretsmanager/quotas.ts";
import { durations as cloudMapDurations } from "./servicediscovery/durations.ts";
import { operations as cloudMap } from "./servicediscovery/index.ts";
import { quotas as cloudMapQuotas } from "./servicediscovery/quotas.ts";
import { operations as sts } from "./sts/index.ts";

let made: readonly Service[] | undefined;

/** Every service of the simulator. Reading the SDK's schemas takes a moment, so it is done once a process. */
export function services(): readonly Service[] {
  made ??= [
    {
      model: serviceModel(ec2Sdk, ec2Sdk.EC2Client),
      operations: ec2,
      durations: ec2Durations,
      quotas: ec2Quotas,
    },
    { model: serviceModel(ecrSdk, ecrSdk.ECRClient), operations: ecr, durations: {}, quotas: ecrQuotas },
    { model: serviceModel(efsSdk, efsSdk.EFSClient), operations: efs, durations: efsDurations, quotas: efsQuotas },
    {
      model: serviceModel(elastiCacheSdk, elastiCacheSdk.ElastiCacheClient),
      operations: elastiCache,
      durations: elastiCacheDurations,
      quotas: elastiCacheQuotas,
    },
    {
      model: serviceModel(elbSdk, elbSdk.ElasticLoadBalancingV2Client),
      operations: elb,
      durations: elbDurations,
      quotas: elbQuotas,
    },
    { model: serviceModel(ecsSdk, ecsSdk.ECSClient), operations: ecs, durations: ecsDurations, quotas: ecsQuotas },
    { model: serviceModel(iamSdk, iamSdk.IAMClient), operations: iam, durations: {}, quotas: iamQuotas },
    { model: serviceModel(logsSdk, logsSdk.CloudWatchLogsClient), operations: logs, durations: {}, quotas: logsQuotas },
    { model: serviceModel(rdsSdk, rdsSdk.RDSClient), operations: rds, durations: rdsDurations, quotas: rdsQuotas },
    { model: serviceModel(s3Sdk, s3Sdk.S3Client), operations: s3, durations: s3Durations, quotas: s3Quotas },
    {
      model: serviceModel(secretsSdk, secretsSdk.SecretsManagerClient),
      operations: secrets,
      durations: secretsDurations,
      quotas: secretsQuotas,
    },
    {
      model: serviceModel(cloudMapSdk, cloudMapSdk.ServiceDiscoveryClient),
      operations: cloudMap,
      durations: cloudMapDurations,
      quotas: cloudMapQuotas,
    },
    { model: serviceModel(stsSdk, stsSdk.STSClient), operations: sts, durations: {}, quotas: {} },
  ];
  return made;
}
