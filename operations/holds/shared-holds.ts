import { offset, positionText, type Offset, type TopicPartition } from '../../base/position.ts'
import type { ExceededShare } from '../../consumers/dead-letters/share-limit.ts'
import { faultOf } from '../../consumers/dead-letters/too-many-dead-letters.ts'
import type { TopicHolds } from '../../consumers/dead-letters/topic-holds.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { OperationsLog } from '../log/operations-log.ts'
import { type HeldTopic } from './held-topic.ts'
import { HeldTopics } from './held-topics.ts'

export interface SharedHoldsParts {
  readonly log: EventLog
  readonly operations: OperationsLog
  /** The name of the read model's database, and its id: see `readModelId`. */
  readonly database: string
  readonly readModel: string
  /** Consumer group of the generation that readers follow. */
  readonly liveGroup: () => Promise<string>
  /** Told of every topic that is held, by this process or others, and of every one that no longer is, but for those of before the first look. */
  readonly report: (topic: HeldTopic, change: 'held' | 'released') => void
}

const KNOWN_FOR_MS = 200

/** The topics that are held in a read model, by the operations log: all its projectors read the same there. */
export class SharedHolds implements TopicHolds {
  readonly #parts: SharedHoldsParts
  #known = new HeldTopics([], null)
  #operations = 0
  #readAt = -Infinity

  constructor(parts: SharedHoldsParts) {
    this.#parts = parts
  }

  /** As known since the last look. */
  all(): HeldTopic[] {
    return this.#known.all()
  }

  async refresh(): Promise<void> {
    if (performance.now() - this.#readAt > KNOWN_FOR_MS) await this.#read()
  }

  async heldFrom(partition: TopicPartition): Promise<Offset | null> {
    const held = this.#known.get(partition.topic)?.position
    if (held === undefined) return null
    const bound = held.partition === partition.partition ? held.offset : offset(0)
    return later(bound, await this.#live(partition))
  }

  async passedTo(partition: TopicPartition): Promise<Offset> {
    return later(this.#known.passedTo(partition) ?? offset(0), await this.#live(partition))
  }

  releases(topic: string): number {
    return this.#known.releases(topic)
  }

  async hold({ from, bad, records, share, commonest }: ExceededShare): Promise<void> {
    const { operations, database, readModel } = this.#parts
    await this.#read()
    // Another projector, of another partition, may have found the same.
    if (this.#known.get(from.topic) !== null) return
    const { reason, example } = commonest
    await operations.append({
      type: 'TopicHeld',
      read_model: readModel,
      database,
      topic: from.topic,
      position: positionText(from),
      bad,
      records,
      share,
      reason,
      example: positionText(example.record),
      message: faultOf(example),
    })
    await this.#read()
  }

  /** Up to where the live generation is projected. */
  async #live(partition: TopicPartition): Promise<Offset> {
    const { log, liveGroup } = this.#parts
    const commits = await log.committed(await liveGroup(), [partition.topic])
    return commits.find((each) => each.partition === partition.partition)?.offset ?? offset(0)
  }

  async #read(): Promise<void> {
    const { operations, readModel, report } = this.#parts
    const logged = await operations.read()
    const isFirst = this.#readAt === -Infinity
    this.#readAt = performance.now()
    if (logged.length === this.#operations) return
    const before = this.#known
    this.#known = new HeldTopics(logged, readModel)
    this.#operations = logged.length
    if (isFirst) return
    for (const held of before.all()) if (this.#known.get(held.topic) === null) report(held, 'released')
    for (const held of this.#known.all()) if (before.get(held.topic)?.heldAt !== held.heldAt) report(held, 'held')
  }
}

function later(left: Offset, right: Offset): Offset {
  return left > right ? left : right
}
