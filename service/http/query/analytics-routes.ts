import type { z } from 'zod'
import { OUTCOME_BUCKETS, OUTCOME_DIMENSIONS } from '../../../queries/analytics.ts'
import type { AnalyticsFilter } from '../../../queries/clauses/filters.ts'
import { ExpensiveChainsQuery } from '../../../queries/chains.ts'
import { OutcomeQuery } from '../../../queries/outcomes.ts'
import { optional, string, words } from '../../../schemas/contract/scalars.ts'
import { parseInput } from '../../../schemas/contract/parse-input.ts'
import { questions } from '../../questions/questions.ts'
import { sendJson } from '../answers/send-json.ts'
import type { AskingParts } from '../http-parts.ts'
import type { AnswerDescription, AnyRoute } from '../route.ts'
import { Reading } from './consistency.ts'
import { freshnessSchema, rowsOf } from './event-answer-schemas.ts'
import { timeParameters, timeRangeOf } from './event-query-parameters.ts'
import { lengthParameter, listParameter } from './parameters.ts'
import { questionRoute, type Place } from './question-route.ts'

const FilterParameters = Reading.extend({
  tenant_id: optional(string).describe('Tenant; none means all tenants and the events without one'),
  ...timeParameters,
})
type FilterParameters = z.output<typeof FilterParameters>

const ANSWERS: Readonly<Record<number, AnswerDescription>> = {
  200: { description: 'The rows.', content: { 'application/json': rowsOf } },
}

/** Counts, and adds up cost and latency. */
export function analyticsRoutes(parts: AskingParts): AnyRoute[] {
  return [
    questionRoute(parts, {
      method: 'GET',
      path: '/v1/summary',
      tag: 'Analytics',
      summary: 'Count events per kind',
      query: Reading.extend({ tenant_id: FilterParameters.shape.tenant_id }),
      answers: {
        200: {
          description: 'The counts: of all, of each kind by its label, and in `by_kind` of the kinds that occur.',
          content: {
            'application/json': {
              type: 'object',
              required: ['summary', 'freshness'],
              properties: { summary: { type: 'object' }, freshness: freshnessSchema },
            },
          },
        },
      },
      answer: async ({ reply, placeFor, query: { tenant_id, ...reading } }) => {
        const { queries, tenant, freshness } = await placeFor(tenant_id, reading)
        const summary = await questions.summary.answer(queries, { tenant_id: tenant })
        sendJson(reply, { summary, freshness })
      },
    }),
    questionRoute(parts, {
      method: 'GET',
      path: '/v1/analytics/outcomes',
      tag: 'Analytics',
      summary: 'Add up outcomes: count, pass rate, latency, tokens and cost',
      query: FilterParameters.extend({
        bucket: words('OutcomeBucket', OUTCOME_BUCKETS).default('day').describe('Length of time that a row stands for'),
        by: listParameter(words('OutcomeDimension', OUTCOME_DIMENSIONS))
          .default([...OUTCOME_DIMENSIONS])
          .describe('What else a row stands for; several separated by commas'),
        time_zone: OutcomeQuery.shape.time_zone,
      }),
      answers: ANSWERS,
      answer: async ({ reply, placeFor, query }) => {
        const place = await placeFor(query.tenant_id, query)
        const { bucket, by, time_zone } = query
        const rows = await questions.outcomes.answer(place.queries, {
          ...filterOf(place, query),
          bucket,
          by,
          time_zone,
        })
        sendJson(reply, { rows, count: rows.length, freshness: place.freshness })
      },
    }),
    questionRoute(parts, {
      method: 'GET',
      path: '/v1/analytics/chains',
      tag: 'Analytics',
      summary: 'The most expensive chains',
      query: FilterParameters.extend({
        limit: lengthParameter.default(20n).describe('How many at most'),
      }),
      answers: ANSWERS,
      answer: async ({ reply, placeFor, query }) => {
        const place = await placeFor(query.tenant_id, query)
        const asked = parseInput(ExpensiveChainsQuery, { ...filterOf(place, query), limit: query.limit })
        const rows = await questions.chains.answer(place.queries, asked)
        sendJson(reply, { rows, count: rows.length, freshness: place.freshness })
      },
    }),
    questionRoute(parts, {
      method: 'GET',
      path: '/v1/analytics/budgets',
      tag: 'Analytics',
      summary: 'Count exceeded budgets by resource',
      query: FilterParameters,
      answers: ANSWERS,
      answer: async ({ reply, placeFor, query }) => {
        const place = await placeFor(query.tenant_id, query)
        const rows = await questions.budgets.answer(place.queries, filterOf(place, query))
        sendJson(reply, { rows, count: rows.length, freshness: place.freshness })
      },
    }),
  ]
}

function filterOf({ tenant }: Place, query: FilterParameters): AnalyticsFilter {
  return { tenant_id: tenant, time_range: timeRangeOf(query) }
}
