const REPORTED =
  "Terraform's acceptance test of aws_service_discovery_private_dns_namespace, create and delete in 70 s " +
  "(hashicorp/terraform-provider-aws, pull request 2589)";

/** How long operations take, in seconds, each with where the figure comes from. */
export const durations = {
  "servicediscovery.namespace.create": { seconds: 40, source: REPORTED },
  "servicediscovery.namespace.delete": { seconds: 15, source: REPORTED },
  "servicediscovery.namespace.createHttp": { seconds: 2, source: "no hosted zone to make: a few seconds" },
  "servicediscovery.namespace.update": { seconds: 15, source: REPORTED },
  "servicediscovery.service.update": {
    seconds: 5,
    source: "Route 53 changes records within seconds (API_ChangeResourceRecordSets)",
  },
  "servicediscovery.instance.register": {
    seconds: 5,
    source: "Route 53 changes records within seconds (API_ChangeResourceRecordSets)",
  },
  "servicediscovery.instance.deregister": {
    seconds: 5,
    source: "Route 53 changes records within seconds (API_ChangeResourceRecordSets)",
  },
} as const;
