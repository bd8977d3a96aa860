/** Source: AWS Cloud Map Developer Guide, "AWS Cloud Map quotas". */
export const quotas = {
  "servicediscovery.namespaces": 50,
  "servicediscovery.servicesPerNamespace": 10_000,
} as const;
