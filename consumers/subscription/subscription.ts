import { KIND_HEADER } from '../../log/record-headers.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { offset, type TopicPartition } from '../../base/position.ts'
import type { EventLog, FoundPartition, LogFollower } from '../../log/event-log.ts'
import type { RecordBatch, StoredRecord } from '../../log/record.ts'
import type { SchemaRegistry } from '../../log/schema-registry.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { EventKind } from '../../schemas/types/query-types.ts'
import { handedOut } from '../../schemas/json/handed-out.ts'
import { EnvelopeDecoders, type FoundDecoders } from '../envelope-decoders.ts'
import { readEnvelope } from '../read-record.ts'
import type { ItemContent, SubscriptionItem } from './items.ts'
import { Progress, type PartitionProgress } from './progress.ts'
import { findStart } from './find-start.ts'
import { removedBefore } from './removed-before.ts'
import { beginAt, FROM_BEGINNING, parseSubscription, type Start, type SubscriptionQuery } from './start.ts'

export interface SubscribeOptions {
  /** One tenant. Default: all tenants, new ones too, and events without a tenant. */
  readonly tenant?: string | null
  /** Kinds of events. Default: all. */
  readonly kinds?: readonly EventKind[]
  /**
   * Where to begin: `now` (the default); the `beginning`; at an `instant` (ISO 8601), with what the log took then or later, by the
   * records' own times; or `after` the item of a token, or a record's `topic/partition/offset` (several separated by commas; partitions
   * that are not named begin now).
   */
  readonly from?: 'now' | 'beginning' | { readonly instant: string } | { readonly after: string }
  /** Ends the subscription, as `close` does. */
  readonly signal?: AbortSignal
}

export interface SubscriptionParts {
  readonly log: EventLog
  readonly topics: TenantTopics
  readonly registry: SchemaRegistry
  /** How often to look for new tenants, ms. */
  readonly discoveryMs: number
}

/**
 * What the log holds and takes, from a place on, without end. Each record comes once, and the records of a partition come in order; a run
 * (a correlation id, otherwise a chain) is in one partition. Partitions are merged as their records arrive. It reads no faster than you
 * iterate. Iterate it once; leaving the loop, `close` and the signal release everything.
 */
export class Subscription implements AsyncIterable<SubscriptionItem> {
  readonly #parts: SubscriptionParts
  readonly #query: SubscriptionQuery
  readonly #decoders: EnvelopeDecoders
  readonly #lost: ItemContent[] = []
  #follower: LogFollower | null = null
  #progress = Progress.none()
  #isIterated = false
  #isClosed = false
  #release: () => void = () => {}
  /** Places of topics that are out of sight. */
  readonly #left = new Map<string, PartitionProgress>()
  #start: Start | null
  #badRecords = 0n

  private constructor(parts: SubscriptionParts, query: SubscriptionQuery, start: Start) {
    this.#parts = parts
    this.#query = query
    this.#start = start
    this.#decoders = new EnvelopeDecoders(parts.registry)
    this.#lost.push(...start.gone)
  }

