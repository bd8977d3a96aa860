import { type Ownership, ownership } from "../aws/tags.ts";
import type { Node } from "../graph/graph.ts";
import { nodesIn, resolve } from "../graph/ref.ts";
import type { AnyKind, Found, Target } from "../kinds/kind.ts";
import type { Observation } from "../plan/observation.ts";
import { look } from "./look.ts";
import type { Pass } from "./pass.ts";

type Props = Readonly<Record<string, unknown>>;

/**
 * Looks for the resource of a node that the inventory knows no id of: one that was made by a pass whose record was
 * lost, by an earlier incarnation of the object, or by somebody else under our name.
 */
export async function findNode(
  pass: Pass,
  node: Node,
  outputOf: (node: string, output: string) => unknown,
): Promise<Observation> {
  const kind = pass.kindOf(node.type);
  const props = resolve(node.props, outputOf) as Props;
  if (kind.createOnly.some((prop) => nodesIn(props[prop]).size > 0)) return { state: "unresolved" };
  let found: Found | "foreign" | undefined;
  let foreign: Found | undefined;
  try {
    ({ found, foreign } = await search(pass, kind, node, props));
  } catch (error) {
    return { state: "unread", error };
  }
  if (found) return look(pass, node.type, found.id, true);
  if (foreign) return { state: "foreign", id: foreign.id, owner: ownerOf(foreign) };
  return afterNothingFound(pass, kind, node.id);
}

async function search(
  pass: Pass,
  kind: AnyKind,
  node: Node,
  props: Props,
): Promise<{ readonly found: Found | undefined; readonly foreign: Found | undefined }> {
  const { ours, foreign } = await find(pass, kind, node, props);
  const [found, ...twins] = ours;
  for (const twin of twins) pass.inventory.addTwin(node.id, node.type, twin.id, { after: node.dependsOn });
  return { found, foreign };
}

/** What AWS has for the node beside what was replaced: ours, by id, and one of somebody else's. */
async function find(
  pass: Pass,
  kind: AnyKind,
  node: Node,
  props: Props,
): Promise<{ readonly ours: readonly Found[]; readonly foreign: Found | undefined }> {
  const target: Target<Props> = {
    name: node.name,
    token: pass.inventory.current(node.id)?.intent?.nonce ?? "",
    tags: pass.tagsOf(node.id, node.name),
    props,
  };
  const superseded = pass.inventory.supersededIds(node.id);
  const all = (await kind.find(pass.aws, target)).filter(({ id }) => !superseded.has(id));
  const whose = (one: Found): Ownership => (one.tags ? ownership(one.tags, pass.owner) : "ours");
  const ours = all.filter((one) => ["ours", "previousIncarnation"].includes(whose(one)));
  return { ours: ours.sort((a, b) => a.id.localeCompare(b.id)), foreign: all.find((one) => !ours.includes(one)) };
}

/**
 * Takes into the inventory what a process that stood still in the middle of a create has made since, beside the resource
 * that the node has: AWS has no fencing, so only looking tells. A search that fails is repeated at the next sweep.
 */
export async function findTwins(
  pass: Pass,
  node: Node,
  id: string,
  outputOf: (node: string, output: string) => unknown,
): Promise<void> {
  const kind = pass.kindOf(node.type);
  const now = pass.aws.clock.now();
  if (kind.identity !== "tags" || pass.trustMs > 0 || !pass.memory.mayHaveTwin(node.id, now)) return;
  try {
    const { ours } = await find(pass, kind, node, resolve(node.props, outputOf) as Props);
    for (const one of ours) {
      if (one.id !== id) pass.inventory.addTwin(node.id, node.type, one.id, { after: node.dependsOn });
    }
    pass.memory.soughtTwins(node.id, now);
  } catch {
    // What could not be read says nothing.
  }
}

/** With an open intent and neither token nor natural key, a late effect may still turn up: wait for AWS's window. */
function afterNothingFound(pass: Pass, kind: AnyKind, node: string): Observation {
  const intent = pass.inventory.current(node)?.intent;
  if (!intent || kind.identity !== "tags") return { state: "absent" };
  const lookAgainMs = pass.memory.recoveryMs(intent.nonce, pass.aws.clock.now());
  if (lookAgainMs === 0) return { state: "absent" };
  return {
    state: "unsure",
    message: `an earlier request to create ${intent.name} got no answer; looking for what it may have made`,
    lookAgainMs: Math.min(lookAgainMs, 10_000),
  };
}

function ownerOf(found: Found): string {
  const tags = found.tags ?? {};
  const owner = tags["agentorchestrator.io/owner"];
  return owner
    ? `AgentOrchestrator ${owner} of cluster ${tags["agentorchestrator.io/cluster"]}`
    : "nobody that this operator knows (no owner tags)";
}
