import type { World } from "../../world.ts";

const HEX = "0123456789abcdef";
export const ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyz0123456789";

/** `length` characters by the world's own chance. */
export function text(world: World, length: number, alphabet: string = HEX): string {
  let made = "";
  for (let i = 0; i < length; i++) made += alphabet[Math.floor(world.random() * alphabet.length)];
  return made;
}

/** A version 4 UUID (RFC 9562) by the world's own chance. */
export function uuid(world: World): string {
  const hex = text(world, 32);
  const variant = "89ab"[Math.floor(world.random() * 4)];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
