import { type Offset, partitionText, type TopicPartition } from '../../../base/position.ts'
import type { FetchRequest } from '../client/kafka-broker.ts'
import { groupByTopic } from '../client/partition-groups.ts'
import type { FetchTarget } from './fetch-target.ts'

/** What a broker was, or is to be, asked for of one partition. */
export interface Wanted {
  readonly target: FetchTarget
  readonly position: Offset
  readonly maxBytes: number
}

/** What of the partitions goes into a request: bytes, of the million that managed services take at most. */
const REQUEST_BYTES = 900_000
const PARTITION_BYTES = 40
const FIRST_EPOCH = 0
/** Of a request beside the session, or that ends it. */
const LAST_EPOCH = -1
const LATEST_EPOCH = 2 ** 31 - 1

/**
 * The partitions to fetch from one broker, and which of them the broker keeps in mind (KIP-227): a request names only what is
 * new, stands elsewhere or is wanted no longer, and the answer brings what has news. Where a broker keeps nothing, each request names all.
 */
export class FetchSession {
  #id = 0
  #epoch = FIRST_EPOCH
  readonly #wanted = new Map<string, Wanted>()
  /** What the broker keeps in mind, from the request that is under way on. */
  readonly #told = new Map<string, Wanted>()
  /** The names of what differs between both, in the order in which it came to. */
  readonly #untold = new Set<string>()

  /** How many partitions are wanted. */
  get size(): number {
    return this.#wanted.size
  }

  /** Whether the next request leaves out some of what the broker has to be told. */
  get isLong(): boolean {
    return this.#untold.size > 0
  }

  /** What the partition was asked for. */
  asked(partition: TopicPartition): Wanted | undefined {
    return this.#told.get(partitionText(partition))
  }

  want(wanted: Wanted): void {
    const name = partitionText(wanted.target)
    // Who has been served stands behind the others, as the broker has it too.
    this.#wanted.delete(name)
    this.#wanted.set(name, wanted)
    if (isSame(this.#told.get(name), wanted)) this.#untold.delete(name)
    else this.#untold.add(name)
  }

  /** To be fetched from no longer, or not for a while. Another target of the partition stays. */
  leave(target: FetchTarget): void {
    const name = partitionText(target)
    if (this.#wanted.get(name)?.target !== target) return
    this.#wanted.delete(name)
    if (this.#told.has(name)) this.#untold.add(name)
    else this.#untold.delete(name)
  }

  /** What of the next request is the session's. */
  next(): Pick<FetchRequest, 'sessionId' | 'sessionEpoch' | 'topics' | 'forgotten'> {
    if (this.#id === 0) this.#beginAnew()
    const wanted: Wanted[] = []
    const forgotten: FetchTarget[] = []
    let bytes = 0
    for (const name of this.#untold) {
      if (bytes > REQUEST_BYTES) break
      bytes += PARTITION_BYTES + name.length
      this.#untold.delete(name)
      const now = this.#wanted.get(name)
      if (now === undefined) {
        forgotten.push(this.#told.get(name)!.target)
        this.#told.delete(name)
      } else {
        wanted.push(now)
        this.#told.set(name, now)
      }
    }
    return {
      sessionId: this.#id,
      sessionEpoch: this.#epoch,
      topics: topicsOf(wanted),
      forgotten: groupByTopic(forgotten, ({ partition }) => partition),
    }
  }

  /** Takes note of an answer, which told the session's id; 0 where the broker keeps none. */
  answered(id: number): void {
    // Without a session those that had no place in the request are next.
    if (id === 0) for (const [name, told] of this.#told) this.#moveBack(name, told)
    this.#epoch = id === 0 ? FIRST_EPOCH : this.#epoch === LATEST_EPOCH ? 1 : this.#epoch + 1
    this.#id = id
  }

  /** To be called when the broker no longer knows the session: the next request begins another. */
  lost(): void {
    this.#id = 0
    this.#epoch = FIRST_EPOCH
  }

  /** A request that ends the session; undefined where there is none. */
  end(): Pick<FetchRequest, 'sessionId' | 'sessionEpoch' | 'topics' | 'forgotten'> | undefined {
    const sessionId = this.#id
    this.lost()
    return sessionId === 0 ? undefined : { sessionId, sessionEpoch: LAST_EPOCH, topics: [], forgotten: [] }
  }

  #beginAnew(): void {
    this.#told.clear()
    this.#untold.clear()
    for (const name of this.#wanted.keys()) this.#untold.add(name)
  }

  #moveBack(name: string, told: Wanted): void {
    if (this.#wanted.get(name) !== told) return
    this.#wanted.delete(name)
    this.#wanted.set(name, told)
  }
}

/** A request for some partitions alone, which leaves the session as it is. */
export function beside(wanted: readonly Wanted[]): ReturnType<FetchSession['next']> {
  return { sessionId: 0, sessionEpoch: LAST_EPOCH, topics: topicsOf(wanted), forgotten: [] }
}

function topicsOf(wanted: readonly Wanted[]): FetchRequest['topics'] {
  const partitions = wanted.map(({ target: { topic, partition }, position, maxBytes }) => ({
    topic,
    partition,
    fetchOffset: position,
    maxBytes,
  }))
  return groupByTopic(partitions, ({ partition, fetchOffset, maxBytes }) => ({ partition, fetchOffset, maxBytes }))
}

function isSame(told: Wanted | undefined, wanted: Wanted): boolean {
  return told?.target === wanted.target && told.position === wanted.position && told.maxBytes === wanted.maxBytes
}
