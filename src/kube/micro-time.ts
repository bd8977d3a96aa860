/** The time now as MicroTime, RFC 3339 with six digits, as Leases and Events want it. */
export function microTime(): string {
  return new Date().toISOString().replace("Z", "000Z");
}
