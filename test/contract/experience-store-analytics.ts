import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OutcomeQueryInput } from '../../queries/analytics.ts'
import type { ExperienceStore } from '../../service/store/experience-store.ts'
import { budgetExceeded, factPromoted, hypothesis, outcome, uniqueId } from '../integration/test-events.ts'

const U64_MAX = 2n ** 64n - 1n

/** What every experience store adds up. */
export function describeAnalytics(open: () => Promise<ExperienceStore>): void {
  describe('analytics', () => {
    let store: ExperienceStore
    const tenant = uniqueId('tenant')
    const other = uniqueId('tenant')
    beforeAll(async () => {
      store = await open()
      const at = (occurred_at: string, tenant_id = tenant) => ({ tenant_id, occurred_at })
      const cost = (cost_microdollars: bigint, tokens: bigint, latency_ms: bigint) => ({
        cost_microdollars,
        tokens,
        latency_ms,
      })
      await store.appendEvents([
        outcome(at('2026-04-23T09:10:00Z'), { backend: 'm-1', ...cost(300n, 10n, 100n) }),
        outcome(at('2026-04-23T09:59:59.999Z'), { backend: 'm-1', passed: false, ...cost(100n, 20n, 200n) }),
        outcome(at('2026-04-23T11:00:00+01:00'), { backend: 'm-1', chain_id: 'chain-b', ...cost(400n, 1n, 900n) }),
        outcome(at('2026-04-23T10:30:00Z'), { backend: 'm-1', step: 'Reasoning', chain_id: 'chain-c' }),
        outcome(at('2026-04-26T23:59:59Z'), { passed: false, chain_id: 'chain-c' }),
        outcome(at('2026-04-27T00:00:00Z'), { backend: 'm-2', chain_id: 'chain-c' }),
        outcome(at('2026-05-01T00:00:00Z', other), cost(U64_MAX, U64_MAX, U64_MAX)),
        outcome(at('2026-05-01T00:00:01Z', other), cost(U64_MAX, 1n, 1n)),
        budgetExceeded(at('2026-04-23T09:00:00Z')),
        budgetExceeded(at('2026-04-23T09:00:01Z')),
        budgetExceeded(at('2026-04-23T09:00:02Z'), { chain_id: 'chain-b' }),
        budgetExceeded(at('2026-04-23T09:00:03Z'), { resource: { Other: 'Tokens' } }),
        budgetExceeded(at('2026-04-23T10:00:00Z'), { resource: { Other: '' } }),
        budgetExceeded(at('2026-04-23T10:00:00Z', other), { resource: 'Time' }),
        hypothesis(at('2026-04-23T10:00:00Z')),
        factPromoted(at('2026-04-23T10:00:00Z')),
      ])
    })
    afterAll(() => store?.close())

    const outcomes = (query: OutcomeQueryInput) => store.outcomeAnalytics({ tenant_id: tenant, ...query })
    const counted = async (query: OutcomeQueryInput) =>
      (await outcomes(query)).map(({ bucket, backend, step, outcomes: count }) => [bucket, backend, step, count])

    test('adds outcomes up, exactly', async () => {
      expect(await outcomes({ bucket: 'all', by: ['backend', 'tenant'] })).toEqual([
        {
          tenant,
          backend: 'm-1',
          outcomes: 4n,
          passed: 3n,
          pass_rate: 0.75,
          latency_p50_ms: 200,
          latency_p90_ms: 900,
          latency_p95_ms: 900,
          latency_p99_ms: 900,
          tokens: 31n,
          cost_microdollars: 800n,
          cost_per_passed_microdollars: 800 / 3,
        },
        {
          tenant,
          backend: 'm-2',
          outcomes: 1n,
          passed: 1n,
          pass_rate: 1,
          latency_p50_ms: null,
          latency_p90_ms: null,
          latency_p95_ms: null,
          latency_p99_ms: null,
          tokens: 0n,
          cost_microdollars: 0n,
          cost_per_passed_microdollars: 0,
        },
        {
          tenant,
          backend: null,
          outcomes: 1n,
          passed: 0n,
          pass_rate: 0,
          latency_p50_ms: null,
          latency_p90_ms: null,
          latency_p95_ms: null,
          latency_p99_ms: null,
          tokens: 0n,
          cost_microdollars: 0n,
          cost_per_passed_microdollars: null,
        },
      ])
      expect(await store.outcomeAnalytics({ tenant_id: other, bucket: 'all', by: [] })).toMatchObject([
        { outcomes: 2n, tokens: U64_MAX + 1n, cost_microdollars: 2n * U64_MAX },
      ])
    })

    test('puts outcomes into hours, days, weeks from Monday, and months, of UTC', async () => {
      expect(await counted({ bucket: 'hour', by: [] })).toEqual([
        ['2026-04-23T09:00:00Z', undefined, undefined, 2n],
        ['2026-04-23T10:00:00Z', undefined, undefined, 2n],
        ['2026-04-26T23:00:00Z', undefined, undefined, 1n],
        ['2026-04-27T00:00:00Z', undefined, undefined, 1n],
      ])
      expect((await counted({ by: [] })).map(([day, , , count]) => [day, count])).toEqual([
        ['2026-04-23', 4n],
        ['2026-04-26', 1n],
        ['2026-04-27', 1n],
      ])
      expect(await counted({ bucket: 'week', by: ['step'] })).toEqual([
        ['2026-04-20', undefined, 'Reasoning', 1n],
        ['2026-04-20', undefined, 'Planning', 4n],
        ['2026-04-27', undefined, 'Planning', 1n],
      ])
      expect(await counted({ bucket: 'month', by: [] })).toEqual([['2026-04-01', undefined, undefined, 6n]])
    })

    test('puts outcomes of far times where the read model does', async () => {
      const tenant_id = uniqueId('tenant')
      const times = [
        '0001-01-01',
        '1900-01-01T00:00:00Z',
        '1969-12-31T22:59:59.5Z',
        '1969-12-31T23:00:00Z',
        '9999-01-01',
      ]
      await store.appendEvents(times.map((occurred_at) => outcome({ tenant_id, occurred_at })))
      const buckets = async (bucket: OutcomeQueryInput['bucket']) =>
        (await store.outcomeAnalytics({ tenant_id, bucket, by: [] })).map((row) => [row.bucket, row.outcomes])
      expect(await buckets('hour')).toEqual([
        ['1900-01-01T00:00:00Z', 2n],
        ['1969-12-31T23:00:00Z', 2n],
        ['2262-04-11T23:00:00Z', 1n],
      ])
      expect(await buckets('week')).toEqual([
        ['1900-01-01', 2n],
        ['1969-12-29', 2n],
        ['2262-04-07', 1n],
      ])
    })

    test('lists the most expensive chains', async () => {
      const chain = (chain_id: string, count: bigint, passed: bigint, latency_ms: bigint, tokens: bigint) => ({
        tenant_id: tenant,
        chain_id,
        outcomes: count,
        passed,
        latency_ms,
        tokens,
      })
      const chains = [
        { ...chain('chain-a', 2n, 1n, 300n, 30n), cost_microdollars: 400n },
        { ...chain('chain-b', 1n, 1n, 900n, 1n), cost_microdollars: 400n },
        { ...chain('chain-c', 3n, 2n, 0n, 0n), cost_microdollars: 0n },
      ]
      expect(await store.mostExpensiveChains({ tenant_id: tenant })).toEqual(chains)
      expect(await store.mostExpensiveChains({ tenant_id: tenant, limit: 2 })).toEqual(chains.slice(0, 2))
      expect(await store.mostExpensiveChains({ tenant_id: tenant, limit: 0n })).toEqual([])
      expect((await store.mostExpensiveChains({ limit: 1 }))[0]).toMatchObject({ cost_microdollars: 2n * U64_MAX })
    })

    test('counts budgets exceeded', async () => {
      const once = { tenant_id: tenant, events: 1n, chains: 1n }
      expect(await store.budgetsExceeded({ tenant_id: tenant })).toEqual([
        { ...once, resource: 'Tokens', other: false, events: 3n, chains: 2n },
        { ...once, resource: '', other: true },
        { ...once, resource: 'Tokens', other: true },
      ])
    })

    test('counts events per kind', async () => {
      const byKind = { BudgetExceeded: 5n, FactPromoted: 1n, HypothesisResolved: 1n, OutcomeRecorded: 6n }
      const summary = await store.summariseEvents({ tenant_id: tenant })
      expect(summary.total_events).toBe(13n)
      expect(Object.values(summary.by_kind)).toEqual(Object.values(byKind))
      expect(await store.summariseEvents({ tenant_id: uniqueId('tenant') })).toMatchObject({
        total_events: 0n,
        by_kind: {},
      })
      expect((await store.summariseEvents()).total_events).toBeGreaterThanOrEqual(16n)
    })

    test('limits to a range of time, both ends included', async () => {
      const filter = {
        tenant_id: tenant,
        time_range: { start: '2026-04-23T10:00:00+01:00', end: '2026-04-23T10:00:00Z' },
      }
      expect(await store.outcomeAnalytics({ ...filter, bucket: 'all', by: [] })).toMatchObject([
        { outcomes: 3n, cost_microdollars: 800n },
      ])
      expect(await store.mostExpensiveChains(filter)).toMatchObject([{ chain_id: 'chain-a' }, { chain_id: 'chain-b' }])
      const end = { time_range: { end: '2026-04-23T09:00:00Z' } }
      expect(await store.budgetsExceeded({ tenant_id: tenant, ...end })).toMatchObject([{ events: 1n }])
    })

    test('refuses questions that are none, with the field', async () => {
      const refused = (field: string) => ({ code: 'InvalidQuery', field })
      await expect(outcomes({ bucket: 'year' as never })).rejects.toMatchObject(refused('bucket'))
      await expect(outcomes({ by: ['tenant', 'agent' as never] })).rejects.toMatchObject(refused('by[1]'))
      await expect(outcomes({ time_range: { end: 'now' } })).rejects.toMatchObject(refused('time_range.end'))
      await expect(store.mostExpensiveChains({ limit: -1 })).rejects.toMatchObject(refused('limit'))
      await expect(store.budgetsExceeded({ tenant_id: 1 as never })).rejects.toMatchObject(refused('tenant_id'))
      await expect(store.summariseEvents({ tenant_id: 1 as never })).rejects.toMatchObject(refused('tenant_id'))
    })

    test('finds nothing of a tenant that is none', async () => {
      expect(await store.outcomeAnalytics({ tenant_id: '', bucket: 'all', by: [] })).toEqual([])
      expect(await store.mostExpensiveChains({ tenant_id: '' })).toEqual([])
      expect(await store.budgetsExceeded({ tenant_id: '' })).toEqual([])
    })
  })
}
