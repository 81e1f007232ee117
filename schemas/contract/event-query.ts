import { z } from 'zod'
import { eventKinds } from './event-kind.ts'
import { list, optional, string, usize, words } from './scalars.ts'
import { TimeRange } from './time-range.ts'
import type * as queries from '../types/query-types.ts'

/** docs/contract.md §10, and below it what this service answers beyond the reference. All filters are ANDed. */
export const EventQuery = z
  .object({
    tenant_id: optional(string).describe('Tenant; none means all tenants, and events without a tenant'),
    time_range: optional(TimeRange).describe('Time in which the events happened'),
    kinds: list(words('EventKind', eventKinds)).default([]).describe('Kinds; none means all'),
    correlation_id: optional(string).describe('Run'),
    chain_id: optional(string).describe('Chain of decisions'),
    limit: optional(usize).describe('How many events at most; none means all'),

    event_id: optional(string).describe('Events with this id; several may have it, since producers reuse ids'),
    trace_link_id: optional(string).describe('Events that name this trace'),
    artifact_id: optional(string).describe('Events of this artifact'),
    proposal_id: optional(string).describe('Events that name this proposal'),
    descending: z.boolean().default(false).describe('Latest first'),
    after: optional(string).describe('Cursor of an earlier answer: continue after its last event'),
  })
  .meta({ id: 'EventQuery', description: 'A question for events' })

export type EventQuery = queries.EventQuery
export type EventQueryInput = queries.EventQueryInput
