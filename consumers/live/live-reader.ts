import { setImmediate } from 'node:timers/promises'
import { partitionText, type Offset } from '../../base/position.ts'
import { ExperienceError } from '../../base/experience-error.ts'
import type { Permits } from '../../base/permits.ts'
import { pause } from '../../base/waiting.ts'
import type { EventLog, FoundPartition, PartitionOffsets, ReadRange } from '../../log/event-log.ts'
import type { RecordBatch } from '../../log/record.ts'
import type { TenantTopics } from '../../log/tenant-topics.ts'
import type { EnvelopeDecoders } from '../envelope-decoders.ts'
import type { ItemContent } from '../subscription/items.ts'
import type { Progress } from '../subscription/progress.ts'
import { removedBefore } from '../subscription/removed-before.ts'
import type { Start } from '../subscription/start.ts'
import { goneItem, itemOf, LiveItem, type Arrival, type Head, type HeadPlace } from './head.ts'
import { LiveRecord } from './live-record.ts'
import { beginPlaces, type Begun } from './begin-places.ts'
import { LiveQueue } from './live-queue.ts'
import { PlacesAhead } from './places-ahead.ts'
import { turnsOf } from './turns-of-batch.ts'

/** A reader that is behind reads at most so long before others have their turn, ms. */
const PASS_MS = 2000
/** How long to wait where the log gives nothing, or fails for a while, ms. */
const AGAIN_MS = 200

export interface LiveReaderParts {
  readonly log: EventLog
  readonly topics: TenantTopics
  readonly decoders: EnvelopeDecoders
  /** Readers that read from the log at once. */
  readonly permits: Permits
}

export interface LiveReaderOptions {
  readonly wants: (record: LiveRecord) => boolean
  /** Bytes that may wait to be taken. */
  readonly bufferBytes: number
}

/**
 * Reads what the log holds and takes, from a place on. While it keeps up, it is handed what arrives at the head that many readers share;
 * who has more waiting than its bound, or begins earlier, reads on from the log by itself, no faster than it is asked, until it has
 * come up with the head. Each record comes once, those of a partition in order.
 */
export class LiveReader {
  readonly #parts: LiveReaderParts
  readonly #wants: LiveReaderOptions['wants']
  /** The place before anything comes. */
  readonly start: Progress
  readonly #head: Head
  readonly #start: Start
  readonly #queue: LiveQueue
  /** How far it has come where it is behind; null while it is at the head. */
  #behind: Progress | null
  /** At the head. */
  readonly #ahead = new PlacesAhead()
  /** What the log held at the start of partitions that the head had not found yet. */
  readonly #unfound: Map<string, PartitionOffsets>
  readonly #ending = new AbortController()
  /** Counts what begins and ends, so that a reading under way is left that may be of a topic that is gone. */
  #changes = 0

  /** Error: `InvalidQuery` (`from.after`). */
  constructor(
    head: Head,
    start: Start,
    held: readonly PartitionOffsets[],
    parts: LiveReaderParts,
    options: LiveReaderOptions,
  ) {
    this.#head = head
    this.#start = start
    this.#parts = parts
    this.#wants = options.wants
    this.#queue = new LiveQueue(options.bufferBytes)
    const begun: Begun = beginPlaces(head, start, held)
    this.#behind = begun.progress
    this.#unfound = begun.unfound
    for (const content of [...start.gone, ...begun.lost]) this.#queue.push(new LiveItem(content, null, begun.progress))
    this.#attachIfThere()
    // What is at the head shares its place, which takes room for each topic.
    this.start = this.#behind === null && this.#ahead.isEmpty ? head.progress : begun.progress
  }

  /** The place behind everything that was taken or skipped, where nothing waits. */
  get progress(): Progress {
    return this.#queue.progress ?? this.#behind ?? this.#ahead.over(this.#head.progress)
  }

