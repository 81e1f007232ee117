import { describe, expect, test } from 'vitest'
import { lmdb } from '../service-place.ts'
import { budgetExceeded, json, outcome, rollback, traceRecorded, transition } from '../test-events.ts'
import { appendEvents } from './append-events.ts'
import { HttpBench, withKey } from './http-bench.ts'
import { ask, inLines, linesOf } from './questions.ts'

const bench = new HttpBench()

describe('over HTTP', () => {
  test('an id answers with all events that have it', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const first = outcome({ event_id: 'evt-0', tenant_id: 'acme' }, { tokens: 1n })
    const second = outcome({ event_id: 'evt-0', tenant_id: 'acme' }, { tokens: 2n })
    await appendEvents(environment, [first, second, outcome({ event_id: 'evt-1' })])
    expect(linesOf(await ask(`${url}/v1/events/evt-0`, inLines())).lines).toEqual([json(first), json(second)])
    const page = JSON.parse((await ask(`${url}/v1/events/evt-0?limit=1`)).text) as { count: number; next: string }
    expect(page.count).toBe(1)
    const rest = await ask(`${url}/v1/events/evt-0?after=${page.next}`)
    expect(rest.text).toContain(json(second))
    for (const init of [{}, inLines()]) {
      const { status, text } = await ask(`${url}/v1/events/evt-2`, init)
      expect([status, JSON.parse(text)]).toMatchObject([404, { error: { code: 'NotFound' } }])
    }
  })

  test('artifacts are listed by what is asked for, in pages, and tell their history', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const events = [
      transition('a-1', 'Draft', 'Approved', { tenant_id: 'acme', occurred_at: '2026-04-23T09:00:00Z' }),
      transition('a-1', 'Approved', 'Draft', { tenant_id: 'acme', occurred_at: '2026-04-23T10:00:00Z' }),
      transition('a-2', 'Draft', 'Approved', { tenant_id: 'acme' }),
      rollback('a-3', { tenant_id: 'other' }),
    ]
    await appendEvents(environment, events)
    interface Artifacts {
      readonly artifacts: readonly { readonly artifact_id: string }[]
      readonly next: string | null
    }
    const artifacts = async (parameters: string): Promise<{ ids: string[]; next: string | null }> => {
      const { artifacts: all, next } = JSON.parse((await ask(`${url}/v1/artifacts?${parameters}`)).text) as Artifacts
      return { ids: all.map(({ artifact_id }) => artifact_id), next }
    }
    expect(await artifacts('')).toEqual({ ids: ['a-1', 'a-2', 'a-3'], next: null })
    expect((await artifacts('state=Approved')).ids).toEqual(['a-2'])
    expect((await artifacts('kind=Adapter&tenant_id=acme')).ids).toEqual(['a-1', 'a-2'])
    expect((await artifacts('kind=Robot')).ids).toEqual([])
    const { ids, next } = await artifacts('limit=1')
    expect([...ids, ...(await artifacts(`limit=1&after=${next}`)).ids]).toEqual(['a-1', 'a-2'])
    expect((await ask(`${url}/v1/artifacts?kind=adapter`)).status).toBe(400)
    expect((await ask(`${url}/v1/artifacts?after=a`)).status).toBe(400)

    const { text } = await ask(`${url}/v1/artifacts?artifact_id=a-1`)
    expect(text).toContain(
      '{"tenant_id":"acme","artifact_id":"a-1","kind":"Adapter","state":"Draft","since":"2026-04-23T10:00:00Z","transitions":2,"forbidden_transitions":1}',
    )
    expect(linesOf(await ask(`${url}/v1/artifacts/a-1`, inLines())).lines).toEqual(events.slice(0, 2).map(json))
    expect((await ask(`${url}/v1/artifacts/a-9`)).status).toBe(404)
  })

  test('a trace answers with what was recorded last under its id', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    await appendEvents(environment, [
      traceRecorded('t-1', 'first', { tenant_id: 'acme' }),
      traceRecorded('t-1', 'second', { tenant_id: 'acme' }),
    ])
    const { text } = await ask(`${url}/v1/trace-links/t-1`)
    expect(text).toMatch(/^\{"trace_link_id":"t-1","trace_link":\{"type":"Remote","provider_name":"second",/)
    expect(text).toMatch(/,"freshness":\{"consistency":"latest","lag_events":0,"seen_at":"[^"]+"\}\}\n$/)
    expect((await ask(`${url}/v1/trace-links/t-2`)).status).toBe(404)
  })

  test('counts and sums come with how fresh they are, exactly, and as the log stood', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const [position] = await appendEvents(environment, [
      outcome({ tenant_id: 'acme' }, { chain_id: 'c-1', cost_microdollars: 2n ** 64n - 1n, backend: 'b-1' }),
      outcome({ tenant_id: 'acme' }, { chain_id: 'c-1', cost_microdollars: 2n ** 64n - 1n, backend: 'b-2' }),
      budgetExceeded({ tenant_id: 'acme' }),
    ])
    const summary = await ask(`${url}/v1/summary?tenant_id=acme`)
    expect(summary.text).toMatch(/^\{"summary":\{"total_events":3,/)
    expect((await ask(`${url}/v1/summary?as_of=${position}`)).text).toMatch(/^\{"summary":\{"total_events":1,/)

    const chains = await ask(`${url}/v1/analytics/chains`)
    expect(chains.text).toMatch(/"tokens":0,"cost_microdollars":36893488147419103230\}\],"count":1,"freshness":\{/)
    const outcomes = await ask(`${url}/v1/analytics/outcomes?bucket=hour&by=backend`)
    expect(outcomes.text).toMatch(
      /^\{"rows":\[\{"bucket":"2026-04-23T09:00:00Z","backend":"b-1","outcomes":1,"passed":1,/,
    )
    const inVienna = await ask(`${url}/v1/analytics/outcomes?bucket=hour&by=backend&time_zone=Europe/Vienna`)
    expect(inVienna.text).toMatch('[{"bucket":"2026-04-23T11:00:00+02:00","backend":"b-1",')
    const budgets = await ask(`${url}/v1/analytics/budgets?from=2026-04-23T09:00:00Z`)
    expect(budgets.text).toMatch('"resource":"Tokens","other":false,"events":1,"chains":1}],"count":1,')

    for (const [path, field] of [
      ['outcomes?bucket=year', 'bucket'],
      ['outcomes?by=colour', 'by[0]'],
      ['outcomes?time_zone=Europe/Atlantis', 'time_zone'],
      ['chains?limit=10001', 'limit'],
      ['budgets?limit=1', 'limit'],
    ]) {
      const { status, text } = await ask(`${url}/v1/analytics/${path}`)
      expect([status, JSON.parse(text)]).toMatchObject([400, { error: { code: 'InvalidQuery', field } }])
    }
    expect((await ask(`${url}/v1/analytics/everything`)).status).toBe(404)
  })

  test("with a tenant's key, whatever an id names belongs to that tenant", async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    await appendEvents(environment, [
      outcome({ event_id: 'evt-0', tenant_id: 'other' }),
      transition('a-1', 'Draft', 'Approved', { tenant_id: 'other' }),
      traceRecorded('t-1', 'p', { tenant_id: 'other' }),
    ])
    const key = await bench.createKey(environment, 'acme', ['read'])
    for (const path of ['events/evt-0', 'artifacts/a-1', 'trace-links/t-1'])
      expect((await ask(`${url}/v1/${path}`, withKey(key))).status).toBe(404)
  })
})
