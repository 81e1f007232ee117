import type { FastifyRequest } from 'fastify'
import { HttpError } from '../http-error.ts'
import { contentTypeOf, unsupported } from '../register-route.ts'

/**
 * How events are sent: as JSON (one, or an array), one a line, as one record of Avro, or as records behind their lengths. `looked-at` is a
 * body that does not say what it is, or is said to be a form by a client that was not asked (`curl -d`).
 */
export type EventForm = 'json' | 'lines' | 'avro' | 'avro-records' | 'looked-at'

export const JSON_TYPE = 'application/json'
export const NDJSON_TYPE = 'application/x-ndjson'
export const AVRO_TYPE = 'application/vnd.apache.avro'
export const AVRO_RECORDS_TYPE = 'application/vnd.experience-log.avro-records'

const FORMS: Readonly<Record<string, EventForm>> = {
  [JSON_TYPE]: 'json',
  [NDJSON_TYPE]: 'lines',
  'application/ndjson': 'lines',
  'application/jsonl': 'lines',
  [AVRO_TYPE]: 'avro',
  'avro/binary': 'avro',
  [AVRO_RECORDS_TYPE]: 'avro-records',
  'application/x-www-form-urlencoded': 'looked-at',
}

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)/i

/** The form of a request's events, by its content type. Error: 415, which names the types that are taken. */
export function eventFormOf(request: FastifyRequest): EventForm {
  const type = contentTypeOf(request)
  if (type === null || type === '') return 'looked-at'
  const form = Object.hasOwn(FORMS, type) ? FORMS[type] : undefined
  if (form === undefined) throw unsupportedForm()
  const charset = CHARSET.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase()
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii') {
    const message = 'content-type: the charset must be utf-8'
    throw new HttpError(415, 'InvalidQuery', message, { field: 'content-type' })
  }
  return form
}

/** Error: 415. */
export function unsupportedForm(): HttpError {
  return unsupported('content-type', [JSON_TYPE, NDJSON_TYPE, AVRO_TYPE, AVRO_RECORDS_TYPE])
}

/** Error: 415 for a body that does not say what it is, and does not look like JSON. */
export function unknownForm(): HttpError {
  const message = `content-type: says nothing of the body; send the header "content-type: ${JSON_TYPE}" (or ${NDJSON_TYPE}, ${AVRO_TYPE}, ${AVRO_RECORDS_TYPE})`
  return new HttpError(415, 'InvalidQuery', message, { field: 'content-type' })
}
