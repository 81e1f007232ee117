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

export const eventPage: JsonSchema = {
  type: 'object',
  required: ['events', 'count', 'next', 'freshness'],
  properties: { events: { type: 'array', items: envelopeSchema }, count: u64, next, freshness: freshnessSchema },
}

/** A line of an answer in lines: an event, or the last line. */
export const eventLine: JsonSchema = {
  anyOf: [
    envelopeSchema,
    {
      type: 'object',
      required: ['count', 'next', 'freshness'],
      properties: { count: u64, next, freshness: freshnessSchema },
    },
  ],
}
