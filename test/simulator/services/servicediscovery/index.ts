import type { Operations } from "../../operation.ts";
import * as instances from "./instances.ts";
import * as namespaces from "./namespaces.ts";
import { getOperation, listOperations } from "./operations.ts";
import * as services from "./services.ts";
import * as tagging from "./tagging.ts";

/** AWS Cloud Map. Source of the rules: AWS Cloud Map API Reference, 2017-03-14. */
export const operations: Operations = {
  CreateHttpNamespace: namespaces.createHttpNamespace,
  CreatePrivateDnsNamespace: namespaces.createPrivateDnsNamespace,
  CreateService: services.createService,
  DeleteNamespace: namespaces.deleteNamespace,
  DeleteService: services.deleteService,
  DeregisterInstance: instances.deregisterInstance,
  DiscoverInstances: instances.discoverInstances,
  GetInstance: instances.getInstance,
  GetNamespace: namespaces.getNamespace,
  GetOperation: getOperation,
  GetService: services.getService,
  ListInstances: instances.listInstances,
  ListNamespaces: namespaces.listNamespaces,
  ListOperations: listOperations,
  ListServices: services.listServices,
  ListTagsForResource: tagging.listTagsForResource,
  RegisterInstance: instances.registerInstance,
  TagResource: tagging.tagResource,
  UntagResource: tagging.untagResource,
  UpdatePrivateDnsNamespace: namespaces.updatePrivateDnsNamespace,
  UpdateService: services.updateService,
};
