import { describe, expect, test } from 'vitest'
import { envelopeToJson } from '../../../schemas/json/envelope-json.ts'
import { ExperienceEventEnvelope } from '../../../schemas/contract/envelope.ts'
import { kafka, lmdb } from '../service-place.ts'
import { factPromoted, outcome } from '../test-events.ts'
import { appendEvents } from './append-events.ts'
import { HttpBench, withKey } from './http-bench.ts'
import { ask, inLines, linesOf, posting } from './questions.ts'

const bench = new HttpBench()

const first = outcome(
  { event_id: 'first', tenant_id: 'acme', occurred_at: '2026-04-23T09:00:00Z', correlation_id: 'run-1' },
  { chain_id: 'chain-1', tokens: 2n ** 64n - 1n },
)
const second = factPromoted({ event_id: 'second', tenant_id: 'acme', occurred_at: '2026-04-23T10:00:00Z' })
const third = outcome({ event_id: 'third', tenant_id: 'other', occurred_at: '2026-04-23T11:00:00Z' })

function printed(event: typeof first): string {
  return envelopeToJson(ExperienceEventEnvelope.parse(event))
}

interface Page {
  readonly events: readonly { readonly event_id: string }[]
  readonly count: number
  readonly next: string | null
  readonly freshness: Readonly<Record<string, unknown>>
}

async function page(url: string, init?: RequestInit): Promise<Page & { ids: string[] }> {
  const answer = await ask(url, init)
  expect(answer.status, answer.text).toBe(200)
  const found = JSON.parse(answer.text) as Page
  return { ...found, ids: found.events.map(({ event_id }) => event_id) }
}

describe.each([lmdb, kafka()])('questions for events on $name', (log) => {
  test.skipIf(log.skipped !== undefined)('are answered with what was appended before, byte for byte', async () => {
    const environment = bench.newEnvironment(log)
    const key = await bench.createKey(environment, null, ['read'])
    const { url } = await bench.serve(environment)
    await appendEvents(environment, [first, second, third])

    const answer = await ask(`${url}/v1/events?tenant_id=acme`, withKey(key))
    expect(answer.text).toMatch(`{"events":[${printed(first)},${printed(second)}],"count":2,"next":null,"last":"`)
    expect(answer.headers.get('experience-freshness')).toMatch(/^consistency=latest; lag_events=0; seen_at=/)

    const asking = withKey(key, inLines(posting('{"kinds":[],"tenant_id":"acme"}')))
    const asLines = await ask(`${url}/v1/events/query`, asking)
    expect(asLines.headers.get('content-type')).toMatch('application/x-ndjson')
    const { lines, end } = linesOf(asLines)
    expect(lines).toEqual([printed(first), printed(second)])
    expect(end).toMatchObject({ count: 2, next: null, freshness: { consistency: 'latest', lag_events: 0 } })
  })
})

