import type { RecordBatch } from '../../log/record.ts'
import type { BadRecord, BadRecordReason } from '../read-record.ts'
import { ShareLimit, type CountedRange, type ExceededShare, type ShareLimitOptions } from './share-limit.ts'
import { tooManyDeadLetters } from './too-many-dead-letters.ts'
import { isHeld, type TopicHolds } from './topic-holds.ts'

export interface DeadLetterLimitParts {
  readonly options: ShareLimitOptions
  readonly holds: TopicHolds
  /** Whether nothing can be read as an event of what other topics than this one hold: see `readsNothingElsewhere`. */
  readonly readsNothingBeside: (topic: string) => Promise<boolean>
}

/** Reasons that a wrong registry gives to every record of every topic. */
const OF_THE_REGISTRY: ReadonlySet<BadRecordReason> = new Set<BadRecordReason>(['UnknownSchema', 'Undecodable'])

/** Keeps garbage from being written as dead letters without end: holds the topic that it is in, or ends a projector that cannot read. */
export class DeadLetterLimit {
  readonly #parts: DeadLetterLimitParts
  readonly #shares: ShareLimit
  readonly #releases = new Map<string, number>()

  constructor(parts: DeadLetterLimitParts) {
    this.#parts = parts
    this.#shares = new ShareLimit(parts.options)
  }

  /**
   * To be asked before anything of a range is written; the answer is for `count`, once it is. Errors: `TopicHeld` (of this topic
   * nothing more is projected, the others go on), `TooManyDeadLetters` (nothing is projected), `Unavailable`, `StorageError`.
   */
  async judge(range: RecordBatch, bad: readonly BadRecord[]): Promise<CountedRange> {
    this.#beginAnewWhereReleased(range.topic)
    const counted = await this.#countedOf(range, bad)
    const ofTopic = this.#shares.ofTopic(counted)
    if (ofTopic !== null) {
      if (await this.#isOurFault(ofTopic)) throw tooManyDeadLetters(ofTopic)
      await this.#parts.holds.hold(ofTopic)
      throw isHeld(range.topic)
    }
    const ofAll = this.#shares.ofAll(counted)
    if (ofAll !== null) {
      if (await this.#isOurFault(ofAll)) throw tooManyDeadLetters(ofAll)
      this.#shares.beginAllAnew()
    }
    return counted
  }

  count(counted: CountedRange): void {
    this.#shares.count(counted)
  }

  #beginAnewWhereReleased(topic: string): void {
    const releases = this.#parts.holds.releases(topic)
    if ((this.#releases.get(topic) ?? 0) === releases) return
    this.#releases.set(topic, releases)
    this.#shares.beginTopicAnew(topic)
  }

  async #countedOf(range: RecordBatch, bad: readonly BadRecord[]): Promise<CountedRange> {
    const { topic, partition, first, records } = range
    // Good records that an operator let pass may count: looking for that costs a question for each range.
    const passed = bad.length === 0 ? first : await this.#parts.holds.passedTo(range)
    if (passed <= first) return { from: { topic, partition, offset: first }, records: records.length, bad }
    return {
      from: { topic, partition, offset: passed },
      records: records.filter((record) => record.offset >= passed).length,
      bad: bad.filter(({ record }) => record.offset >= passed),
    }
  }

  /** What is in one topic only is that topic's fault. What this process can read nowhere may well be its own. */
  async #isOurFault({ from, commonest }: ExceededShare): Promise<boolean> {
    return OF_THE_REGISTRY.has(commonest.reason) && (await this.#parts.readsNothingBeside(from.topic))
  }
}
