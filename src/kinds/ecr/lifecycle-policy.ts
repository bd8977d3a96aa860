import { canonicalJson } from "../same.ts";

/**
 * A policy of one rule that expires all but the newest `count` images (ECR user guide, "Lifecycle policy properties in
 * Amazon ECR").
 */
export function keepPolicy(count: number): string {
  const rule = {
    rulePriority: 1,
    description: `Keep the newest ${count} images`,
    selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: count },
    action: { type: "expire" },
  };
  return JSON.stringify({ rules: [rule] });
}

/** How many images a policy that keepPolicy made keeps; 0 for any other policy, and for none. */
export function keptImages(text: string | undefined): number {
  const policy: { rules?: { selection?: { countNumber?: number } }[] } | undefined = text && JSON.parse(text);
  const count = policy?.rules?.[0]?.selection?.countNumber ?? 0;
  return policy && canonicalJson(policy) === canonicalJson(JSON.parse(keepPolicy(count))) ? count : 0;
}
