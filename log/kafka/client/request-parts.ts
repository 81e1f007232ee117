/** Bytes of what a request names; some managed services break the connection over requests of more than 1,046,528. */
const PART_BYTES = 512 * 1024

/** Divides what a request would name among several, such that none of them is too large. */
export function* inParts<Item>(items: readonly Item[], bytesOf: (item: Item) => number): Generator<readonly Item[]> {
  let part: Item[] = []
  let bytes = 0
  for (const item of items) {
    part.push(item)
    bytes += bytesOf(item)
    if (bytes < PART_BYTES) continue
    yield part
    part = []
    bytes = 0
  }
  if (part.length > 0) yield part
}
