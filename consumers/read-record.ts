import type { StoredRecord } from '../log/record.ts'
import type { TenantTopics } from '../log/tenant-topics.ts'
import type { LoggedEvent } from '../projections/events/event-row.ts'
import { UnknownWord } from '../schemas/avro/codec/contract-fault.ts'
import { unframe } from '../schemas/avro/wire-format.ts'
import { contentDigest } from '../schemas/content-digest.ts'
import { validateEnvelope, type ExperienceEventEnvelope } from '../schemas/contract/envelope.ts'
import { ExperienceError } from '../base/experience-error.ts'
import { instantOfMillis, parseInstant } from '../schemas/instant.ts'
import { envelopeToJson } from '../schemas/json/envelope-json.ts'
import type { FoundDecoders } from './envelope-decoders.ts'

/**
 * Why a record cannot be projected.
 *
 * - `NotFramed`: not in the Confluent wire format (or empty)
 * - `UnknownSchema`: the registry does not know the schema id, or it is no schema of envelopes
 * - `Undecodable`: the bytes do not fit their schema
 * - `UnknownKind`: a later release wrote it, of a kind of event that this one does not know
 * - `UnknownWord`: a later release wrote it, with a word or variant that this one does not know
 * - `Invalid`: the envelope breaks the contract
 * - `WrongTopic`: the envelope's tenant is not the topic's
 */
export const BAD_RECORD_REASONS = [
  'NotFramed',
  'UnknownSchema',
  'Undecodable',
  'UnknownKind',
  'UnknownWord',
  'Invalid',
  'WrongTopic',
] as const
export type BadRecordReason = (typeof BAD_RECORD_REASONS)[number]

export interface BadRecord {
  readonly kind: 'bad'
  readonly record: StoredRecord
  readonly reason: BadRecordReason
  readonly message: string
  /** The faulty field of an envelope that was read so far: `Invalid`, `UnknownKind`, `UnknownWord`, `WrongTopic`. */
  readonly field: string | null
  readonly schemaId: number | null
}

export interface GoodRecord {
  readonly kind: 'event'
  readonly event: LoggedEvent
}

/** A record that is an event, without what the read model says of it, which costs as much again. */
export interface EnvelopeRecord {
  readonly kind: 'envelope'
  readonly envelope: ExperienceEventEnvelope
}

/** Where the word that names an event's kind stands. */
const KIND_FIELD = 'event.type'

/** Reads what the log holds as an event; a record that is none is an answer, not an error. */
export function readRecord(
  record: StoredRecord,
  decoders: FoundDecoders,
  topics: TenantTopics,
): GoodRecord | BadRecord {
  const read = readEnvelope(record, decoders, topics)
  return read.kind === 'bad' ? read : { kind: 'event', event: loggedEvent(read.envelope, record) }
}

/** Reads the envelope that a record holds; of a record that is no event, why. */
export function readEnvelope(
  record: StoredRecord,
  decoders: FoundDecoders,
  topics: TenantTopics,
): EnvelopeRecord | BadRecord {
  const bad = (reason: BadRecordReason, message: string, details: Partial<BadRecord> = {}): BadRecord => ({
    kind: 'bad',
    record,
    reason,
    message,
    field: null,
    schemaId: null,
    ...details,
  })

  const framed = record.value === null ? null : unframe(record.value)
  if (framed === null) return bad('NotFramed', 'the record does not begin with a zero byte and a schema id')
  const { schemaId } = framed
  const decode = decoders.find(schemaId)
  if (decode === null) return bad('UnknownSchema', `schema ${schemaId} is unknown or holds no envelopes`, { schemaId })

  let envelope: ExperienceEventEnvelope
  try {
    envelope = decode(framed.body)
  } catch (error) {
    if (error instanceof UnknownWord) {
      const { message, field } = error
      return bad(field === KIND_FIELD ? 'UnknownKind' : 'UnknownWord', `${field}: ${message}`, { schemaId, field })
    }
    if (error instanceof ExperienceError) return bad('Invalid', error.message, { schemaId, field: error.field ?? null })
    return bad('Undecodable', `the bytes do not fit schema ${schemaId}`, { schemaId })
  }
  try {
    validateEnvelope(envelope)
  } catch (error) {
    if (!(error instanceof ExperienceError)) throw error
    return bad('Invalid', error.message, { schemaId, field: error.field ?? null })
  }
  if (topics.topic('events', envelope.tenant_id) !== record.topic) {
    return bad('WrongTopic', 'the envelope belongs to the topic of another tenant', { schemaId, field: 'tenant_id' })
  }
  return { kind: 'envelope', envelope }
}

/** The event as the read model says it. Depends on the record alone, so that every reading gives the same. */
export function loggedEvent(envelope: ExperienceEventEnvelope, record: StoredRecord): LoggedEvent {
  const instant = parseInstant(envelope.occurred_at)
  return {
    envelope,
    instant: instant ?? instantOfMillis(record.timestamp),
    instantSource: instant === null ? 'log' : 'text',
    digest: contentDigest(envelopeToJson(envelope)),
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    loggedAt: record.timestamp,
    sequence: record.sequence,
  }
}
