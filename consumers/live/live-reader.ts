import { partitionText, type Offset } from '../../base/position.ts'
import type { FoundPartition, PartitionOffsets, ReadRange } from '../../log/event-log.ts'
import type { RecordBatch } from '../../log/record.ts'
import type { ItemContent } from '../subscription/items.ts'
import type { Progress } from '../subscription/progress.ts'
import type { Start } from '../subscription/start.ts'
import { CatchUp, type Behind, type CatchUpParts } from './catch-up.ts'
import { goneItem, itemOf, LiveItem, type Arrival, type Head, type HeadPlace } from './head.ts'
import type { LiveRecord } from './live-record.ts'
import { beginPlaces, type Begun } from './begin-places.ts'
import { LiveQueue } from './live-queue.ts'
import { PlacesAhead } from './places-ahead.ts'

/** Records of a partition that who is behind reads at a time: what was fetched beyond that it would not take, and fetch again. */
const RECORDS_A_PASS = 10_000n

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
export class LiveReader implements Behind {
  readonly #wants: LiveReaderOptions['wants']
  /** The place before anything comes. */
  readonly start: Progress
  readonly #head: Head
  readonly #start: Start
  readonly queue: LiveQueue
  readonly #catchUp: CatchUp
  /** How far it has come where it is behind; null while it is at the head. */
  #behind: Progress | null
  /** At the head. */
  readonly #ahead = new PlacesAhead()
  /** What the log held at the start of partitions that the head had not found yet. */
  readonly #unfound: Map<string, PartitionOffsets>
  readonly #ending = new AbortController()
  changes = 0

  /** Error: `InvalidQuery` (`from.after`). */
  constructor(
    head: Head,
    start: Start,
    held: readonly PartitionOffsets[],
    parts: CatchUpParts,
    options: LiveReaderOptions,
  ) {
    this.#head = head
    this.#start = start
    this.#wants = options.wants
    this.#catchUp = new CatchUp(parts, this, this.#ending.signal)
    this.queue = new LiveQueue(options.bufferBytes)
    const begun: Begun = beginPlaces(head, start, held)
    this.#behind = begun.progress
    this.#unfound = begun.unfound
    for (const content of [...start.gone, ...begun.lost]) this.queue.push(new LiveItem(content, null, begun.progress))
    if (this.ranges().length === 0) this.attach()
    // What is at the head shares its place, which takes room for each topic.
    this.start = this.#behind === null && this.#ahead.isEmpty ? head.progress : begun.progress
  }

  /** The place behind everything that was taken or skipped, where nothing waits. */
  get progress(): Progress {
    return this.queue.progress ?? this.#behind ?? this.#ahead.over(this.#head.progress)
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
      if (this.#behind !== null) this.#catchUp.start()
      await this.queue.wait(this.#ending.signal, left)
    }
  }

  /** An item that waits already. */
  take(): LiveItem | undefined {
    return this.queue.take()
  }

  /** Ends it: who waits for an item is told. */
  end(): void {
    this.#ending.abort()
  }

  /** Ends it; resolves when it reads from the log no more. */
  async close(): Promise<void> {
    this.end()
    await this.#catchUp.settled()
  }

  /** Something has arrived at the head. What it has no room for, it reads from the log. */
  offer(arrival: Arrival): void {
    if (this.#behind !== null) return
    const { batch, records, before, lost } = arrival
    const seen = this.#ahead.of(batch)
    if (seen === undefined && lost !== null) this.queue.push(new LiveItem(lost, null, before))
    for (const [index, record] of records.entries()) {
      if (seen !== undefined && record.stored.offset < seen.next) continue
      if (!this.#wants(record)) continue
      if (this.queue.isFull) {
        const place = { ...before.of(batch)!, next: record.stored.offset }
        this.#behind = this.#ahead.over(before).with(place)
        this.#ahead.clear()
        return
      }
      const item = arrival.itemAt(index)
      const { content, json, progress } = item
      this.queue.push(this.#ahead.isEmpty ? item : new LiveItem(content, json, this.#ahead.over(progress)))
    }
    if (seen !== undefined && seen.next <= batch.next) this.#ahead.delete(batch)
  }

  /** The head has found a partition. */
  begun(place: HeadPlace, found: FoundPartition): void {
    this.changes++
    const key = partitionText(place)
    const held = this.#unfound.get(key)
    this.#unfound.delete(key)
    const { from, lost } =
      held === undefined ? { from: place.next, lost: null } : this.#beginLate({ ...found, ...held })
    const next = from > place.next || this.#behind !== null ? from : place.next
    const mine = { topic: place.topic, partition: place.partition, topicId: place.topicId, next }
    if (this.#behind !== null) this.#behind = this.#behind.with(mine)
    else if (next > place.next) this.#ahead.add(mine)
    if (lost !== null) this.queue.push(new LiveItem(lost, null, this.progress))
  }

  /** A partition is gone. */
  ended(place: HeadPlace): void {
    this.changes++
    const mine = this.#behind?.of(place) ?? this.#ahead.of(place) ?? place
    this.#ahead.delete(place)
    if (this.#behind !== null) this.#behind = this.#behind.without(place)
    this.queue.push(goneItem(mine, this.progress.without(place)))
  }

  #beginLate(found: FoundPartition) {
    try {
      return this.#start.begin(found)
    } catch {
      // Nobody waits for an answer any more. What the token says of it is beyond its end: it begins there.
      return { from: found.next, lost: null }
    }
  }

  takeIn(batch: RecordBatch, records: readonly LiveRecord[], lost: ItemContent | null): boolean {
    const place = this.#behind?.of(batch)
    if (this.#behind === null || place === undefined || batch.next <= place.next) return false
    if (lost !== null) this.queue.push(new LiveItem(lost, null, this.#behind))
    for (const record of records) {
      const { offset } = record.stored
      if (offset < place.next || !this.#wants(record)) continue
      if (this.queue.isFull) {
        this.#behind = this.#behind.with({ ...place, next: offset })
        return true
      }
      const item = itemOf(record, this.#behind, place)
      this.#behind = item.progress
      this.queue.push(item)
    }
    this.#behind = this.#behind.with({ ...place, next: batch.next })
    return true
  }

  ranges(): ReadRange[] {
    const ranges: ReadRange[] = []
    for (const place of this.#head.places()) {
      const { topic, partition, next } = place
      const from = this.#placeOf(place)
      const most = (from + RECORDS_A_PASS) as Offset
      if (from < next) ranges.push({ topic, partition, from, to: most < next ? most : next })
    }
    return ranges
  }

  attach(): void {
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