  /**
   * Begins a subscription: whatever is appended after it resolves will come. Errors: `InvalidQuery` naming the field (`from.after` also
   * for a token beyond the end of the log), `Unavailable`, `StorageError`.
   */
  static async open(parts: SubscriptionParts, { signal, ...input }: SubscribeOptions): Promise<Subscription> {
    const query = parseSubscription(input)
    const subscription = new Subscription(parts, query, await findStart(parts, query))
    const { log, topics, discoveryMs } = parts
    subscription.#follower = await log.follow({
      topics:
        query.tenant === null
          ? { topicPrefix: topics.topicPrefix('events') }
          : { topic: topics.topic('events', query.tenant) },
      discoveryMs,
      begin: (found) => subscription.#begin(found),
      end: (partition) => subscription.#end(partition),
    })
    // What is found from now on is new.
    subscription.#start = null
    const close = (): void => void subscription.close()
    if (signal?.aborted === true) await subscription.close()
    else signal?.addEventListener('abort', close, { once: true })
    subscription.#release = () => signal?.removeEventListener('abort', close)
    return subscription
  }

  /** The token of the present place: after every item that came, and what was skipped since. `from: { after }` takes it. */
  get token(): string {
    return this.#progress.token()
  }

  /** How many bad records have come. */
  get badRecords(): bigint {
    return this.#badRecords
  }

  /** Error: `TypeError` the second time. */
  [Symbol.asyncIterator](): AsyncIterableIterator<SubscriptionItem, void> {
    if (this.#isIterated) throw new TypeError('a subscription is iterated once; subscribe again for a second reader')
    this.#isIterated = true
    const items = this.#items()
    const iterator: AsyncIterableIterator<SubscriptionItem, void> = {
      next: () => items.next(),
      // A generator would let it wait behind the `next` that waits for an item.
      return: async () => {
        await this.close()
        return items.return()
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  async *#items(): AsyncGenerator<SubscriptionItem, void> {
    const follower = this.#follower
    try {
      for (;;) {
        yield* this.#takeLost()
        const batch = (await follower?.next()) ?? null
        yield* this.#takeLost()
        if (batch === null) return
        yield* this.#itemsOf(batch)
      }
    } finally {
      await this.close()
    }
  }

  /** Ends the subscription, and releases everything; a loop that waits for an item ends. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#release()
    await this.#follower?.close()
  }

  *#takeLost(): Generator<SubscriptionItem> {
    for (const content of this.#lost.splice(0)) yield { ...content, token: this.token }
  }

  async *#itemsOf(batch: RecordBatch): AsyncGenerator<SubscriptionItem> {
    const place = this.#progress.of(batch)
    if (place === undefined) return
    const removed = await removedBefore(this.#parts.log, batch)
    if (removed !== null) this.#lost.push(removed)
    const wanted = batch.records.filter((record) => this.#mayBeWanted(record.headers[KIND_HEADER]))
    const decoders = await this.#decoders.findFor(wanted)
    for (const record of wanted) {
      const content = this.#contentOf(record, decoders)
      if (content === null) continue
      if (this.#isClosed) return
      const progress = this.#progress.with({ ...place, next: offset(record.offset + 1n) })
      this.#progress = progress
      yield Object.defineProperty({ ...content } as SubscriptionItem, 'token', {
        get: () => progress.token(),
        enumerable: true,
      })
    }
    this.#progress = this.#progress.with({ ...place, next: batch.next })
  }

  /** A record without the header is a foreign producer's, and is looked into. */
  #mayBeWanted(kind: string | undefined): boolean {
    const { kinds } = this.#query
    return kinds.length === 0 || kind === undefined || kinds.includes(kind as EventKind)
  }

  #contentOf(record: StoredRecord, decoders: FoundDecoders): ItemContent | null {
    const { topic, partition, offset: at, timestamp: loggedAt } = record
    const position = { topic, partition, offset: at }
    const read = readEnvelope(record, decoders, this.#parts.topics)
    if (read.kind === 'envelope') {
      const { envelope } = read
      if (!this.#mayBeWanted(envelope.event.type)) return null
      return { type: 'event', position, loggedAt, envelope: handedOut(envelope) }
    }
    this.#badRecords++
    const { reason, field, message } = read
    return { type: 'bad-record', position, loggedAt, reason, field, message }
  }

  #begin(found: FoundPartition) {
    const { topic, partition, topicId } = found
    const left = this.#left.get(`${topic}/${partition}`)
    const isBack = left !== undefined && left.topicId === topicId
    const start = this.#start ?? FROM_BEGINNING
    const shorter = (): Error =>
      new ExperienceError('StorageError', `the log of ${topic} is shorter than what was read of it`)
    const { from, lost } = isBack ? beginAt(found, left.next, shorter) : start.begin(found)
    if (lost !== null) this.#lost.push(lost)
    this.#left.delete(`${topic}/${partition}`)
    this.#progress = this.#progress.with({ topic, partition, topicId, next: from })
    return from
  }

  #end(partition: TopicPartition): void {
    const place = this.#progress.of(partition)
    if (place === undefined) return
    this.#left.set(`${partition.topic}/${partition.partition}`, place)
    this.#progress = this.#progress.without(partition)
    const { topic, next: first } = place
    this.#lost.push({ type: 'lost', because: 'deleted', topic, partition: place.partition, first, records: null })
  }
}
