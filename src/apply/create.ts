import { createHash, randomUUID } from "node:crypto";
import { classify, effectUnknown } from "../aws/errors.ts";
import type { Node } from "../graph/graph.ts";
import { nodesIn } from "../graph/ref.ts";
import type { AnyKind } from "../kinds/kind.ts";
import type { Pass } from "../observe/pass.ts";
import type { Intent, Meta } from "./inventory.ts";
import type { Props } from "./result.ts";

/**
 * Announces the create, asks AWS, records the id. Killed anywhere in between, the next pass finds either nothing, or an
 * intent that leads to the resource: by its token, by its natural key, or by its tags.
 *
 * @returns the id, or the milliseconds to wait because an earlier request may still have an effect.
 * @throws what AWS answered; the intent then stays until a look has told what became of it.
 */
export async function create(pass: Pass, node: Node, props: Props): Promise<{ id: string } | { waitMs: number }> {
  const kind = pass.kindOf(node.type);
  const tags = pass.tagsOf(node.id, node.name);
  const unknown = nodesIn(props);
  if (unknown.size > 0) throw new Error(`${node.id} needs an output that ${[...unknown].join(", ")} does not have`);
  const intent = chooseIntent(pass, kind, node, props);
  if (typeof intent === "number") return { waitMs: intent };
  pass.inventory.intend(node.id, node.type, intent, metaOf(node));
  await pass.inventory.save();
  let id: string;
  pass.assertLeading();
  try {
    id = await kind.create(pass.aws, { name: node.name, token: intent.nonce, tags, props });
  } catch (error) {
    if (effectUnknown(error) || classify(error) === "transient") pass.memory.lost(intent.nonce, pass.aws.clock.now());
    else pass.memory.refused(intent.nonce);
    throw error;
  }
  pass.inventory.record(node.id, node.type, id, metaOf(node));
  await pass.inventory.save();
  return { id };
}

/**
 * The open intent, where sending it again is safe, else a new one; or the milliseconds until a new one is safe. An
 * intent whose effect is unknown may be sent again when AWS recognises it: by token, if nothing about it has changed
 * since, or by natural key.
 */
function chooseIntent(pass: Pass, kind: AnyKind, node: Node, props: Props): Intent | number {
  const digest = createHash("sha256")
    .update(JSON.stringify([node.name, props]))
    .digest("hex")
    .slice(0, 16);
  const open = pass.inventory.current(node.id)?.intent;
  const fresh: Intent = {
    nonce: randomUUID(),
    name: node.name,
    props: Object.fromEntries(
      kind.createOnly.flatMap((prop) => (props[prop] === undefined ? [] : [[prop, props[prop]]])),
    ),
    digest,
  };
  if (!open) return fresh;
  if (pass.memory.isWithoutEffect(open.nonce)) return open.digest === digest ? open : fresh;
  if (kind.identity === "naturalKey") return { ...fresh, nonce: open.nonce };
  if (kind.identity === "token" && open.digest === digest) return open;
  const waitMs = pass.memory.recoveryMs(open.nonce, pass.aws.clock.now());
  return waitMs > 0 ? waitMs : fresh;
}

export function metaOf(node: Node): Meta {
  return { after: node.dependsOn, policy: node.deletionPolicy, agent: node.agent };
}
