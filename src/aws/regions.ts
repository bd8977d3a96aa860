/**
 * Regions by partition, so that a misspelt one is told at once. A newer one works as soon as the operator's
 * configuration names it. Source: AWS General Reference, "AWS regions and availability zones"; botocore's endpoints.json
 * of 1.43 (2026).
 */
export const regions: ReadonlySet<string> = new Set(
  `
  af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
  ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
  eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
  me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2
  cn-north-1 cn-northwest-1
  us-gov-east-1 us-gov-west-1
  `
    .trim()
    .split(/\s+/),
);

/** The known region that is spelt most alike, where one is near enough to be what was meant. */
export function nearestRegion(misspelt: string): string | undefined {
  let best: { region: string; distance: number } | undefined;
  for (const region of regions) {
    const distance = editDistance(misspelt, region);
    if (!best || distance < best.distance) best = { region, distance };
  }
  return best && best.distance <= 3 ? best.region : undefined;
}

/** Levenshtein's distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(swap, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
