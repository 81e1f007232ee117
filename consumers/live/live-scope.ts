import { partitionText } from '../../base/position.ts'
import type { FoundPartition } from '../../log/event-log.ts'
import type { RecordBatch } from '../../log/record.ts'
import type { ItemContent } from '../subscription/items.ts'
import { Progress } from '../subscription/progress.ts'
import { Arrival, type Head, type HeadPlace } from './head.ts'
import type { LiveReader } from './live-reader.ts'
import type { LiveRecord } from './live-record.ts'

/** The readers of one topic, or of all, and how far the head has come in it: they share its tokens and items. */
export class LiveScope implements Head {
  readonly readers = new Set<LiveReader>()
  readonly #places = new Map<string, HeadPlace>()
  #progress = Progress.none()

  constructor(places: Iterable<HeadPlace>) {
    for (const place of places) this.#set(place)
  }

  get progress(): Progress {
    return this.#progress
  }

  places(): Iterable<HeadPlace> {
    return this.#places.values()
  }

  begin(place: HeadPlace, found: FoundPartition): void {
    this.#set(place)
    for (const reader of this.readers) reader.begun(place, found)
  }

  end(place: HeadPlace): void {
    for (const reader of this.readers) reader.ended(place)
    this.#places.delete(partitionText(place))
    this.#progress = this.#progress.without(place)
  }

  arrived(batch: RecordBatch, records: readonly LiveRecord[], lost: ItemContent | null): void {
    const place = this.#places.get(partitionText(batch))
    if (place === undefined) return
    const arrival = new Arrival(batch, records, lost, this.#progress)
    for (const reader of this.readers) reader.offer(arrival)
    this.#set({ ...place, next: batch.next })
  }

  #set(place: HeadPlace): void {
    const { topic, partition, topicId, next } = place
    this.#places.set(partitionText(place), place)
    this.#progress = this.#progress.with({ topic, partition, topicId, next })
  }
}
