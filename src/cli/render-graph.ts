import type { Graph, Node } from "../graph/graph.ts";

export const graphFormats = ["text", "dot", "mermaid"] as const;
export type GraphFormat = (typeof graphFormats)[number];

/** The graph for people (text), for Graphviz (dot) or for Markdown (mermaid). An arrow leads to what must be there first. */
export function renderGraph(graph: Graph, format: GraphFormat, title: string): string {
  return { text, dot, mermaid }[format](graph, title);
}

/** What may be made at the same time stands in one stage; a stage needs those before it. */
function text(graph: Graph, title: string): string {
  const width = Math.max(0, ...graph.nodes.map(({ id }) => id.length));
  const lines = stages(graph).flatMap((nodes, index) => [
    "",
    `stage ${index + 1}`,
    ...nodes.map(({ id, type, dependsOn }) => {
      const needs = direct(graph, dependsOn);
      return `  ${id.padEnd(width)}  ${short(type)}${needs.length > 0 ? `  needs ${needs.join(", ")}` : ""}`;
    }),
  ]);
  return [`${title}: ${graph.size} resources, ${stages(graph).length} stages`, ...lines].join("\n");
}

function dot(graph: Graph, title: string): string {
  const areas = byArea(graph).map(
    ([area, nodes], index) =>
      `  subgraph cluster_${index} {\n    label=${quoted(area)};\n${nodes
        .map(({ id, type }) => `    ${quoted(id)} [label=${quoted(`${id}\n${short(type)}`)}];`)
        .join("\n")}\n  }`,
  );
  const edges = graph.nodes.flatMap(({ id, dependsOn }) =>
    direct(graph, dependsOn).map((other) => `  ${quoted(id)} -> ${quoted(other)};`),
  );
  return [`digraph ${quoted(title)} {`, "  rankdir=RL;", "  node [shape=box];", ...areas, ...edges, "}"].join("\n");
}

function mermaid(graph: Graph): string {
  const names = new Map(graph.nodes.map(({ id }, index) => [id, `n${index}`]));
  const areas = byArea(graph).map(
    ([area, nodes]) =>
      `  subgraph ${area}\n${nodes
        .map(({ id, type }) => `    ${names.get(id)}["${id}<br/>${short(type)}"]`)
        .join("\n")}\n  end`,
  );
  const edges = graph.nodes.flatMap(({ id, dependsOn }) =>
    direct(graph, dependsOn).map((other) => `  ${names.get(id)} --> ${names.get(other)}`),
  );
  return ["flowchart RL", ...areas, ...edges].join("\n");
}

/** Nodes by the length of the longest way to them. */
function stages(graph: Graph): readonly (readonly Node[])[] {
  const stageOf = new Map<string, number>();
  const found: Node[][] = [];
  for (const node of graph.nodes) {
    const stage = Math.max(-1, ...node.dependsOn.map((other) => stageOf.get(other) ?? -1)) + 1;
    stageOf.set(node.id, stage);
    const nodes = found[stage];
    if (nodes) nodes.push(node);
    else found[stage] = [node];
  }
  return found;
}

/** Dependencies that no other dependency brings already: the picture is legible, and says the same. */
function direct(graph: Graph, dependsOn: readonly string[]): readonly string[] {
  const implied = new Set<string>();
  const follow = (id: string) => {
    for (const other of graph.get(id)?.dependsOn ?? []) {
      if (implied.has(other)) continue;
      implied.add(other);
      follow(other);
    }
  };
  for (const id of dependsOn) follow(id);
  return dependsOn.filter((id) => !implied.has(id)).sort();
}

function byArea(graph: Graph): readonly (readonly [string, readonly Node[]])[] {
  const areas = new Map<string, Node[]>();
  for (const node of graph.nodes) {
    const area = node.fact.replace(/Ready$/, "");
    areas.set(area, [...(areas.get(area) ?? []), node]);
  }
  return [...areas];
}

/** "EC2 Subnet" of "AWS::EC2::Subnet". */
function short(type: string): string {
  return type.split("::").slice(1).join(" ");
}

function quoted(value: string): string {
  return JSON.stringify(value);
}
