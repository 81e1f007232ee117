import type { z } from 'zod'
import { EventQuery } from '../../../schemas/contract/event-query.ts'
import { eventKinds } from '../../../schemas/contract/event-kind.ts'
import { optional, string, words } from '../../../schemas/contract/scalars.ts'
import { TimeBound } from '../../../schemas/contract/time-range.ts'
import { questions } from '../../questions/questions.ts'
import { Reading } from './consistency.ts'
import { countParameter, flagParameter, listParameter } from './parameters.ts'

const described = EventQuery.shape

/** Between which times events happened. */
export const timeParameters = {
  from: optional(TimeBound).describe('The first instant: ISO 8601, or epoch seconds followed by Z'),
  to: optional(TimeBound).describe('The last instant, which belongs to the range'),
}

/** A question for events as parameters. */
export const EventParameters = Reading.extend({
  tenant_id: optional(string).describe(textOf('tenant_id')),
  ...timeParameters,
  kinds: listParameter(words('EventKind', eventKinds))
    .default([])
    .describe(`${textOf('kinds')}; several separated by commas, or the parameter several times`),
  correlation_id: optional(string).describe(textOf('correlation_id')),
  chain_id: optional(string).describe(textOf('chain_id')),
  limit: optional(countParameter).describe(textOf('limit')),
  event_id: optional(string).describe(textOf('event_id')),
  trace_link_id: optional(string).describe(textOf('trace_link_id')),
  artifact_id: optional(string).describe(textOf('artifact_id')),
  proposal_id: optional(string).describe(textOf('proposal_id')),
  descending: flagParameter.default(false).describe(textOf('descending')),
  after: questions.events.input.shape.after.describe(textOf('after')),
})
export type EventParameters = z.output<typeof EventParameters>

/** A page of what an id names. */
export const PageParameters = Reading.extend({
  tenant_id: EventParameters.shape.tenant_id,
  limit: EventParameters.shape.limit,
  after: EventParameters.shape.after,
})

/** The question that the parameters ask. */
export function eventQueryOf({ from, to, ...query }: EventParameters): EventQuery {
  return { ...query, time_range: timeRangeOf({ from, to }) }
}

/** Null without a bound. */
export function timeRangeOf({ from, to }: Pick<EventParameters, 'from' | 'to'>): EventQuery['time_range'] {
  return from === null && to === null ? null : { start: from, end: to }
}

function textOf(field: keyof typeof described): string {
  return described[field].description ?? ''
}
