/** Items by their key, groups and items in the order in which they come. `Map.groupBy` is not in Node 20. */
export function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

/** Adds up a number of each; none counts as 0. */
export function sum<Item>(items: readonly Item[], valueOf: (item: Item) => bigint | null): bigint {
  return items.reduce((total, item) => total + (valueOf(item) ?? 0n), 0n)
}

/** Compares two numbers so that the larger one comes first. */
export function descending(a: bigint, b: bigint): number {
  if (a === b) return 0
  return a > b ? -1 : 1
}
