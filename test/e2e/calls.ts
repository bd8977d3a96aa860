/** Whether a call of this name changes something: all that do not say that they only read. */
export function writes(action: string): boolean {
  return !/^(Describe|List|Get|BatchGet|HEAD |GET )/.test(action);
}

/** Calls that change something, of those that came since `before`, by action. */
export function writesIn(
  calls: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, number>,
): Readonly<Record<string, number>> {
  const since = [...calls].map(([action, count]) => [action, count - (before.get(action) ?? 0)] as const);
  return Object.fromEntries(since.filter(([action, count]) => count > 0 && writes(action)));
}
