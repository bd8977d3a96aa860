import { group, kind, maxNameLength, plural, version } from "./resource.ts";
import { spec } from "./spec.ts";
import { status } from "./status.ts";
import { type Json, structural } from "./structural.ts";

const condition = (type: string, field: string): string => `.status.conditions[?(@.type=="${type}")].${field}`;

/** What `kubectl get` prints; priority 1 only with -o wide. */
const columns = [
  { name: "Ready", type: "string", jsonPath: condition("Ready", "status") },
  { name: "Reason", type: "string", jsonPath: condition("Ready", "reason") },
  {
    name: "Resources",
    type: "string",
    jsonPath: ".status.summary.resources",
    description: "Ready of all AWS resources",
  },
  { name: "Agents", type: "string", jsonPath: ".status.summary.agents", description: "Running of all tasks" },
  { name: "Cost", type: "string", jsonPath: ".status.summary.cost", description: "Estimated US dollars a month" },
  { name: "Endpoint", type: "string", jsonPath: ".status.endpoint" },
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
  { name: "Phase", type: "string", jsonPath: ".status.phase", priority: 1 },
  { name: "Region", type: "string", jsonPath: ".spec.aws.region", priority: 1 },
  { name: "Account", type: "string", jsonPath: ".status.account", priority: 1 },
  { name: "Message", type: "string", jsonPath: condition("Ready", "message"), priority: 1 },
];

/** The CustomResourceDefinition, as crds/ holds it. */
export function customResourceDefinition(): Json {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: ["ao"],
        categories: ["all"],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: rootSchema() },
        },
      ],
    },
  };
}

function rootSchema(): Json {
  return {
    type: "object",
    description:
      "A platform of agents on AWS: about 60 resources that the operator makes and keeps as this declares them.",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      spec: { ...structural(spec), description: "What is wanted." },
      status: { ...structural(status), description: "What is. Written by the operator." },
    },
    "x-kubernetes-validations": [
      {
        rule: `self.metadata.name.size() <= ${maxNameLength}`,
        message: `metadata.name has ${maxNameLength} characters at most, so that it fits into tags: choose a shorter name`,
      },
    ],
  };
}
