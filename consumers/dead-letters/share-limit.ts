import type { Position } from '../../base/position.ts'
import type { BadRecord, BadRecordReason } from '../read-record.ts'

/** Which share of bad records is too much. */
export interface ShareLimitOptions {
  /** Bad records among all, 0 to 1; more are too many. 1: never. */
  readonly share: number
  /** So many latest records are looked at, and half as many at least. */
  readonly window: number
  /** Fewer bad records than this are never too many, whatever their share. */
  readonly minimum: number
}

/** What of a range counts: records that an operator has let pass do not. */
export interface CountedRange {
  /** Where the records begin that count. */
  readonly from: Position
  readonly records: number
  readonly bad: readonly BadRecord[]
}

/** What was found when a range exceeded the limit. */
export interface ExceededShare extends ShareLimitOptions {
  /** Where the range begins: nothing from there on is written. */
  readonly from: Position
  readonly bad: number
  readonly records: number
  /** The reason that most of the range's bad records have, and the first of them. */
  readonly commonest: { readonly reason: BadRecordReason; readonly example: BadRecord }
}

/**
 * Watches the share of bad records among the latest ones of each topic, so that one tenant's garbage says nothing of the others;
 * and of all topics together, since what is wrong here, such as the address of the registry, is wrong with all of them.
 */
export class ShareLimit {
  readonly #options: ShareLimitOptions
  readonly #topics = new Map<string, LatestRecords>()
  #all: LatestRecords

  constructor(options: ShareLimitOptions) {
    this.#options = options
    this.#all = new LatestRecords(options.window)
  }

  /** Whether a range's bad records are too many with those before it in its topic; null if not. It is not counted yet. */
  ofTopic(range: CountedRange): ExceededShare | null {
    return this.#exceeded(this.#topic(range.from.topic), range)
  }

  /** As `ofTopic`, with those before it in all topics. */
  ofAll(range: CountedRange): ExceededShare | null {
    return this.#exceeded(this.#all, range)
  }

  /** To be called once the range is written: one that fails comes again, and counts once. */
  count({ from, records, bad }: CountedRange): void {
    this.#topic(from.topic).add(records, bad.length)
    this.#all.add(records, bad.length)
  }

  /** Forgets what was counted of the topic. */
  beginTopicAnew(topic: string): void {
    this.#topics.delete(topic)
  }

  /** Forgets what was counted of all topics together. */
  beginAllAnew(): void {
    this.#all = new LatestRecords(this.#options.window)
  }

  #topic(topic: string): LatestRecords {
    const latest = this.#topics.get(topic) ?? new LatestRecords(this.#options.window)
    this.#topics.set(topic, latest)
    return latest
  }

  #exceeded(before: LatestRecords, range: CountedRange): ExceededShare | null {
    const { share, minimum } = this.#options
    const bad = before.bad + range.bad.length
    const records = before.records + range.records
    if (range.bad.length === 0 || bad < minimum || bad <= share * records) return null
    return { ...this.#options, from: range.from, bad, records, commonest: commonestOf(range.bad) }
  }
}

/** Counts of the latest records, in the memory of two numbers for each half: there are thousands of topics. */
class LatestRecords {
  readonly #half: number
  #before = { records: 0, bad: 0 }
  #latest = { records: 0, bad: 0 }

  constructor(window: number) {
    this.#half = window / 2
  }

  get records(): number {
    return this.#before.records + this.#latest.records
  }

  get bad(): number {
    return this.#before.bad + this.#latest.bad
  }

  add(records: number, bad: number): void {
    if (this.#latest.records >= this.#half) {
      this.#before = this.#latest
      this.#latest = { records: 0, bad: 0 }
    }
    this.#latest.records += records
    this.#latest.bad += bad
  }
}

function commonestOf(bad: readonly BadRecord[]): ExceededShare['commonest'] {
  const counts = new Map<BadRecordReason, number>()
  for (const { reason } of bad) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const reason = [...counts.keys()].reduce((left, right) => (counts.get(right)! > counts.get(left)! ? right : left))
  return { reason, example: bad.find((each) => each.reason === reason) as BadRecord }
}
