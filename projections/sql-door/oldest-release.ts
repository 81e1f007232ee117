/**
 * The first releases in which table functions no longer show rows, keys or statistics past a row policy (`mergeTreeProjection`,
 * `mergeTreeIndex`, `loop`): of each line that got the last of those corrections. Later lines all have them.
 */
const FIRST: readonly (readonly [number, number, number, number])[] = [
  [26, 3, 22, 6],
  [26, 5, 8, 18],
  [26, 6, 4, 10],
  [26, 7, 6, 5],
]

/** Why a release of ClickHouse is no wall, or null. `release` is what `version()` answers. */
export function releaseFault(release: string): string | null {
  const found = /^(\d+)\.(\d+)\.(\d+)\.(\d+)/.exec(release)?.slice(1).map(Number)
  const newest = FIRST.at(-1)!
  const first = FIRST.find(([year, month]) => found?.[0] === year && found[1] === month)
  const isWell = found !== undefined && !isBefore(found, first ?? newest)
  if (isWell) return null
  const needed = FIRST.map((each) => each.join('.')).join(', ')
  return `ClickHouse ${release || 'of an unknown release'} has table functions that read past row policies: ${needed}, or a later line, has not`
}

function isBefore(release: readonly number[], other: readonly number[]): boolean {
  const at = other.findIndex((number, index) => number !== release[index])
  return at !== -1 && release[at]! < other[at]!
}
