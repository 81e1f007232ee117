import { isUtf8 } from 'node:buffer'
import { ExperienceEventEnvelope, validateEnvelope, type EnvelopeHead } from '../contract/envelope.ts'
import { structFormOf } from '../wire-form.ts'
import { optionalText } from '../avro/codec/optional-text.ts'
import { compileTranscriber } from './compile-transcriber.ts'
import { MAX_INPUT, NOT_PLAIN, Transcription } from './transcription.ts'

/** An envelope in Avro, with what says where it goes. */
export interface TranscribedEnvelope extends EnvelopeHead {
  /** The word of the event's kind. */
  readonly kind: string
  readonly chain_id: string | null
  /** Equal to `envelopeToAvro(envelopeFromJson(text), free)`. */
  readonly bytes: Buffer
}

const NOTES = ['event_id', 'occurred_at', 'tenant_id', 'correlation_id', 'event.data.chain_id']
const transcribe = compileTranscriber(structFormOf(ExperienceEventEnvelope), NOTES)
const transcription = new Transcription(NOTES.length)

/**
 * Checks an envelope's JSON text (UTF-8) and turns it into Avro in one pass, without making an object of it. Null where the text
 * is not in the form that the reference writes, or may be at fault: `envelopeFromJson` then has the answer. `free` bytes before the
 * Avro are left to the caller. An envelope without tenant gets `tenant`, if there is one.
 */
export function transcribeEnvelope(
  json: Uint8Array,
  free = 0,
  tenant: string | null = null,
): TranscribedEnvelope | null {
  if (json.length > MAX_INPUT || !isUtf8(json)) return null
  try {
    return transcribed(json, free, tenant)
  } catch (thrown) {
    if (thrown === NOT_PLAIN) return null
    throw thrown
  }
}

function transcribed(json: Uint8Array, free: number, tenant: string | null): TranscribedEnvelope | null {
  const at = transcription
  at.begin(json)
  transcribe(at)
  if (at.peek() !== undefined || !at.fits) return null
  const [eventId, occurredAt, tenantId, correlationId, chainId] = at.noted as [number, number, number, number, number]
  const event_id = at.stringAt(eventId)
  const occurred_at = at.stringAt(occurredAt)
  const tenant_id = optionalAt(tenantId)
  const correlation_id = optionalAt(correlationId)
  if (!isValid({ event_id, occurred_at, tenant_id, correlation_id })) return null
  const chain_id = chainId < 0 ? null : at.stringAt(chainId)
  const kind = at.word
  // Spelt out: an object spread takes as long as all the rest.
  if (tenant_id !== null || tenant === null) {
    return { event_id, occurred_at, tenant_id, correlation_id, kind, chain_id, bytes: at.copy(free) }
  }
  const bytes = at.copyWith(free, tenantId, optionalText(tenant))
  return { event_id, occurred_at, tenant_id: tenant, correlation_id, kind, chain_id, bytes }
}

/** A union of null and `string`. */
function optionalAt(place: number): string | null {
  return transcription.output[place] === 0 ? null : transcription.stringAt(place + 1)
}

function isValid(head: EnvelopeHead): boolean {
  try {
    validateEnvelope(head)
    return true
  } catch {
    return false
  }
}
