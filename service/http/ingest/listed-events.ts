import { readLines } from '../../ingest/read-lines.ts'
import { isBlank } from '../../ingest/stream-appender.ts'
import { readBody } from '../body/read-body.ts'
import { HttpError } from '../http-error.ts'
import { readRecords } from './read-records.ts'
import type { AtomicEvents } from './take-atomic.ts'
import type { EventRequest } from './event-request.ts'
import { wholeEvents } from './whole-events.ts'

/** A body is cut into events piece by piece, so that one of too many is left early, bytes. */
const PIECE_BYTES = 64 << 10

/** All events of a request, held whole in any form. Errors: those of `readBody`, 400, 413 for more than `most` events, 415. */
export async function listedEvents(asked: EventRequest, most: number): Promise<Omit<AtomicEvents, 'tenant'>> {
  const { request, form, pass, maxBytes, decoders, ended } = asked
  if (form !== 'lines' && form !== 'avro-records') {
    const events = await wholeEvents(asked)
    checkCount(events.list, most)
    return { events, lines: null }
  }

  const body = await readBody(request, maxBytes, { ended, holds: (bytes) => pass.holds(bytes) })
  const list: Buffer[] = []
  if (form === 'avro-records') {
    for await (const records of readRecords(piecesOf(body), { maxBytes, holds: () => undefined })) {
      list.push(...records)
      checkCount(list, most)
    }
    pass.took(list.length, body.length)
    const found = await decoders.findFor(list.map((value) => ({ value })))
    return { events: { form: 'avro', list, decoderOf: (schemaId) => found.find(schemaId) }, lines: null }
  }
  const lines: number[] = []
  for await (const together of readLines(piecesOf(body), maxBytes)) {
    for (const { number, bytes } of together) {
      if (bytes === null || isBlank(bytes)) continue
      list.push(bytes)
      lines.push(number)
    }
    checkCount(list, most)
  }
  pass.took(list.length, body.length)
  return { events: { form: 'json', list }, lines }
}

async function* piecesOf(body: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) yield body.subarray(at, at + PIECE_BYTES)
}

function checkCount(list: readonly unknown[], most: number): void {
  if (list.length <= most) return
  throw new HttpError(413, 'InvalidQuery', `body: ?atomic=true takes ${most} events at most`, { field: 'body' })
}
