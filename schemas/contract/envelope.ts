import { z } from 'zod'
import { ExperienceError } from '../../base/experience-error.ts'
import { ExperienceEvent } from './experience-event.ts'
import { parseInput } from './parse-input.ts'
import { optional, string } from './scalars.ts'
import type * as inputs from '../types/event-input-types.ts'
import type * as events from '../types/event-types.ts'

export const MAX_ID_BYTES = 256
export const MAX_TIMESTAMP_BYTES = 64
/** What identifiers are made of. */
export const IDENTIFIER = /^[A-Za-z0-9._-]*$/

/** What `validateIdentifier` checks, as JSON Schema tells it. */
const identifierSchema = { minLength: 1, maxLength: MAX_ID_BYTES, pattern: '^[A-Za-z0-9._-]+$' }

/** docs/contract.md §1: an event with its identity, time and tenant. */
export const ExperienceEventEnvelope = z
  .object({
    event_id: string.meta({
      description: 'Id of the event: A-Z a-z 0-9 - _ . and at most 256 bytes; producers may reuse ids',
      ...identifierSchema,
    }),
    occurred_at: string.meta({
      description: 'When it happened: meant as ISO 8601, kept verbatim, at most 64 bytes',
      minLength: 1,
      maxLength: MAX_TIMESTAMP_BYTES,
    }),
    tenant_id: optional(string).meta({ description: 'Tenant, in the characters of event_id', ...identifierSchema }),
    correlation_id: optional(string).meta({
      description: 'Run that the event belongs to, in the characters of event_id',
      ...identifierSchema,
    }),
    event: ExperienceEvent.describe('What happened'),
  })
  .meta({ id: 'ExperienceEventEnvelope', description: 'An experience event with its identity, time and tenant' })

/** An envelope as this package hands it out: every field present, 64-bit integers as bigint, maps as Map. */
export type ExperienceEventEnvelope = events.ExperienceEventEnvelope

/** What is checked of an envelope beyond its types. */
export type EnvelopeHead = Pick<ExperienceEventEnvelope, 'event_id' | 'occurred_at' | 'tenant_id' | 'correlation_id'>

/** An envelope as callers may write it: optional fields may be left out, safe integers and plain objects are taken. */
export type ExperienceEventEnvelopeInput = inputs.ExperienceEventEnvelopeInput

/**
 * docs/contract.md §9: the checks of every store's append, in the reference's order and words. Error: `InvalidQuery` naming the
 * first faulty field.
 */
export function validateEnvelope(envelope: EnvelopeHead): void {
  validateIdentifier('event_id', envelope.event_id)
  validateText('occurred_at', envelope.occurred_at, MAX_TIMESTAMP_BYTES)
  if (envelope.tenant_id !== null) validateIdentifier('tenant_id', envelope.tenant_id)
  if (envelope.correlation_id !== null) validateIdentifier('correlation_id', envelope.correlation_id)
}

/** Checks a tenant id, event id or correlation id that came from outside. Error: `InvalidQuery` naming the field. */
export function validateIdentifier(field: string, text: string): void {
  validateText(field, text, MAX_ID_BYTES)
  if (!IDENTIFIER.test(text)) fail(field, "contains invalid characters; only alphanumeric, '-', '_', '.' are allowed")
}

function validateText(field: string, text: string, maxBytes: number): void {
  if (text === '') fail(field, 'must not be empty')
  // A UTF-16 unit takes one to three bytes in UTF-8: only texts that may be too long are measured.
  if (text.length * 3 > maxBytes && new TextEncoder().encode(text).length > maxBytes) {
    fail(field, `exceeds maximum length of ${maxBytes} characters`)
  }
}

function fail(field: string, fault: string): never {
  throw new ExperienceError('InvalidQuery', `${field} ${fault}`, { field })
}

/**
 * Takes an envelope built in TypeScript: types, ranges and identifiers. Error: `InvalidQuery` naming the first faulty field.
 */
export function parseEnvelope(input: unknown): ExperienceEventEnvelope {
  const envelope = parseInput(ExperienceEventEnvelope, input)
  validateEnvelope(envelope)
  return envelope
}
