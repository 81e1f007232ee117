/** An event at its place in the log, and when that was acknowledged. */
export interface Acknowledgement {
  /** Topic and partition. */
  readonly partition: string
  readonly offset: number
  /** ms since the epoch. */
  readonly at: number
}

/** The highest offset of a partition that a query had in its answer, and when the answer was there. */
export type Sighting = Acknowledgement

/**
 * How long each event took from its acknowledgement until a query saw it, ms; 0 where a query was faster than the answer to the
 * producer. Rows of a partition become visible in the order of the log, so that the highest offset tells of all before it. Throws
 * where an event was never seen. `sightings` are in the order of time.
 */
export function visibleLatencies(
  acknowledgements: readonly Acknowledgement[],
  sightings: readonly Sighting[],
): number[] {
  const seen = byPartition(sightings)
  const latencies: number[] = []
  for (const [partition, events] of byPartition(acknowledgements)) {
    const answers = seen.get(partition) ?? []
    let next = 0
    for (const { offset, at } of events.toSorted((a, b) => a.offset - b.offset)) {
      while (next < answers.length && answers[next]!.offset < offset) next++
      const answer = answers[next]
      if (answer === undefined) throw new Error(`no query saw ${partition} at offset ${offset}`)
      latencies.push(Math.max(0, answer.at - at))
    }
  }
  return latencies
}

function byPartition(events: readonly Acknowledgement[]): Map<string, Acknowledgement[]> {
  const groups = new Map<string, Acknowledgement[]>()
  for (const event of events) {
    const group = groups.get(event.partition)
    if (group === undefined) groups.set(event.partition, [event])
    else group.push(event)
  }
  return groups
}

/** The smallest value that a share of the values (0 to 1) does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).toSorted()
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!
}
