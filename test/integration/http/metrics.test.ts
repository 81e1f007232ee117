import { describe, expect, test } from 'vitest'
import { openLog } from '../../../service/wiring/open-log.ts'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { lmdb, settingsOf, type Environment } from '../service-place.ts'
import { json, outcome } from '../test-events.ts'
import { HttpBench } from './http-bench.ts'

const bench = new HttpBench()

async function metricsOf(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith('experience_log_'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

/** Appends a record that is no event, as another program might. */
async function appendGarbage(environment: Environment, tenant: string): Promise<void> {
  const opened = await openLog(settingsOf(environment))
  const { log, topics } = opened
  const record = { key: 'x', value: Buffer.from('no event'), headers: {}, timestamp: Date.now() }
  await log.append([{ topic: topics.topic('events', tenant), record }], { atomic: false })
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
