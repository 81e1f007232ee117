import { CR, LF, OPEN_BRACE, OPEN_BRACKET, SPACE, TAB } from '../../../base/characters.ts'
import type { EncodedEvents } from '../../../producers/event-producer.ts'
import { readBody } from '../body/read-body.ts'
import { HttpError } from '../http-error.ts'
import { NDJSON_TYPE, unknownForm } from './event-form.ts'
import { splitJson } from './split-json.ts'
import type { EventRequest } from './event-request.ts'

/** The events of a body that is read whole. Errors: those of `readBody`, 400, 415. */
export async function wholeEvents(asked: EventRequest): Promise<EncodedEvents> {
  const { request, form, pass, maxBytes, decoders, ended } = asked
  const body = await readBody(request, maxBytes, { ended, holds: (bytes) => pass.holds(bytes) })
  if (form === 'avro') {
    pass.took(1, body.length)
    const found = await decoders.findFor([{ value: body }])
    return { form, list: [body], decoderOf: (schemaId) => found.find(schemaId) }
  }
  const list = jsonEvents(body, form === 'looked-at')
  pass.took(list.length, body.length)
  return { form: 'json', list }
}

function jsonEvents(body: Buffer, isLookedAt: boolean): readonly Buffer[] {
  const first = body.find((byte) => byte !== SPACE && byte !== TAB && byte !== CR && byte !== LF)
  if (first === undefined) throw wrong('is empty')
  if (isLookedAt && first !== OPEN_BRACE && first !== OPEN_BRACKET) throw unknownForm()
  const { isArray, parts } = splitJson(body)
  if (!isArray && parts.length > 1 && !isLookedAt) {
    throw wrong(`holds more than one value: send an array, or lines with the header "content-type: ${NDJSON_TYPE}"`)
  }
  return parts
}

function wrong(message: string): HttpError {
  return new HttpError(400, 'InvalidQuery', `body: ${message}`, { field: 'body' })
}
