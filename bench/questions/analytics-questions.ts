import { budgetsExceeded } from '../../queries/budgets-exceeded.ts'
import { mostExpensiveChains } from '../../queries/chains.ts'
import { summariseEvents } from '../../queries/event-summary.ts'
import { outcomeAnalytics, type OutcomeQuery } from '../../queries/outcomes.ts'
import { question, type AnyQuestion, type Library } from './question.ts'
import { TENANT, type Subjects } from './subjects.ts'

const KIND = "kind = 'OutcomeRecorded'"
const HOUR = "dateTrunc('hour', instant)"
/** What the library tells of outcomes; sums of 64 bits, which are exact as long as they do not wrap around. */
const MEASURES = `count(), countIf(passed), quantilesTDigest(0.5, 0.9, 0.95, 0.99)(latency_ms), sum(tokens), sum(cost_microdollars)`

/** Questions that the roll-up answers. */
export function rolledUpQuestions({ days }: Subjects): AnyQuestion[] {
  const everything = { tenant_id: null, time_range: null }
  const ofTenant = { tenant_id: TENANT, time_range: null }
  const weeks = days.slice(0, -7).map(({ start }, day) => ({ start, end: days[day + 6]!.end }))
  const outcomes =
    (query: OutcomeQuery) =>
    async ({ store }: Library) =>
      (await outcomeAnalytics({ store, prefix: null }, query)).length
  return [
    question<null>({
      measure: 'events per kind of a tenant',
      subjects: [null],
      ours: async ({ store }) => occurring(await summariseEvents({ store, prefix: null }, TENANT)),
      bareSql: (events) => `SELECT kind, count() FROM ${events} WHERE tenant_id = '${TENANT}' GROUP BY kind`,
    }),
    question<null>({
      measure: 'events per kind, all tenants',
      subjects: [null],
      ours: async ({ store }) => occurring(await summariseEvents({ store, prefix: null }, null)),
      bareSql: (events) => `SELECT kind, count() FROM ${events} GROUP BY kind`,
    }),
    question<null>({
      measure: 'outcomes by hour and backend of a tenant',
      subjects: [null],
      ours: outcomes({ ...ofTenant, bucket: 'hour', by: ['backend'] }),
      bareSql: (events) => `SELECT ${HOUR} AS hour, backend, ${MEASURES} FROM ${events}
        WHERE tenant_id = '${TENANT}' AND ${KIND} GROUP BY hour, backend ORDER BY hour, backend`,
    }),
    question<null>({
      measure: 'outcomes by hour and backend, all tenants',
      subjects: [null],
      ours: outcomes({ ...everything, bucket: 'hour', by: ['backend'] }),
      bareSql: (events) => `SELECT ${HOUR} AS hour, backend, ${MEASURES} FROM ${events}
        WHERE ${KIND} GROUP BY hour, backend ORDER BY hour, backend`,
    }),
    question<null>({
      measure: 'cost per day of a tenant',
      subjects: [null],
      ours: outcomes({ ...ofTenant, bucket: 'day', by: [] }),
      bareSql: (events) => `SELECT toDate(${HOUR}) AS day, ${MEASURES} FROM ${events}
        WHERE tenant_id = '${TENANT}' AND ${KIND} GROUP BY day ORDER BY day`,
    }),
    question<null>({
      measure: 'cost per day and tenant',
      subjects: [null],
      ours: outcomes({ ...everything, bucket: 'day', by: ['tenant'] }),
      bareSql: (events) => `SELECT toDate(${HOUR}) AS day, tenant_id, ${MEASURES} FROM ${events}
        WHERE ${KIND} GROUP BY day, tenant_id ORDER BY day, tenant_id`,
    }),
    question<{ readonly start: string; readonly end: string }>({
      measure: 'outcomes of a week by backend, all tenants',
      subjects: weeks,
      ours: async ({ store }, time_range) =>
        (
          await outcomeAnalytics(
            { store, prefix: null },
            { tenant_id: null, time_range, bucket: 'all', by: ['backend'] },
          )
        ).length,
      bareSql: (events, { start, end }) => `SELECT backend, ${MEASURES} FROM ${events}
        WHERE ${KIND} AND instant >= parseDateTime64BestEffort('${start}', 9, 'UTC')
          AND instant <= parseDateTime64BestEffort('${end}', 9, 'UTC') GROUP BY backend ORDER BY backend`,
    }),
  ]
}

/** Questions that take what no roll-up adds up: their time grows with the events. */
export function scanningQuestions({ days }: Subjects): AnyQuestion[] {
  const chains = (events: string, condition: string): string => `SELECT tenant_id, chain_id, count(), countIf(passed),
      sum(latency_ms), sum(tokens), sum(cost_microdollars) AS cost
    FROM ${events} WHERE ${KIND}${condition} GROUP BY tenant_id, chain_id ORDER BY cost DESC LIMIT 10`
  return [
    question<{ readonly start: string; readonly end: string }>({
      measure: '10 dearest chains of a tenant and day',
      subjects: days,
      ours: async ({ store }, time_range) =>
        (await mostExpensiveChains({ store, prefix: null }, { tenant_id: TENANT, time_range, limit: 10n })).length,
      bareSql: (events, { start, end }) =>
        chains(
          events,
          ` AND tenant_id = '${TENANT}' AND instant >= parseDateTime64BestEffort('${start}', 9, 'UTC')
            AND instant <= parseDateTime64BestEffort('${end}', 9, 'UTC')`,
        ),
    }),
    question<null>({
      measure: '10 dearest chains, all tenants',
      subjects: [null],
      ours: async ({ store }) =>
        (await mostExpensiveChains({ store, prefix: null }, { tenant_id: null, time_range: null, limit: 10n })).length,
      bareSql: (events) => chains(events, ''),
    }),
    question<null>({
      measure: 'budgets exceeded, all tenants',
      subjects: [null],
      ours: async ({ store }) =>
        (await budgetsExceeded({ store, prefix: null }, { tenant_id: null, time_range: null })).length,
      bareSql: (events) => `SELECT tenant_id, budget_resource, budget_resource_other, count() AS n, uniqExact(chain_id)
        FROM ${events} WHERE kind = 'BudgetExceeded' GROUP BY ALL ORDER BY n DESC`,
    }),
  ]
}

function occurring({ by_kind }: { readonly by_kind: Readonly<Record<string, bigint>> }): number {
  return Object.keys(by_kind).length
}
