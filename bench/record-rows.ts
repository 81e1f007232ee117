import { EnvelopeDecoders } from '../consumers/envelope-decoders.ts'
import { BatchDecoder } from '../consumers/batch/batch-decoder.ts'
import { type Offset } from '../base/position.ts'
import type { StoredRecord } from '../log/record.ts'
import { TenantTopics } from '../log/tenant-topics.ts'
import { currentForm } from '../projections/forms/form.ts'
import { envelopeAvroSchema } from '../schemas/avro/schema/avro-schema.ts'
import { framedRecords, type FleetEvents } from './fleet-events.ts'

const topics = new TenantTopics('experience')
const decoders = new EnvelopeDecoders({
  schemaById: async () => JSON.stringify(envelopeAvroSchema),
})
const reader = new BatchDecoder(currentForm, currentForm.eventColumns, topics, undefined)

/** The events as the log gives them back, each under its tenant's topic; ms since the epoch for the time of the append. */
export function storedRecords({ envelopes, avroBodies }: FleetEvents): StoredRecord[] {
  const schemaId = 1
  return framedRecords(avroBodies, schemaId).map((value, index) => ({
    topic: topics.topic('events', envelopes[index]!.tenant_id),
    partition: 0,
    offset: BigInt(index) as Offset,
    key: envelopes[index]!.event_id,
    value,
    headers: {},
    timestamp: Date.UTC(2026, 3, 23, 12),
    sequence: 0,
  }))
}

/** Records as the rows of the table of events, in Native blocks, one a topic: the way that the projector takes. */
export async function rowsOfRecords(records: readonly StoredRecord[]): Promise<Uint8Array> {
  const found = await decoders.findFor(records)
  const byTopic = new Map<string, StoredRecord[]>()
  for (const record of records) {
    const own = byTopic.get(record.topic)
    if (own === undefined) byTopic.set(record.topic, [record])
    else own.push(record)
  }
  const blocks = Array.from(byTopic, ([topic, own]) => {
    const { events, bad } = reader.read([{ topic, partition: 0, records: own, decoders: found }], new Set())
    const [wrong] = bad.flat()
    if (wrong !== undefined) throw new Error(`${wrong.reason}: ${wrong.message}`)
    // The reader's next range takes its memory.
    return Buffer.concat(events.block.native)
  })
  return Buffer.concat(blocks)
}