describe('a question for events', () => {
  test('is limited by every field, as parameters and as the contract has it', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    await appendEvents(environment, [first, second, third])
    const asked: readonly (readonly [parameters: string, body: object, ids: string[]])[] = [
      ['', {}, ['first', 'second', 'third']],
      ['descending=true&limit=1', { descending: true, limit: 1 }, ['third']],
      ['kinds=FactPromoted,OutcomeRecorded&tenant_id=acme', { tenant_id: 'acme' }, ['first', 'second']],
      ['kinds=FactPromoted&kinds=BudgetExceeded', { kinds: ['FactPromoted', 'BudgetExceeded'] }, ['second']],
      [
        'from=2026-04-23T10:00:00Z&to=2026-04-23T10:30:00Z',
        { time_range: { start: '2026-04-23T10:00:00Z', end: '2026-04-23T10:30:00Z' } },
        ['second'],
      ],
      ['chain_id=chain-1&correlation_id=run-1', { chain_id: 'chain-1', correlation_id: 'run-1' }, ['first']],
      ['event_id=second', { event_id: 'second' }, ['second']],
      ['limit=0', { limit: 0 }, []],
    ]
    for (const [parameters, body, ids] of asked) {
      expect((await page(`${url}/v1/events?${parameters}`)).ids).toEqual(ids)
      expect((await page(`${url}/v1/events/query`, posting(JSON.stringify(body)))).ids).toEqual(ids)
    }
  })

  test('is continued by the cursor of the page before, until there is none', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const events = Array.from({ length: 250 }, (_, i) => outcome({ event_id: `event-${i}`, tenant_id: 'acme' }))
    await appendEvents(environment, events)
    const ids: string[] = []
    let after = ''
    for (;;) {
      const { next, ids: found } = await page(`${url}/v1/events?tenant_id=acme${after}`)
      expect(found.length).toBeLessThanOrEqual(100)
      ids.push(...found)
      if (next === null) break
      after = `&after=${next}`
    }
    expect(ids).toEqual(events.map(({ event_id }) => event_id))

    const limited = linesOf(await ask(`${url}/v1/events?tenant_id=acme&limit=120`, inLines()))
    const rest = linesOf(await ask(`${url}/v1/events?tenant_id=acme&after=${String(limited.end['next'])}`, inLines()))
    expect([limited.end['count'], rest.end['count'], rest.end['next']]).toEqual([120, 130, null])
  })

  test('that is wrong is refused by the name of what is wrong', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const refused: readonly (readonly [path: string, init: RequestInit, status: number, field: string])[] = [
      ['/v1/events?tenant=acme', {}, 400, 'tenant'],
      ['/v1/events?kinds=Nothing', {}, 400, 'kinds[0]'],
      ['/v1/events?limit=-1', {}, 400, 'limit'],
      ['/v1/events?limit=10001', {}, 400, 'limit'],
      ['/v1/events?limit=1&limit=2', {}, 400, 'limit'],
      ['/v1/events?from=yesterday', {}, 400, 'from'],
      ['/v1/events?descending=yes', {}, 400, 'descending'],
      ['/v1/events?after=nothing', {}, 400, 'after'],
      ['/v1/events?as_of=nothing', {}, 400, 'as_of'],
      ['/v1/events?consistency=strong', {}, 400, 'consistency'],
      ['/v1/events?consistency=read-your-writes', {}, 400, 'experience-position'],
      ['/v1/events/query', posting('{"tenant":"acme"}'), 400, 'tenant'],
      ['/v1/events/query', posting('{"time_range":{"from":"2026"}}'), 400, 'time_range.from'],
      ['/v1/events/query', posting('{"time_range":{"start":"soon"}}'), 400, 'time_range.start'],
      ['/v1/events/query', posting('{"limit":18446744073709551616}'), 400, 'limit'],
      ['/v1/events/query', posting('{"limit":1.0}'), 400, 'limit'],
      ['/v1/events/query', posting('{"kinds":["Nothing"]}'), 400, 'kinds[0]'],
      ['/v1/events/query', posting('{"after":"nothing"}'), 400, 'after'],
      ['/v1/events/query', posting('{'), 400, 'document'],
      ['/v1/events/query', { method: 'POST', body: 'x', headers: { 'content-type': 'text/csv' } }, 415, 'content-type'],
      ['/v1/events/query', posting(`"${'x'.repeat(1 << 20)}"`), 413, 'body'],
    ]
    for (const [path, init, status, field] of refused) {
      const answer = await ask(`${url}${path}`, init)
      expect([path, answer.status, JSON.parse(answer.text)]).toMatchObject([
        path,
        status,
        { error: { code: 'InvalidQuery', field } },
      ])
    }
  })

  test('in lines takes any limit, and says the end of an answer without events', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const { lines, end } = linesOf(await ask(`${url}/v1/events?limit=18446744073709551615`, inLines()))
    expect([lines, end['count'], end['next']]).toEqual([[], 0, null])
  })

  test('sees what the position header names, without waiting for anything else', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const [position] = await appendEvents(environment, [first])
    const headers = { 'experience-position': position! }
    const { ids, freshness } = await page(`${url}/v1/events?tenant_id=acme`, { headers })
    expect([ids, freshness['consistency']]).toEqual([['first'], 'read-your-writes'])
  })

  test('is answered as the log stood at a position', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const [position] = await appendEvents(environment, [first, second])
    expect((await page(`${url}/v1/events?as_of=${position}`)).ids).toEqual(['first'])
  })

  test("with a tenant's key is about that tenant, whatever it names", async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    await appendEvents(environment, [first, second, third])
    const key = await bench.createKey(environment, 'acme', ['read'])
    expect((await page(`${url}/v1/events`, withKey(key))).ids).toEqual(['first', 'second'])
    expect((await page(`${url}/v1/events?tenant_id=other`, withKey(key))).ids).toEqual([])
    expect((await page(`${url}/v1/events/query`, withKey(key, posting('{"tenant_id":"other"}')))).ids).toEqual([])
  })
})
