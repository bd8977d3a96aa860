import type { Call } from "../../operation.ts";
import { addresses, networkInterfaces } from "./rows.ts";

/** An address that nobody in the account and region has, of 198.18.0.0/15 (RFC 2544: never routed). */
export function freePublicIp(call: Call): string {
  const taken = new Set<string | undefined>([
    ...addresses(call)
      .all()
      .map((each) => each.PublicIp),
    ...networkInterfaces(call)
      .all()
      .map((each) => each.Association?.PublicIp),
  ]);
  for (;;) {
    const octet = (): number => Math.floor(call.world.random() * 254) + 1;
    const candidate = `198.${18 + (octet() % 2)}.${octet()}.${octet()}`;
    if (!taken.has(candidate)) return candidate;
  }
}
