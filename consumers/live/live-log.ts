import { partitionText } from '../../base/position.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import { Permits } from '../../base/permits.ts'
import { pause } from '../../base/waiting.ts'
import type { EventLog, FoundPartition, LogFollower } from '../../log/event-log.ts'
import type { RecordBatch } from '../../log/record.ts'
import type { SchemaRegistry } from '../../log/schema-registry.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import { EnvelopeDecoders } from '../envelope-decoders.ts'
import { findStart } from '../subscription/find-start.ts'
import { removedBefore } from '../subscription/removed-before.ts'
import type { SubscriptionQuery } from '../subscription/start.ts'
import type { HeadPlace } from './head.ts'
import { LiveReader, type LiveReaderOptions } from './live-reader.ts'
import { LiveRecord } from './live-record.ts'
import { LiveScope } from './live-scope.ts'

/** Readers that are behind and read from the log at once: on Kafka each has connections of its own meanwhile. */
const READING_AT_ONCE = 8
/** How long the log is followed after the last reader has gone, ms: one that was cut soon comes again. */
const LINGER_MS = 30_000
/** How long to wait where the registry fails for a while, ms. */
const AGAIN_MS = 500

export interface LiveLogParts {
  readonly log: EventLog
  readonly topics: TenantTopics
  readonly registry: SchemaRegistry
  /** How often to look for new tenants, ms. */
  readonly discoveryMs: number
  /** Told what ended all readers. */
  readonly failed: (error: unknown) => void
}

export interface LiveQuery extends LiveReaderOptions, Pick<SubscriptionQuery, 'tenant' | 'from'> {
  /** Whether whoever asks may know nothing of the tenant: then it is as if it did not exist. */
  readonly isHidden: boolean
}

/**
 * The log's live end, for any number of readers of one process: it is followed once, and what arrives is handed to all. A reader that
 * does nothing costs next to nothing.
 */
export class LiveLog {
  readonly #parts: LiveLogParts
  readonly #decoders: EnvelopeDecoders
  readonly #permits = new Permits(READING_AT_ONCE)
  readonly #ending = new AbortController()
  /** By topic; null for all. */
  readonly #scopes = new Map<string | null, LiveScope>()
  #places = new Map<string, HeadPlace>()
  /** Places of topics that are out of sight. */
  readonly #left = new Map<string, HeadPlace>()
  readonly #hidden = new LiveScope([])
  #opening: Promise<LogFollower> | null = null
  #running: Promise<void> = Promise.resolve()
  #lingering: NodeJS.Timeout | undefined
  #readers = 0

  constructor(parts: LiveLogParts) {
    this.#parts = parts
    this.#decoders = new EnvelopeDecoders(parts.registry)
  }

