/** Seconds that Elastic Load Balancing takes, by the name that rules pass to `world.duration`. */
export const durations = {
  "elbv2.loadBalancer.create": {
    seconds: 150,
    source: "API_LoadBalancerState: provisioning, then active; 2 to 3 minutes in practice",
  },
  "elbv2.loadBalancer.releaseInterfaces": {
    seconds: 90,
    source: "API_DeleteLoadBalancer returns at once; its network interfaces stay in their subnets for a minute or more",
  },
  "elbv2.target.register": {
    seconds: 5,
    source: "ALB User Guide, Target health status: initial, Elb.RegistrationInProgress",
  },
} as const;
