import { NEVER, type Verdict } from "./verdict.ts";

/** Where the emulators differ from the simulator in Cloud Map. */
export const cloudMapLedger: readonly Verdict[] = [
  {
    scenario: "a namespace from coming to going",
    why: "No time passes in emulators.",
    page: "API_Operation, Status",
    right: "simulator",
    steps: {
      "at once": { ministack: "SUCCESS", moto: "SUCCESS" },
    },
  },
  {
    scenario: "a namespace from coming to going",
    why: "A repeat with the same request id does not run twice.",
    page: "API_CreatePrivateDnsNamespace, CreatorRequestId",
    right: "simulator",
    steps: {
      "create again": { ministack: "refused: NamespaceAlreadyExists", moto: "refused: ConflictingDomainExists" },
    },
  },
  {
    scenario: "a namespace from coming to going",
    why: "Route 53 refuses the hosted zone after the operation was submitted: it fails.",
    page: "API_Operation, ErrorCode CANNOT_CREATE_HOSTED_ZONE; Route 53 API Reference, CreateHostedZone, ConflictingDomainExists",
    right: "simulator",
    steps: {
      "its twin in the VPC": { ministack: NEVER, moto: NEVER },
      "in no VPC": { ministack: NEVER, moto: "SUCCESS" },
    },
  },
  {
    scenario: "a service of a namespace and its instances",
    why: "The routing policy that is not named is MULTIVALUE.",
    page: "API_DnsConfig, RoutingPolicy",
    right: "simulator",
    steps: {
      create: { ministack: null, moto: null },
    },
  },
  {
    scenario: "a service of a namespace and its instances",
    why: "A name is there once in a namespace, and a repeat with the same request id is answered with what it made.",
    page: "API_CreateService, CreatorRequestId, ServiceAlreadyExists",
    right: "simulator",
    steps: {
      "create again": { ministack: false, moto: false },
      "create another of its name": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a service of a namespace and its instances",
    why: "A namespace with services and a service with instances are in use.",
    page: "API_DeleteNamespace, ResourceInUse; API_DeleteService, ResourceInUse",
    right: "simulator",
    steps: {
      "delete its namespace": { moto: "done" },
      "delete with an instance": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a service of a namespace and its instances",
    why: "What is not there is not found.",
    page: "API_DeleteService, ServiceNotFound",
    right: "simulator",
    steps: {
      "delete again": { moto: "done" },
    },
  },
  {
    scenario: "a service of a namespace and its instances",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      deregister: { ministack: "refused: ServiceNotFound", moto: "refused: ServiceNotFound" },
      "deregister again": { ministack: "refused: ServiceNotFound", moto: "refused: ServiceNotFound" },
      delete: { ministack: "refused: ServiceNotFound" },
    },
  },
];
