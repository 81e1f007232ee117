import type { Offset } from '../../base/position.ts'
import type { RecordBatch } from '../../log/record.ts'
import type { ItemContent } from '../subscription/items.ts'
import type { PartitionProgress, Progress } from '../subscription/progress.ts'
import type { LiveRecord } from './live-record.ts'

/** How far the head has come in a partition. */
export interface HeadPlace extends PartitionProgress {
  /** Where the head began with it. */
  readonly from: Offset
}

/** How far a process has followed the log, of what some readers follow. */
export interface Head {
  readonly progress: Progress
  places(): Iterable<HeadPlace>
}

/** What a reader yields. */
export class LiveItem {
  readonly content: ItemContent
  /** The event's envelope as the reference prints it; null for what is no event. */
  readonly json: string | null
  /** The place behind it. */
  readonly progress: Progress
  #token: string | null = null

  constructor(content: ItemContent, json: string | null, progress: Progress) {
    this.content = content
    this.json = json
    this.progress = progress
  }

  /** Made once for all readers that are handed the item: it holds every topic. */
  get token(): string {
    return (this.#token ??= this.progress.token())
  }
}

/** A batch that has arrived at the head, for all readers of it. */
export class Arrival {
  readonly batch: RecordBatch
  readonly records: readonly LiveRecord[]
  /** Told before the records. */
  readonly lost: ItemContent | null
  /** The place before it. */
  readonly before: Progress
  readonly #place: PartitionProgress
  readonly #items = new Map<number, LiveItem>()

  constructor(batch: RecordBatch, records: readonly LiveRecord[], lost: ItemContent | null, before: Progress) {
    this.batch = batch
    this.records = records
    this.lost = lost
    this.before = before
    this.#place = before.of(batch)!
  }

  /** The item of a record, the same for all readers. */
  itemAt(index: number): LiveItem {
    const record = this.records[index]!
    const made = this.#items.get(index) ?? itemOf(record, this.before, this.#place)
    this.#items.set(index, made)
    return made
  }
}

/** The item of a record, for who has come so far. */
export function itemOf(record: LiveRecord, before: Progress, place: PartitionProgress): LiveItem {
  const next = (record.stored.offset + 1n) as Offset
  return new LiveItem(record.content, record.json, before.with({ ...place, next }))
}

/** What a reader is told where a topic is gone. */
export function goneItem({ topic, partition, next }: PartitionProgress, progress: Progress): LiveItem {
  const content = { type: 'lost', because: 'deleted', topic, partition, first: next, records: null } as const
  return new LiveItem(content, null, progress)
}
