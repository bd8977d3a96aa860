const GUIDE = "ECS Developer Guide, ";

/** How long ECS takes, in seconds, each with where the figure comes from. */
export const durations = {
  "ecs.cluster.update": { seconds: 8, source: "API_Cluster, attachmentsStatus: UPDATE_IN_PROGRESS for some seconds" },
  "ecs.service.react": { seconds: 2, source: "observed in practice: the scheduler acts within a few seconds" },
  "ecs.task.provision": {
    seconds: 12,
    source: `${GUIDE}"Task lifecycle": PROVISIONING attaches the network interface`,
  },
  "ecs.task.pull": {
    seconds: 18,
    source: "observed in practice: 15 to 40 s to pull an image of some hundred MB on Fargate",
  },
  "ecs.task.start": { seconds: 4, source: `${GUIDE}"Task lifecycle": PENDING, ACTIVATING, RUNNING` },
  "ecs.task.stop": { seconds: 4, source: `${GUIDE}"Task lifecycle": STOPPING sends SIGTERM and waits for the process` },
  "ecs.task.deprovision": {
    seconds: 10,
    source: `${GUIDE}"Task lifecycle": DEPROVISIONING detaches the network interface`,
  },
  "ecs.task.lookAtTargets": {
    seconds: 5,
    source: "observed in practice: ECS sees a change of target health within seconds",
  },
  "ecs.task.lookAtHealthyTargets": { seconds: 30, source: "as often as a load balancer checks by default" },
  "ecs.task.forget": { seconds: 3600, source: "API_DescribeTasks: stopped tasks are returned for about an hour" },
  "ecs.inactive.forget": {
    seconds: 3600,
    source: "API_DeleteService, API_DeleteCluster: INACTIVE ones may stay visible for a time that is not promised",
  },
  "ecs.taskDefinition.delete": {
    seconds: 60,
    source: "API_DeleteTaskDefinitions: DELETE_IN_PROGRESS until nothing refers to it",
  },
} as const;
