import { ExperienceEventEnvelope, validateEnvelope } from '../contract/envelope.ts'
import { ExperienceEvent } from '../contract/experience-event.ts'
import type { ExperienceEventEnvelope as Envelope } from '../types/event-types.ts'
import { structFormOf, wireFormOf, type TaggedForm } from '../wire-form.ts'
import { compileReader } from './compile-reader.ts'
import { FROM_OURSELVES } from './reader.ts'
import { compileWriter } from './compile-writer.ts'
import { JsonCursor } from './json-cursor.ts'

const envelopeForm = structFormOf(ExperienceEventEnvelope)
const readEnvelope = compileReader(envelopeForm)
const readStoredEnvelope = compileReader(envelopeForm, FROM_OURSELVES)
const writeEnvelope = compileWriter(envelopeForm)
const { variants } = wireFormOf(ExperienceEvent) as TaggedForm
const dataWriters = new Map(Array.from(variants, ([kind, form]) => [kind, compileWriter(form)]))
const storedDataReaders = new Map(Array.from(variants, ([kind, form]) => [kind, compileReader(form, FROM_OURSELVES)]))

/** Reads an envelope's JSON text, and checks it (docs/contract.md §9). Error: `InvalidQuery` naming the field. */
export function envelopeFromJson(text: string): Envelope {
  const cursor = new JsonCursor(text)
  const envelope = readEnvelope(cursor) as Envelope
  cursor.expectEnd()
  validateEnvelope(envelope)
  return envelope
}

/** Reads back what `envelopeToJson` printed: a float that is not finite was printed as `null`, and comes back as NaN. */
export function envelopeFromStoredJson(text: string): Envelope {
  return readStoredEnvelope(new JsonCursor(text)) as Envelope
}

/** The envelope's JSON text, byte for byte as the reference prints it; maps sorted by key. */
export function envelopeToJson(envelope: Envelope): string {
  return writeEnvelope(envelope as never)
}

/** The JSON text of `event.data` alone: what the read model keeps as payload. */
export function eventDataToJson(event: Envelope['event']): string {
  return (dataWriters.get(event.type) as (data: never) => string)(event.data as never)
}

/** An envelope in parts, as the read model holds it; `data` is the text of `eventDataToJson`. */
export interface EnvelopeParts {
  readonly event_id: string
  readonly occurred_at: string
  readonly tenant_id: string | null
  readonly correlation_id: string | null
  readonly kind: string
  readonly data: string
}

/** Puts an envelope's JSON text together from its parts. */
export function envelopeJsonOfParts({
  event_id,
  occurred_at,
  tenant_id,
  correlation_id,
  kind,
  data,
}: EnvelopeParts): string {
  const head = JSON.stringify({ event_id, occurred_at, tenant_id, correlation_id }).slice(0, -1)
  return `${head},"event":{"type":"${kind}","data":${data}}}`
}

/** Puts an envelope together from its parts, reading `data` as `envelopeFromStoredJson` does. */
export function envelopeOfParts({
  event_id,
  occurred_at,
  tenant_id,
  correlation_id,
  kind,
  data,
}: EnvelopeParts): Envelope {
  const readData = storedDataReaders.get(kind) as (cursor: JsonCursor) => never
  return {
    event_id,
    occurred_at,
    tenant_id,
    correlation_id,
    event: { type: kind as Envelope['event']['type'], data: readData(new JsonCursor(data)) },
  }
}
