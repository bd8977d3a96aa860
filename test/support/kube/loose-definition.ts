const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true } as const;

/** The operator's resource with any spec and any status: what is tested with it is the port, not the schema. */
export const looseDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "agentorchestrators.agentorchestrator.io" },
  spec: {
    group: "agentorchestrator.io",
    scope: "Namespaced",
    names: { kind: "AgentOrchestrator", plural: "agentorchestrators", singular: "agentorchestrator" },
    versions: [
      {
        name: "v1alpha1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: "object", properties: { spec: anything, status: anything } } },
      },
    ],
  },
} as const;