  /**
   * Begins a reader: whatever is appended after it resolves will come. Whoever has it calls `leave`. Errors: `InvalidQuery`
   * (`from.after`), `Unavailable`, `StorageError`.
   */
  async open({ tenant, from, isHidden, ...options }: LiveQuery): Promise<LiveReader> {
    const { log, topics } = this.#parts
    this.#readers++
    clearTimeout(this.#lingering)
    try {
      await this.#follow()
      const start = await findStart({ log, topics }, { tenant, from }, isHidden)
      const topic = tenant === null ? null : topics.topic('events', tenant)
      const names = isHidden ? [] : topic === null ? await log.topics(topics.topicPrefix('events')) : [topic]
      const held = await log.offsets(names)
      if (this.#opening === null) throw new ExperienceError('Unavailable', 'the log cannot be followed now')
      const scope = isHidden ? this.#hidden : this.#scopeOf(topic)
      const reader = new LiveReader(scope, start, held, { ...this.#parts, ...this.#shared }, options)
      scope.readers.add(reader)
      return reader
    } catch (error) {
      this.#gone()
      throw error
    }
  }

  /** Lets go of a reader. */
  leave(reader: LiveReader): void {
    for (const [topic, scope] of [...this.#scopes, [null, this.#hidden] as const]) {
      if (!scope.readers.delete(reader)) continue
      if (scope.readers.size === 0 && scope !== this.#hidden) this.#scopes.delete(topic)
      reader.end()
      this.#gone()
      return
    }
  }

  /** Ends all readers and lets go of the log. */
  async close(): Promise<void> {
    this.#ending.abort()
    clearTimeout(this.#lingering)
    await this.#stop()
  }

  get #shared() {
    return { decoders: this.#decoders, permits: this.#permits }
  }

  #gone(): void {
    this.#readers--
    if (this.#readers > 0 || this.#ending.signal.aborted) return
    this.#lingering = setTimeout(() => void this.#stop(), LINGER_MS).unref()
  }

  async #stop(): Promise<void> {
    const opening = this.#opening
    this.#opening = null
    this.#endReaders()
    const follower = await opening?.catch(() => null)
    await follower?.close()
    await this.#running
  }

  #endReaders(): void {
    for (const scope of [...this.#scopes.values(), this.#hidden]) for (const reader of scope.readers) reader.end()
  }

  #scopeOf(topic: string | null): LiveScope {
    const places = [...this.#places.values()].filter((place) => topic === null || place.topic === topic)
    const scope = this.#scopes.get(topic) ?? new LiveScope(places)
    this.#scopes.set(topic, scope)
    return scope
  }

  #scopesOf(topic: string): LiveScope[] {
    return [this.#scopes.get(topic), this.#scopes.get(null)].filter((scope) => scope !== undefined)
  }

  /** Follows the log from its end on, once for all. */
  async #follow(): Promise<void> {
    if (this.#ending.signal.aborted) throw new ExperienceError('Unavailable', 'the process is stopping')
    if (this.#opening === null) {
      const opening = this.#open()
      this.#opening = opening
      opening.then(
        (follower) => (this.#running = this.#run(opening, follower)),
        () => this.#opening === opening && (this.#opening = null),
      )
    }
    await this.#opening
  }

  async #open(): Promise<LogFollower> {
    const { log, topics, discoveryMs } = this.#parts
    await this.#running
    this.#places = new Map()
    this.#left.clear()
    let isStarting = true
    const follower = await log.follow({
      topics: { topicPrefix: topics.topicPrefix('events') },
      discoveryMs,
      begin: (found) => this.#begin(found, isStarting).next,
      end: (partition) => {
        const place = this.#places.get(partitionText(partition))
        if (place !== undefined) this.#end(place)
      },
    })
    isStarting = false
    return follower
  }

  async #run(opening: Promise<LogFollower>, follower: LogFollower): Promise<void> {
    try {
      for (let batch = await follower.next(); batch !== null; batch = await follower.next()) await this.#arrived(batch)
    } catch (error) {
      this.#parts.failed(error)
    }
    await follower.close().catch(() => undefined)
    if (this.#opening !== opening) return
    this.#opening = null
    this.#endReaders()
  }

  async #arrived(batch: RecordBatch): Promise<void> {
    const place = this.#places.get(partitionText(batch))
    if (place === undefined) return
    const lost = await this.#persist(() => removedBefore(this.#parts.log, batch))
    const decoders = await this.#persist(() => this.#decoders.findFor(batch.records))
    if (decoders === undefined) return
    const records = batch.records.map((stored) => new LiveRecord(stored, decoders, this.#parts.topics))
    for (const scope of this.#scopesOf(batch.topic)) scope.arrived(batch, records, lost ?? null)
    this.#places.set(partitionText(batch), { ...place, next: batch.next })
  }

  /** Tries again what fails for a while. Undefined where it is given up, since all ends. */
  async #persist<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    while (!this.#ending.signal.aborted) {
      try {
        return await attempt()
      } catch (error) {
        if (!(error instanceof ExperienceError && error.retryable)) throw error
        await pause(AGAIN_MS, this.#ending.signal)
      }
    }
    return undefined
  }

  #begin(found: FoundPartition, isStarting: boolean): HeadPlace {
    const { topic, partition, topicId, earliest, next } = found
    const key = partitionText(found)
    const left = this.#left.get(key)
    this.#left.delete(key)
    const isBack = left?.topicId === topicId && left.next >= earliest && left.next <= next
    const from = isStarting ? next : isBack ? left.next : earliest
    const place = { topic, partition, topicId, from, next: from }
    this.#places.set(key, place)
    for (const scope of this.#scopesOf(topic)) scope.begin(place, found)
    return place
  }

  #end(place: HeadPlace): void {
    this.#places.delete(partitionText(place))
    this.#left.set(partitionText(place), place)
    for (const scope of this.#scopesOf(place.topic)) scope.end(place)
  }
}
