import { readLines } from '../../ingest/read-lines.ts'
import { isBlank } from '../../ingest/stream-appender.ts'
import { readBody } from '../body/read-body.ts'
import { readRecords } from './read-records.ts'
import type { AtomicEvents } from './take-atomic.ts'
import type { EventRequest } from './event-request.ts'
import { wholeEvents } from './whole-events.ts'

/** All events of a request, held whole in any form. Errors: those of `readBody`, 400, 415. */
export async function listedEvents(asked: EventRequest): Promise<Omit<AtomicEvents, 'tenant'>> {
  const { request, form, pass, maxBytes, decoders, ended } = asked
  if (form !== 'lines' && form !== 'avro-records') return { events: await wholeEvents(asked), lines: null }

  const body = await readBody(request, maxBytes, { ended, holds: (bytes) => pass.holds(bytes) })
  const list: Buffer[] = []
  if (form === 'avro-records') {
    for await (const records of readRecords(only(body), { maxBytes, holds: () => undefined })) list.push(...records)
    pass.took(list.length, body.length)
    const found = await decoders.findFor(list.map((value) => ({ value })))
    return { events: { form: 'avro', list, decoderOf: (schemaId) => found.find(schemaId) }, lines: null }
  }
  const lines: number[] = []
  for await (const together of readLines(only(body), maxBytes)) {
    for (const { number, bytes } of together) {
      if (bytes === null || isBlank(bytes)) continue
      list.push(bytes)
      lines.push(number)
    }
  }
  pass.took(list.length, body.length)
  return { events: { form: 'json', list }, lines }
}

async function* only(body: Buffer): AsyncGenerator<Buffer> {
  yield body
}
