import type { Offset, TopicPartition } from '../../base/position.ts'
import type { BadRecord, BadRecordReason } from '../read-record.ts'

/** Above which share of bad records a projector stops. */
export interface ShareLimitOptions {
  /** Bad records among all, 0 to 1; above it the projector stops. 1: never. */
  readonly share: number
  /** So many latest records are looked at, counted in whole ranges. */
  readonly window: number
  /** Fewer bad records than this are let pass, whatever their share. */
  readonly minimum: number
}

/** What was found when the limit was exceeded. */
export interface ExceededShare extends ShareLimitOptions {
  readonly bad: number
  readonly records: number
  /** The reason and topic that most of the bad records have, and one record of them. */
  readonly commonest: { readonly reason: BadRecordReason; readonly count: number; readonly example: BadRecord }
}

/** A range of one partition, as far as the limit looks at it. */
export interface CountedRange extends TopicPartition {
  readonly first: Offset
  readonly records: { readonly length: number }
}

interface Counted {
  readonly records: number
  readonly bad: number
  /** By reason, how many and one of them. */
  readonly reasons: ReadonlyMap<BadRecordReason, { readonly count: number; readonly example: BadRecord }>
}

/**
 * Watches the share of bad records among the latest ones of all partitions together: a small tenant's garbage is few among
 * them and goes to the dead letters, whereas a wrong registry address makes every record bad.
 */
export class ShareLimit {
  readonly #options: ShareLimitOptions
  /** In the order in which the ranges came. */
  readonly #ranges = new Map<string, Counted>()
  #records = 0
  #bad = 0

  constructor(options: ShareLimitOptions) {
    this.#options = options
  }

  /**
   * Counts a range, and tells whether its bad records are too many with those before; null if not. A range that is delivered
   * again takes the place of its earlier count. To be asked before anything of the range is written.
   */
  take(range: CountedRange, bad: readonly BadRecord[]): ExceededShare | null {
    const name = `${range.topic}/${range.partition}/${range.first}`
    this.#forget(name)
    this.#ranges.set(name, { records: range.records.length, bad: bad.length, reasons: byReason(bad) })
    this.#records += range.records.length
    this.#bad += bad.length
    this.#forgetOld()
    const { share, minimum } = this.#options
    const exceeded = bad.length > 0 && this.#bad >= minimum && this.#bad > share * this.#records
    return exceeded ? this.#describe(bad[0] as BadRecord) : null
  }

  #forget(name: string): void {
    const counted = this.#ranges.get(name)
    if (counted === undefined) return
    this.#ranges.delete(name)
    this.#records -= counted.records
    this.#bad -= counted.bad
  }

  /** Forgets the oldest ranges that the window does not need to be full. */
  #forgetOld(): void {
    for (const [name, { records }] of this.#ranges) {
      if (this.#records - records < this.#options.window) return
      this.#forget(name)
    }
  }

  #describe(latest: BadRecord): ExceededShare {
    const groups = new Map<string, ExceededShare['commonest']>()
    let commonest: ExceededShare['commonest'] = { reason: latest.reason, count: 0, example: latest }
    for (const { reasons } of this.#ranges.values()) {
      for (const [reason, { count, example }] of reasons) {
        const name = `${reason} ${example.record.topic}`
        const group = { reason, count: count + (groups.get(name)?.count ?? 0), example }
        groups.set(name, group)
        if (group.count > commonest.count) commonest = group
      }
    }
    return { ...this.#options, bad: this.#bad, records: this.#records, commonest }
  }
}

function byReason(bad: readonly BadRecord[]): Counted['reasons'] {
  const reasons = new Map<BadRecordReason, { count: number; example: BadRecord }>()
  for (const each of bad) {
    const known = reasons.get(each.reason)
    if (known === undefined) reasons.set(each.reason, { count: 1, example: withoutValue(each) })
    else known.count++
  }
  return reasons
}

/** The window outlives the batch, and must not hold its bytes. */
function withoutValue(bad: BadRecord): BadRecord {
  const { topic, partition, offset, timestamp } = bad.record
  return { ...bad, record: { topic, partition, offset, timestamp, key: '', headers: {}, value: null } }
}
