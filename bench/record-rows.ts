import { readRecord } from '../consumers/read-record.ts'
import type { DecoderSource } from '../consumers/envelope-decoders.ts'
import type { Offset, StoredRecord } from '../log/event-log.ts'
import { TenantTopics } from '../log/tenant-topics.ts'
import { currentForm } from '../projections/form.ts'
import { RowEncoder } from '../projections/table-columns.ts'
import { envelopeAvroSchema } from '../schemas/avro/avro-schema.ts'
import { envelopeDecoder } from '../schemas/avro/envelope-avro.ts'
import { framedRecords, type FleetEvents } from './fleet-events.ts'

const topics = new TenantTopics('experience')
const decode = envelopeDecoder(JSON.stringify(envelopeAvroSchema))
const decoders: DecoderSource = { find: async () => decode }

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
  }))
}

/** Records as the rows of the table of events, in RowBinary: the way that the projector takes. */
export async function rowsOfRecords(records: readonly StoredRecord[]): Promise<Uint8Array> {
  const encoder = new RowEncoder(currentForm.eventColumns)
  for (const record of records) {
    const read = await readRecord(record, decoders, topics)
    if (read.kind === 'bad') throw new Error(`${read.reason}: ${read.message}`)
    encoder.add(currentForm.eventRow(read.event))
  }
  return encoder.finish()
}
