import type { JsonSchema } from '../route.ts'

const u64: JsonSchema = { type: 'integer', minimum: 0, format: 'uint64' }

/** How fresh an answer is, as every answer in JSON says. */
export const freshnessSchema: JsonSchema = {
  type: 'object',
  required: ['consistency', 'lag_events', 'seen_at'],
  properties: {
    consistency: { enum: ['latest', 'read-your-writes', 'eventual'] },
    lag_events: {
      ...u64,
      type: ['integer', 'null'],
      description: 'Accepted events that the tables lacked when that was last looked at',
    },
    seen_at: { type: 'string', format: 'date-time', description: 'When that was' },
  },
}

const next: JsonSchema = {
  type: ['string', 'null'],
  description: '`after` of the next question; null where nothing follows',
}

const last: JsonSchema = {
  type: ['string', 'null'],
  description:
    '`after` of a question for what is found later behind the last event of this answer; null without events',
}

/** An event as the contract has it (docs/contract.md). */
export const envelopeSchema: JsonSchema = {
  type: 'object',
  required: ['event_id', 'occurred_at', 'tenant_id', 'correlation_id', 'event'],
  properties: {
    event_id: { type: 'string' },
    occurred_at: { type: 'string' },
    tenant_id: { type: ['string', 'null'] },
    correlation_id: { type: ['string', 'null'] },
    event: {
      type: 'object',
      required: ['type', 'data'],
      properties: { type: { type: 'string' }, data: { type: 'object' } },
    },
  },
}

/** A page of things, which stand under a name. */
export function pageOf(name: string, items: JsonSchema): JsonSchema {
  return {
    type: 'object',
    required: [name, 'count', 'next', 'freshness'],
    properties: { [name]: { type: 'array', items }, count: u64, next, freshness: freshnessSchema },
  }
}

export const eventPage = pageOf('events', envelopeSchema)

export const rowsOf: JsonSchema = {
  type: 'object',
  required: ['rows', 'count', 'freshness'],
  properties: { rows: { type: 'array', items: { type: 'object' } }, count: u64, freshness: freshnessSchema },
}

/** A line of an answer in lines: an event, or the last line. */
export const eventLine: JsonSchema = {
  anyOf: [
    envelopeSchema,
    {
      type: 'object',
      required: ['count', 'next', 'freshness'],
      properties: { count: u64, next, last, freshness: freshnessSchema },
    },
  ],
}

const totals: JsonSchema = {
  type: 'object',
  description: 'What the whole story adds up to; latency, tokens and cost as the outcomes tell them',
  properties: {
    events: u64,
    own_events: u64,
    by_kind: { type: 'object', additionalProperties: u64 },
    outcomes: u64,
    passed: u64,
    latency_ms: { ...u64, description: 'Sum, ms; beyond 64 bits it is still exact' },
    tokens: u64,
    cost_microdollars: u64,
    first_instant: { type: ['string', 'null'], format: 'date-time' },
    last_instant: { type: ['string', 'null'], format: 'date-time' },
  },
}

export const storyPage: JsonSchema = {
  ...eventPage,
  properties: { ...(eventPage['properties'] as JsonSchema), totals },
}

export const storyLine: JsonSchema = {
  anyOf: [
    envelopeSchema,
    {
      type: 'object',
      required: ['count', 'next', 'freshness'],
      properties: { count: u64, next, last, totals, freshness: freshnessSchema },
    },
  ],
}

const text: JsonSchema = { type: ['string', 'null'] }

export const statusSchema: JsonSchema = {
  type: 'object',
  required: ['event_id', 'state', 'records', 'complete', 'freshness'],
  properties: {
    event_id: { type: 'string' },
    state: { enum: ['projected', 'accepted', 'duplicate', 'dead-letter'] },
    records: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          position: { type: 'string', description: 'topic/partition/offset' },
          accepted_at: { type: 'string', format: 'date-time' },
          state: { enum: ['projected', 'accepted', 'duplicate', 'dead-letter'] },
          kind: text,
          duplicate_of: { ...text, description: 'Position of the equal event that counts' },
          reason: text,
          message: text,
          field: text,
        },
      },
    },
    complete: { type: 'boolean', description: 'Whether all that is not projected yet was looked at' },
    freshness: freshnessSchema,
  },
}
