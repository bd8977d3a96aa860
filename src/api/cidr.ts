/** An IPv4 block. */
export interface Cidr {
  /** First address, as an unsigned 32-bit number. */
  readonly base: number;
  readonly prefix: number;
}

const octet = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const form = new RegExp(`^${octet}\\.${octet}\\.${octet}\\.${octet}/(3[0-2]|[12]?[0-9])$`);

/** Undefined when it is not an IPv4 block in its usual form. Host bits stay as they are: `isNetwork` looks at them. */
export function parseCidr(text: string): Cidr | undefined {
  const match = form.exec(text);
  if (!match) return undefined;
  const base = match.slice(1, 5).reduce((sum, part) => sum * 256 + Number(part), 0);
  return { base, prefix: Number(match[5]) };
}

/** Whether the bits after the prefix are zero. */
export function isNetwork({ base, prefix }: Cidr): boolean {
  return base % 2 ** (32 - prefix) === 0;
}

export function formatCidr({ base, prefix }: Cidr): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${octets.join(".")}/${prefix}`;
}

/** The `index`th of the equal blocks that `bits` more prefix bits cut it into. */
export function subBlock({ base, prefix }: Cidr, bits: number, index: number): Cidr {
  const longer = prefix + bits;
  return { base: base + index * 2 ** (32 - longer), prefix: longer };
}
