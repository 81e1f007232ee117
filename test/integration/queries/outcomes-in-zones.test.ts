import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventRow } from '../../../projections/events/event-row.ts'
import { OUTCOME_BUCKETS } from '../../../queries/analytics.ts'
import { outcomeAnalytics, type OutcomeQuery } from '../../../queries/outcomes.ts'
import { outcomeAnalyticsOf } from '../../../service/store/in-memory/outcome-analytics.ts'
import { loggedEvent, outcome } from '../../unit/projections/logged-events.ts'
import { migratedStore, type MigratedStore } from '../projections/migrated-store.ts'
import { ExplainedStore } from './explained-store.ts'

/** Every twenty minutes of the days at which clocks are changed in Vienna, and some instants far away. */
const EVENTS = [
  ...everyTwentyMinutes('2026-03-28T20:00:00Z', 32),
  ...everyTwentyMinutes('2026-10-24T20:00:00Z', 32),
  '1969-12-31T23:59:59.999Z',
  '1936-07-01T12:00:00Z',
  '2262-01-01T00:00:00Z',
].map((occurred_at, n) => loggedEvent(outcome(`evt-${n}`, { tokens: BigInt(n), latency_ms: 5n }, { occurred_at })))

function everyTwentyMinutes(start: string, hours: number): string[] {
  return Array.from({ length: 3 * hours }, (_, n) => new Date(Date.parse(start) + n * 1_200_000).toISOString())
}

const BOTH_CHANGES = { start: '2026-03-28T00:00:00Z', end: '2026-10-26T23:59:59.999999999Z' }

describe('outcomes in a time zone', () => {
  let migrated: MigratedStore
  beforeAll(async () => {
    migrated = await migratedStore()
    await migrated.insert(EVENTS)
  })
  afterAll(() => migrated.dispose())

  const ask = async (query: Partial<OutcomeQuery>) => {
    const store = new ExplainedStore(migrated.store)
    const whole = { tenant_id: 'acme', time_range: null, bucket: 'day', by: [], ...query } as const
    const answer = await outcomeAnalytics({ store, prefix: null }, whole)
    return { answer, isRolledUp: store.plans.some((plan) => plan.includes('ReadFromMergeTree (by_hour)')) }
  }

  const counts = async (query: Partial<OutcomeQuery>) =>
    Object.fromEntries((await ask(query)).answer.map(({ bucket, outcomes }) => [bucket, Number(outcomes)]))

  test('have days of 23 and 25 hours when clocks are changed', async () => {
    const time_range = BOTH_CHANGES
    expect(await counts({ time_range, time_zone: 'Europe/Vienna' })).toEqual({
      // Every hour has three.
      '2026-03-28': 3 * 3,
      '2026-03-29': 3 * 23,
      '2026-03-30': 3 * 6,
      '2026-10-24': 3 * 2,
      '2026-10-25': 3 * 25,
      '2026-10-26': 3 * 5,
    })
  })

  test('have an hour twice when clocks go back, in the order in which they come', async () => {
    const time_range = { start: '2026-10-24T23:00:00Z', end: '2026-10-25T02:59:59Z' }
    const { answer } = await ask({ bucket: 'hour', time_range, time_zone: 'Europe/Vienna' })
    expect(answer.map(({ bucket }) => bucket)).toEqual([
      '2026-10-25T01:00:00+02:00',
      '2026-10-25T02:00:00+02:00',
      '2026-10-25T02:00:00+01:00',
      '2026-10-25T03:00:00+01:00',
    ])
  })

  test.each([
    ['Europe/Vienna', true],
    ['America/New_York', true],
    ['Asia/Kolkata', false],
    ['Australia/Lord_Howe', false],
  ])('of %s are answered by the roll-up where its hours are those of UTC: %s', async (time_zone, byRollUp) => {
    expect((await ask({ time_range: BOTH_CHANGES, time_zone })).isRolledUp).toBe(byRollUp)
    // Nobody knows what clocks showed at events without a limit.
    expect((await ask({ time_range: { start: BOTH_CHANGES.start, end: null }, time_zone })).isRolledUp).toBe(false)
  })

  test.each(['UTC', 'Europe/Vienna', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'])(
    'of %s are the same as worked out one by one',
    async (time_zone) => {
      const rows = EVENTS.map(eventRow)
      const within = rows.filter(({ instant }) => instant > 1_700_000_000_000_000_000n && instant < 2n ** 61n)
      for (const bucket of OUTCOME_BUCKETS) {
        const query = { tenant_id: 'acme', bucket, by: [], time_zone } as const
        expect((await ask(query)).answer).toEqual(outcomeAnalyticsOf(rows, { ...query, time_range: null }))
        const inRange = { ...query, time_range: BOTH_CHANGES }
        expect((await ask(inRange)).answer).toEqual(outcomeAnalyticsOf(within, inRange))
      }
    },
  )
})
