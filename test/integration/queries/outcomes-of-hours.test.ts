import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OutcomeAnalytics } from '../../../queries/analytics.ts'
import { outcomeAnalytics } from '../../../queries/outcomes.ts'
import { loggedEvent, outcome } from '../../unit/projections/logged-events.ts'
import { migratedStore, type MigratedStore } from '../projections/migrated-store.ts'
import { ExplainedStore } from './explained-store.ts'

const MINUTE_MS = 60_000
const START = Date.UTC(2026, 3, 23, 9)
/** Every seventh minute of five hours, and the last millisecond before 1970. */
const INSTANTS = [
  ...Array.from({ length: 43 }, (_, n) => new Date(START + n * 7 * MINUTE_MS).toISOString()),
  '1969-12-31T23:59:59.999Z',
]

describe('outcomes in a range of whole hours', () => {
  let migrated: MigratedStore
  beforeAll(async () => {
    migrated = await migratedStore()
    await migrated.insert(
      INSTANTS.map((occurred_at, n) =>
        loggedEvent(outcome(`evt-${n}`, { tokens: BigInt(n), latency_ms: 5n }, { occurred_at })),
      ),
    )
  })
  afterAll(() => migrated.dispose())

  const ask = async (start: string | null, end: string | null, tenant_id: string | null = 'acme') => {
    const store = new ExplainedStore(migrated.store)
    const query = { tenant_id, time_range: { start, end }, bucket: 'all', by: [] } as const
    return { answer: await outcomeAnalytics({ store, prefix: null }, query), plans: store.plans }
  }

  const expected = (start: string | null, end: string | null): Partial<OutcomeAnalytics>[] => {
    const inside = INSTANTS.flatMap((at, n) => {
      const isInside =
        (start === null || Date.parse(at) >= Date.parse(start)) && (end === null || Date.parse(at) <= Date.parse(end))
      return isInside ? [BigInt(n)] : []
    })
    if (inside.length === 0) return []
    return [{ outcomes: BigInt(inside.length), tokens: inside.reduce((sum, n) => sum + n, 0n), latency_p50_ms: 5 }]
  }

  test.each([
    ['2026-04-23T09:00:00Z', '2026-04-23T10:59:59.999999999Z', 1],
    ['2026-04-23T10:00:00Z', null, 1],
    // Nothing happened at 11:00:00.
    ['2026-04-23T10:00:00Z', '2026-04-23T11:00:00Z', 2],
    [null, '1970-01-01T01:00:00Z', 2],
    ['1970-01-01T01:00:00Z', '2026-04-23T12:00:00Z', 2],
  ])('from %s to %s are answered by the roll-up', async (start, end, statements) => {
    const { answer, plans } = await ask(start, end)
    expect(answer).toMatchObject(expected(start, end))
    expect(plans).toHaveLength(statements)
    expect(plans.some((plan) => plan.includes('ReadFromMergeTree (by_hour)'))).toBe(true)
  })

  test.each([
    // The last event happened at 13:54, the first at 09:00.
    ['2026-04-23T08:00:00Z', '2026-04-23T09:00:00Z'],
    ['2026-04-23T09:00:00Z', '2026-04-23T10:30:00Z'],
    ['2026-04-23T09:00:00.001Z', '2026-04-23T10:00:00Z'],
    ['1970-01-01T00:00:00Z', '2026-04-23T10:00:00Z'],
  ])('from %s to %s are counted one by one', async (start, end) => {
    const { answer, plans } = await ask(start, end)
    expect(answer).toMatchObject(expected(start, end))
    expect(plans.at(-1)).not.toContain('by_hour')
  })

  test('of a tenant that has none are none', async () => {
    expect((await ask('2026-04-23T08:00:00Z', '2026-04-23T09:00:00Z', 'nobody')).answer).toEqual([])
  })
})
