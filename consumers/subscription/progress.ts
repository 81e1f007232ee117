import type { Offset, TopicPartition } from '../../base/position.ts'
import { tokenHead, tokenOf, writeTokenTopic } from './token.ts'

/** How far a partition has been read. */
export interface PartitionProgress extends TopicPartition {
  /** See `FoundPartition`. */
  readonly topicId: string
  readonly next: Offset
}

/** A topic with its partitions, in the order in which they were found. */
interface TopicPlaces {
  readonly places: readonly PartitionProgress[]
  /** What a token says of the topic before its partitions. */
  readonly head: Buffer
}

/** Topics that stand together: a change copies them, and leaves the others as they are. */
interface Chunk {
  readonly topics: readonly (TopicPlaces | undefined)[]
  /** What a token says of them, once it was asked for. */
  encoded: Buffer | null
}

/** About the root of ten thousand topics, so that a change copies two short lists. */
const CHUNK = 64

/**
 * How far each partition has been read. Never changes, so that an item's token stays its own: with each change there is another, which
 * shares with this one what stayed the same.
 */
export class Progress {
  /** Where each topic stands, in all that came from the same beginning. */
  readonly #indexes: Map<string, number>
  readonly #chunks: readonly Chunk[]

  private constructor(indexes: Map<string, number>, chunks: readonly Chunk[]) {
    this.#indexes = indexes
    this.#chunks = chunks
  }

  /** Of no partition. */
  static none(): Progress {
    return new Progress(new Map(), [])
  }

  of({ topic, partition }: TopicPartition): PartitionProgress | undefined {
    return this.#topicOf(topic)?.places.find((place) => place.partition === partition)
  }

  with(place: PartitionProgress): Progress {
    const { topic, partition, topicId } = place
    const before = this.#topicOf(topic)
    const others = before?.places.filter((each) => each.partition !== partition) ?? []
    const isSame = before?.places[0]?.topicId === topicId
    const head = before !== undefined && isSame ? before.head : tokenHead(topic, topicId)
    return this.#changed(topic, { places: [...others, place], head })
  }

  without({ topic, partition }: TopicPartition): Progress {
    const before = this.#topicOf(topic)
    if (before === undefined) return this
    const places = before.places.filter((each) => each.partition !== partition)
    return this.#changed(topic, places.length === 0 ? undefined : { ...before, places })
  }

  /** As text: see `token.ts`. */
  token(): string {
    return tokenOf(this.#chunks.map((chunk) => (chunk.encoded ??= encode(chunk))))
  }

  #topicOf(topic: string): TopicPlaces | undefined {
    const index = this.#indexes.get(topic)
    return index === undefined ? undefined : this.#chunks[Math.floor(index / CHUNK)]?.topics[index % CHUNK]
  }

  #changed(topic: string, to: TopicPlaces | undefined): Progress {
    const index = this.#indexes.get(topic) ?? this.#indexes.size
    this.#indexes.set(topic, index)
    const at = Math.floor(index / CHUNK)
    const topics = [...(this.#chunks[at]?.topics ?? [])]
    topics[index % CHUNK] = to
    const chunks = [...this.#chunks]
    chunks[at] = { topics, encoded: null }
    return new Progress(this.#indexes, chunks)
  }
}

function encode({ topics }: Chunk): Buffer {
  const bytes: number[] = []
  for (const each of topics) if (each !== undefined) writeTokenTopic(bytes, each.head, each.places)
  return Buffer.from(bytes)
}
