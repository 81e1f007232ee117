import { describe, expect, test } from 'vitest'
import { openLog } from '../../../service/wiring/open-log.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { lmdb, settingsOf, type Environment } from '../service-place.ts'
import { json, outcome } from '../test-events.ts'
import { HttpBench, withKey } from './http-bench.ts'

const bench = new HttpBench()

async function metricsOf(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith('experience_log_'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

/** Appends a record that is no event, as another program might. */
async function appendGarbage(environment: Environment, tenant: string, count = 1): Promise<void> {
  const opened = await openLog(settingsOf(environment))
  const { log, topics } = opened
  const record = { key: 'x', value: Buffer.from('no event'), headers: {}, timestamp: Date.now() }
  const request = { topic: topics.topic('events', tenant), record }
  await log.append(
    Array.from({ length: count }, () => request),
    { atomic: false },
  )
  await opened.close()
}

describe('what an operator watches', () => {
  test('counts what was appended, refused, projected, known already and put aside, and tells how long it took', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment)
    const one = json(outcome({ tenant_id: 'secretive' }))
    const body = `${one}\n${one}\n${json(outcome({ tenant_id: 'secretive' }))}\nno event\n`
    const headers = { 'content-type': 'application/x-ndjson' }
    const appended = await fetch(`${url}/v1/events`, { method: 'POST', headers, body })
    expect(appended.status).toBe(207)
    await appendGarbage(environment, 'secretive')

    await until(async () => (await metricsOf(url)).get('experience_log_dead_letters_total{reason="NotFramed"}') === 1)
    await until(async () => (await metricsOf(url)).get('experience_log_lag_events') === 0)
    const metrics = await metricsOf(url)
    expect(metrics.get('experience_log_appended_total')).toBe(3)
    expect(metrics.get('experience_log_appended_bytes_total')).toBeGreaterThan(100)
    expect(metrics.get('experience_log_refused_total{code="InvalidQuery"}')).toBe(1)
    expect(metrics.get('experience_log_projected_total')).toBe(2)
    expect(metrics.get('experience_log_duplicates_total')).toBe(1)
    expect(metrics.get('experience_log_append_seconds_count')).toBeGreaterThan(0)
    for (const step of ['look', 'insert', 'commit', 'all'])
      expect(metrics.get(`experience_log_batch_seconds_count{step="${step}"}`)).toBeGreaterThan(0)
    expect(metrics.get('experience_log_batch_records_sum')).toBe(4)
    expect(metrics.get('experience_log_lag_seconds')).toBe(0)
  })

  test('tells how long the tables take for each question, whatever the door', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const headers = { 'content-type': 'application/json' }
    const body = json(outcome({ tenant_id: 'a', event_id: 'one' }))
    await fetch(`${url}/v1/events`, { method: 'POST', headers, body })
    const asked = async (question: string): Promise<number> =>
      (await metricsOf(url)).get(`experience_log_question_seconds_count{question="${question}"}`) ?? 0
    const paths = {
      events: 'events',
      status: 'events/one/status',
      summary: 'summary',
      outcomes: 'analytics/outcomes',
      chains: 'analytics/chains',
      budgets: 'analytics/budgets',
      chain: 'chains/chain-1',
      artifacts: 'artifacts',
      traceLink: 'trace-links/none',
    }
    for (const [question, path] of Object.entries(paths)) {
      expect(await asked(question), question).toBe(0)
      await (await fetch(`${url}/v1/${path}`)).text()
      expect(await asked(question), question).toBeGreaterThan(0)
    }
    expect((await metricsOf(url)).get('experience_log_question_seconds_sum{question="summary"}')).toBeGreaterThan(0)
  })

  test('counts the streams that are open, and the keys by what has become of them', async () => {
    const environment = bench.newEnvironment(lmdb)
    const key = await bench.createKey(environment, null, ['read', 'operate'])
    const { url } = await bench.serve(environment)
    const metric = async (name: string): Promise<number | undefined> =>
      (await metricsOf(url)).get(`experience_log_${name}`)
    expect(await metric('open_tails')).toBe(0)
    const leaving = new AbortController()
    await fetch(`${url}/v1/tail`, withKey(key, { signal: leaving.signal }))
    expect(await metric('open_tails')).toBe(1)
    leaving.abort()
    await until(async () => (await metric('open_tails')) === 0)

    expect(await metric('keys{state="valid"}')).toBe(1)
    expect(await metric('keys{state="revoked"}')).toBe(0)
    const { keys } = (await (await fetch(`${url}/v1/ops/keys`, withKey(key))).json()) as { keys: [{ id: string }] }
    await fetch(`${url}/v1/ops/keys/${keys[0].id}`, withKey(key, { method: 'DELETE' }))
    expect(await metric('keys{state="valid"}')).toBe(0)
    expect(await metric('keys{state="revoked"}')).toBe(1)
  })

  test('counts another generation once it is projected into, and not what was built as projected', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const headers = { 'content-type': 'application/json' }
    const body = json(outcome({ tenant_id: 'a' }))
    await fetch(`${url}/v1/events`, { method: 'POST', headers, body })
    await until(async () => (await metricsOf(url)).get('experience_log_projected_total') === 1)
    expect((await fetch(`${url}/v1/ops/rebuild`, { method: 'POST' })).status).toBe(202)
    await until(async () => (await metricsOf(url)).get('experience_log_generation_switches_total') === 1)
    expect((await metricsOf(url)).get('experience_log_projected_total')).toBe(1)
  })

  test('counts topics that are held and released', async () => {
    const environment = bench.newEnvironment(lmdb)
    await appendGarbage(environment, 'bad', 30)
    const { url, logged } = await bench.serve(environment, { changes: { PROJECTOR_DEAD_LETTER_MINIMUM: '20' } })
    const holds = async (change: string): Promise<number | undefined> =>
      (await metricsOf(url)).get(`experience_log_topic_holds_total{change="${change}"}`)
    await until(async () => (await holds('held')) === 1)
    const held = (await (await fetch(`${url}/v1/ops/held-topics`)).json()) as { held_topics: [{ topic: string }] }
    const { topic } = held.held_topics[0]
    await fetch(`${url}/v1/ops/held-topics/${topic}/release`, { method: 'POST' })
    await until(async () => (await holds('released')) === 1)
    expect(await holds('held')).toBe(1)
    expect(logged.filter((line) => line.includes('a topic is held'))).toHaveLength(1)
  })

  test('names no tenant, and no path that was sent', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    await fetch(`${url}/v1/events?tenant_id=secretive`)
    await fetch(`${url}/secretive/path`)
    const text = await (await fetch(`${url}/metrics`)).text()
    expect(text).not.toContain('secretive')
    expect(text).toContain('route="unknown"')
  })

  test('tells how far the tables are behind, and for how long, where nobody projects', async () => {
    const environment = bench.newEnvironment(lmdb)
    const { url } = await bench.serve(environment, { roles: ['ingest', 'query'] })
    for (const tenant of ['a', 'b'])
      await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: json(outcome({ tenant_id: tenant })),
      })
    await until(async () => (await metricsOf(url)).get('experience_log_lag_events') === 2)
    const before = (await metricsOf(url)).get('experience_log_lag_seconds')!
    await until(async () => (await metricsOf(url)).get('experience_log_lag_seconds')! > before + 1)
  })
})
