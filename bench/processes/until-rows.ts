const POLL_MS = 20
const LONGEST_REST_MS = 60_000

/** Resolves when a count, asked for every 20 ms, has reached what is expected; rejects when it rests for a minute. */
export async function untilRows(expected: number, count: () => Promise<number>): Promise<void> {
  let seen = -1
  let seenAt = performance.now()
  for (;;) {
    const rows = await count()
    if (rows >= expected) return
    if (rows > seen) {
      seen = rows
      seenAt = performance.now()
    } else if (performance.now() - seenAt > LONGEST_REST_MS) {
      throw new Error(`${rows} of ${expected} rows, and no more for ${LONGEST_REST_MS / 1000} s`)
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}
