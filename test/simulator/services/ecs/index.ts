import type { Operations } from "../../operation.ts";
import * as clusters from "./clusters.ts";
import * as describe from "./service-describe.ts";
import * as services from "./services.ts";
import * as tagging from "./tagging.ts";
import * as taskApi from "./task-api.ts";
import * as taskDefinitions from "./task-definitions.ts";

/** ECS on Fargate. Source of the rules: Amazon ECS API Reference, 2014-11-13. */
export const operations: Operations = {
  CreateCluster: clusters.createCluster,
  CreateService: services.createService,
  DeleteCluster: clusters.deleteCluster,
  DeleteService: services.deleteService,
  DeleteTaskDefinitions: taskDefinitions.deleteTaskDefinitions,
  DeregisterTaskDefinition: taskDefinitions.deregisterTaskDefinition,
  DescribeClusters: clusters.describeClusters,
  DescribeServiceDeployments: describe.describeServiceDeployments,
  DescribeServiceRevisions: describe.describeServiceRevisions,
  DescribeServices: describe.describeServices,
  DescribeTaskDefinition: taskDefinitions.describeTaskDefinition,
  DescribeTasks: taskApi.describeTasks,
  ListClusters: clusters.listClusters,
  ListServiceDeployments: describe.listServiceDeployments,
  ListServices: describe.listServices,
  ListTagsForResource: tagging.listTagsForResource,
  ListTaskDefinitionFamilies: taskDefinitions.listTaskDefinitionFamilies,
  ListTaskDefinitions: taskDefinitions.listTaskDefinitions,
  ListTasks: taskApi.listTasks,
  PutClusterCapacityProviders: clusters.putClusterCapacityProviders,
  RegisterTaskDefinition: taskDefinitions.registerTaskDefinition,
  RunTask: taskApi.runTask,
  StopTask: taskApi.stopTaskByUser,
  TagResource: tagging.tagResource,
  UntagResource: tagging.untagResource,
  UpdateCluster: clusters.updateCluster,
  UpdateClusterSettings: clusters.updateClusterSettings,
  UpdateService: services.updateService,
};
