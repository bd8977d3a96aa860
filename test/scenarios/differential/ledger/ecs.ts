import type { Verdict } from "./verdict.ts";

/** Where the emulators differ from the simulator in ECS. */
export const ecsLedger: readonly Verdict[] = [
  {
    scenario: "task definitions",
    why: "A host port that is not named is the container's.",
    page: "API_PortMapping, hostPort",
    right: "simulator",
    steps: {
      register: { ministack: [1, true, null], moto: [1, true, null] },
    },
  },
  {
    scenario: "task definitions",
    why: "Fargate pairs CPU and memory, wants both, awsvpc, and a container.",
    page: 'ECS Developer Guide, "Task CPU and memory"; "Invalid CPU or memory value specified"; API_RegisterTaskDefinition, networkMode',
    right: "simulator",
    steps: {
      "a pair that Fargate has not": { ministack: "done", moto: "done" },
      "no such CPU": { ministack: "done", moto: "done" },
      "no memory": { ministack: "done" },
      "another network": { ministack: "done", moto: "done" },
      "no container": { moto: "done" },
    },
  },
  {
    scenario: "task definitions",
    why: "Only what is INACTIVE can be deleted, and its number is not given again.",
    page: "API_DeleteTaskDefinitions; API_TaskDefinition, revision",
    right: "simulator",
    steps: {
      "delete while active": { ministack: 0 },
      "a revision after it": { moto: false },
    },
  },
  {
    scenario: "a service from coming to going",
    why: "No time passes in MiniStack, and in moto no task ever runs.",
    page: "API_Deployment, rolloutState; API_DeleteService, DRAINING",
    right: "simulator",
    steps: {
      create: { ministack: ["ACTIVE", 1, "COMPLETED"] },
      "two minutes later": { moto: ["ACTIVE", 0, ["IN_PROGRESS"]] },
      "five minutes later": { moto: ["ACTIVE", 2, ["IN_PROGRESS"]] },
      delete: { ministack: "INACTIVE", moto: "INACTIVE" },
    },
  },
  {
    scenario: "a service from coming to going",
    why: "The client token answers a repeat, and a name that is taken is refused.",
    page: "API_CreateService, clientToken",
    right: "simulator",
    steps: {
      "create again by token": { ministack: "refused: ClientException" },
      "create with another count": { ministack: "refused: ClientException", moto: "done" },
    },
  },
  {
    scenario: "a service from coming to going",
    why: "Force makes a new deployment.",
    page: "API_UpdateService, forceNewDeployment",
    right: "simulator",
    steps: {
      "by force": { ministack: 1, moto: 1 },
    },
  },
  {
    scenario: "a service from coming to going",
    why: "A cluster with services is not deleted, and a service that drains holds its name.",
    page: "API_DeleteCluster, ClusterContainsServicesException; API_DeleteService",
    right: "simulator",
    steps: {
      "delete the cluster": { ministack: "done", moto: "done" },
      "create while it drains": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a service from coming to going",
    why: "What is INACTIVE cannot be used.",
    page: "API_UpdateService, ServiceNotActiveException; API_CreateService, ClusterNotFoundException",
    right: "simulator",
    steps: {
      "update afterwards": { ministack: "done", moto: "done" },
      "create in it": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "a service from coming to going",
    why: "Follows from what was accepted above.",
    page: undefined,
    right: "simulator",
    steps: {
      "look afterwards": { ministack: ["ACTIVE"], moto: ["ACTIVE"] },
      "delete again": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "services that ECS does not make",
    why: "What it names has to be there, and to fit.",
    page: 'API_CreateService, ClusterNotFoundException, InvalidParameterException; ECS Developer Guide, "Service definition parameters"',
    right: "simulator",
    steps: {
      "no such cluster": { ministack: "done" },
      "no such revision": { ministack: "done" },
      "no network": { ministack: "done", moto: "done" },
      "no such subnet": { ministack: "done" },
      "launch type and strategy": { moto: "done" },
      "percentages that block": { ministack: "done", moto: "done" },
      "a target group without a load balancer": { ministack: "done", moto: "done" },
      "no such container": { ministack: "done", moto: "done" },
      "no such port": { ministack: "done", moto: "done" },
    },
  },
  {
    scenario: "describing more than ECS takes, and what is not there",
    why: "Ten services and a hundred tasks a call, and not none; what is not there is a failure.",
    page: 'API_DescribeServices, services; API_DescribeTasks, tasks; ECS Developer Guide, "API failure reasons"',
    right: "simulator",
    steps: {
      "eleven services": { ministack: "done", moto: "done" },
      "no service": { ministack: "done", moto: "done" },
      "101 tasks": { ministack: "done", moto: "done" },
      "unknown tasks": { moto: [] },
    },
  },
];
