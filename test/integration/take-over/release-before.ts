import { randomBytes } from 'node:crypto'
import { offset } from '../../../base/position.ts'
import { BatchDecoder } from '../../../consumers/batch/batch-decoder.ts'
import { EnvelopeDecoders } from '../../../consumers/envelope-decoders.ts'
import type { CommittedOffset } from '../../../log/group-consumer.ts'
import type { StoredRecord } from '../../../log/record.ts'
import { currentForm, type ProjectionForm } from '../../../projections/forms/form.ts'
import { BlockBuilder } from '../../../projections/native/block-builder.ts'
import type { InsertBlock } from '../../../projections/read-model-store.ts'
import type { Service } from '../../../service/wiring/service.ts'

/**
 * Does by hand, step by step, what a projector of the release before did with a range of a topic's only partition: it projected each range
 * by itself, committed `intent:<end>:<name>` beside its first offset, and inserted under a token of generation, place and name. What
 * that token had taken without rows went in under the next of a series.
 */
export class ReleaseBefore {
  readonly #service: Service
  readonly #topic: string
  readonly #name = randomBytes(9).toString('base64url')

  constructor(service: Service, topic: string) {
    this.#service = service
    this.#topic = topic
  }

  /** What it commits when it begins a range. */
  intent(first: number, next: number): CommittedOffset {
    return this.#commit(first, `intent:${next}:${this.#name}`)
  }

  /** What it commits when a range is done. */
  done(next: number): CommittedOffset {
    return this.#commit(next, '')
  }

  /** The inserts of a range, dead letters first, as it sends them; the `lost`th of the series. */
  async inserts(first: number, next: number, lost = 0): Promise<InsertBlock[]> {
    const { topics, registry } = this.#service.log
    const { eventsTable, deadLettersTable, id } = this.#service.readModel.generation
    const records = await this.#read(first, next)
    const decoders = await new EnvelopeDecoders(registry).findFor(records)
    const range = { topic: this.#topic, partition: 0, records, decoders }
    const reader = new BatchDecoder(currentForm, currentForm.eventColumns, topics, undefined)
    const { events, bad } = reader.read([range], new Set())
    const token = `${id}:${this.#topic}:0:${first}:${next - 1}:${this.#name}`
    const deduplicationToken = lost === 0 ? token : `${token}:${lost}`
    const inserts = [{ ...events.block, table: eventsTable, deduplicationToken }]
    const badOfRange = bad[0] ?? []
    if (badOfRange.length === 0) return inserts
    const builder = new BlockBuilder<ProjectionForm['deadLetterColumns']>(currentForm.deadLetterColumns)
    builder.begin(badOfRange.length)
    for (const each of badOfRange) builder.add(currentForm.deadLetterRow(each, topics))
    return [{ ...builder.finish(), table: deadLettersTable, deduplicationToken }, ...inserts]
  }

  async #read(first: number, next: number): Promise<StoredRecord[]> {
    const records: StoredRecord[] = []
    const range = { topic: this.#topic, partition: 0, from: offset(first), to: offset(next) }
    for await (const batch of this.#service.log.log.read([range])) records.push(...batch.records)
    return records
  }

  #commit(at: number, metadata: string): CommittedOffset {
    return { topic: this.#topic, partition: 0, offset: offset(at), metadata }
  }
}