  /** The next item; `idle` where there is none for so many ms, `ended` once it was ended. Errors: `StorageError`. */
  async next(ms: number): Promise<LiveItem | 'idle' | 'ended'> {
    const idleAt = performance.now() + ms
    for (;;) {
      if (this.#ending.signal.aborted) return 'ended'
      const item = this.take()
      if (item !== undefined) return item
      const left = idleAt - performance.now()
      if (left <= 0) return 'idle'
      if (this.#behind === null) await this.#queue.wait(this.#ending.signal, left)
      else await this.#readOn()
    }
  }

  /** An item that waits already. */
  take(): LiveItem | undefined {
    return this.#queue.take()
  }

  /** Ends it: who waits for an item is told. */
  end(): void {
    this.#ending.abort()
  }

  /** Something has arrived at the head. What it has no room for, it reads from the log. */
  offer(arrival: Arrival): void {
    if (this.#behind !== null) return
    const { batch, records, before, lost } = arrival
    const seen = this.#ahead.of(batch)
    if (seen === undefined && lost !== null) this.#queue.push(new LiveItem(lost, null, before))
    for (const [index, record] of records.entries()) {
      if (seen !== undefined && record.stored.offset < seen.next) continue
      if (!this.#wants(record)) continue
      if (this.#queue.isFull) {
        const place = { ...before.of(batch)!, next: record.stored.offset }
        this.#behind = this.#ahead.over(before).with(place)
        this.#ahead.clear()
        return
      }
      const item = arrival.itemAt(index)
      const { content, json, progress } = item
      this.#queue.push(this.#ahead.isEmpty ? item : new LiveItem(content, json, this.#ahead.over(progress)))
    }
    if (seen !== undefined && seen.next <= batch.next) this.#ahead.delete(batch)
  }

  /** The head has found a partition. */
  begun(place: HeadPlace, found: FoundPartition): void {
    this.#changes++
    const key = partitionText(place)
    const held = this.#unfound.get(key)
    this.#unfound.delete(key)
    const { from, lost } =
      held === undefined ? { from: place.next, lost: null } : this.#beginLate({ ...found, ...held })
    const next = from > place.next || this.#behind !== null ? from : place.next
    const mine = { topic: place.topic, partition: place.partition, topicId: place.topicId, next }
    if (this.#behind !== null) this.#behind = this.#behind.with(mine)
    else if (next > place.next) this.#ahead.add(mine)
    if (lost !== null) this.#queue.push(new LiveItem(lost, null, this.progress))
  }

  /** A partition is gone. */
  ended(place: HeadPlace): void {
    this.#changes++
    const mine = this.#behind?.of(place) ?? this.#ahead.of(place) ?? place
    this.#ahead.delete(place)
    if (this.#behind !== null) this.#behind = this.#behind.without(place)
    this.#queue.push(goneItem(mine, this.progress.without(place)))
  }

  #beginLate(found: FoundPartition) {
    try {
      return this.#start.begin(found)
    } catch {
      // Nobody waits for an answer any more. What the token says of it is beyond its end: it begins there.
      return { from: found.next, lost: null }
    }
  }

  /** Reads some of what the head has and this lacks; then waits at the head, if that is all. */
  async #readOn(): Promise<void> {
    const ranges = this.#rangesToHead()
    if (ranges.length === 0) {
      this.#attachIfThere()
      return
    }
    let isNearer = false
    try {
      isNearer = await this.#parts.permits.run(() => this.#read(ranges))
    } catch (error) {
      if (!(error instanceof ExperienceError && error.retryable)) throw error
    }
    if (!isNearer) await pause(AGAIN_MS, this.#ending.signal)
  }

  async #read(ranges: readonly ReadRange[]): Promise<boolean> {
    const { log, topics, decoders } = this.#parts
    const until = performance.now() + PASS_MS
    const changes = this.#changes
    let isNearer = false
    for await (const batch of log.read(ranges)) {
      const lost = await removedBefore(log, batch)
      const found = await decoders.findFor(batch.records)
      for (const [index, part] of turnsOf(batch).entries()) {
        await setImmediate()
        if (this.#changes !== changes || this.#ending.signal.aborted) return true
        const records = part.records.map((stored) => new LiveRecord(stored, found, topics))
        isNearer = this.#takeIn(part, records, index === 0 ? lost : null) || isNearer
        if (this.#queue.isFull || performance.now() > until) return isNearer
      }
    }
    return isNearer
  }

  #takeIn(batch: RecordBatch, records: readonly LiveRecord[], lost: ItemContent | null): boolean {
    const place = this.#behind?.of(batch)
    if (this.#behind === null || place === undefined || batch.next <= place.next) return false
    if (lost !== null) this.#queue.push(new LiveItem(lost, null, this.#behind))
    for (const record of records) {
      const { offset } = record.stored
      if (offset < place.next || !this.#wants(record)) continue
      if (this.#queue.isFull) {
        this.#behind = this.#behind.with({ ...place, next: offset })
        return true
      }
      const item = itemOf(record, this.#behind, place)
      this.#behind = item.progress
      this.#queue.push(item)
    }
    this.#behind = this.#behind.with({ ...place, next: batch.next })
    return true
  }

  #rangesToHead(): ReadRange[] {
    const ranges: ReadRange[] = []
    for (const place of this.#head.places()) {
      const { topic, partition, next: to } = place
      const from = this.#placeOf(place)
      if (from < to) ranges.push({ topic, partition, from, to })
    }
    return ranges
  }

  #attachIfThere(): void {
    if (this.#rangesToHead().length > 0) return
    for (const place of this.#head.places()) {
      const mine = this.#behind?.of(place)
      if (mine !== undefined && mine.next > place.next) this.#ahead.add(mine)
    }
    this.#behind = null
  }

  #placeOf(place: HeadPlace): Offset {
    return this.#behind?.of(place)?.next ?? place.from
  }
}
