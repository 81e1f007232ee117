import { offset } from '../../../../base/position.ts'
import { ArchiveWriter } from '../../../../log/archive/archive-writer.ts'
import { readArchive } from '../../../../log/archive/archive-reader.ts'
import type { LoggedRecord } from '../../../../log/archive/logged-record.ts'
import type { PortableValue } from '../../../../log/archive/portable-value.ts'
import { canonicalBody, presentSchema } from '../../../../log/archive/writer-schema.ts'
import { simulateFleet } from '../../../../producers/fleet/simulate-fleet.ts'
import { envelopeToAvro } from '../../../../schemas/avro/codec/envelope-avro.ts'

/** The bytes of an archive. */
export async function archiveOf(records: Iterable<LoggedRecord>): Promise<Buffer> {
  const written: Buffer[] = []
  const archive = new ArchiveWriter(async (bytes) => void written.push(bytes))
  for (const record of records) await archive.add(record)
  await archive.end()
  return Buffer.concat(written)
}

/** Reads an archive that comes in chunks of so many bytes. */
export async function recordsOf(file: Buffer, chunkBytes = 1000): Promise<LoggedRecord[]> {
  const records: LoggedRecord[] = []
  for await (const record of readArchive(chunksOf(file, chunkBytes))) records.push(record)
  return records
}

export async function* chunksOf(file: Buffer, chunkBytes: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < file.length; at += chunkBytes) yield file.subarray(at, at + chunkBytes)
}

/** An event's value, from its body. */
export function eventValue(body: Buffer): PortableValue {
  return { kind: 'event', schema: presentSchema(), body, canonical: canonicalBody(presentSchema(), body)! }
}

/** Records of a simulated fleet. */
export function* fleetRecords(events: number): Generator<LoggedRecord> {
  let at = 0n
  for (const envelope of simulateFleet({ seed: 4, events })) {
    yield {
      topic: 'experience.events.acme',
      partition: 0,
      offset: offset(at++),
      key: envelope.event_id,
      headers: { kind: envelope.event.type },
      timestamp: 1_767_225_600_000,
      value: eventValue(envelopeToAvro(envelope)),
    }
  }
}
