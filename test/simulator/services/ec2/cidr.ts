/** An IPv4 block: `base` is the address of its first host as a number, `size` how many addresses it holds. */
export interface Cidr {
  readonly base: number;
  readonly prefix: number;
  readonly size: number;
}

const TEXT = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** The block in canonical form (host bits cleared, as EC2 does), or undefined when `text` is none. */
export function parseCidr(text: string): Cidr | undefined {
  const match = TEXT.exec(text);
  if (!match) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if ([a, b, c, d].some((octet) => octet > 255) || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return { base: Math.floor(address / size) * size, prefix, size };
}

export const address = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");

export const format = (cidr: Cidr): string => `${address(cidr.base)}/${cidr.prefix}`;

export const overlaps = (a: Cidr, b: Cidr): boolean => a.base < b.base + b.size && b.base < a.base + a.size;

export const contains = (outer: Cidr, inner: Cidr): boolean =>
  inner.base >= outer.base && inner.base + inner.size <= outer.base + outer.size;
