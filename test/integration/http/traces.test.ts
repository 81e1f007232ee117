import { SpanKind } from '@opentelemetry/api'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { until } from '../../contract/group-consumer/group-consumer-fixture.ts'
import { lmdb } from '../service-place.ts'
import { json, outcome } from '../test-events.ts'
import { HttpBench } from './http-bench.ts'
import { recordSpans, type RecordedSpan } from './recorded-spans.ts'

const bench = new HttpBench()
const CLIENT = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
const traceparent = `00-${CLIENT.traceId}-${CLIENT.spanId}-01`

describe('traces', () => {
  // Whoever has made a span once keeps to the provider of that time, as in any process.
  const { spans, stop } = recordSpans()
  afterEach(() => void spans.splice(0))
  afterAll(() => stop())

  const named = async (name: string): Promise<RecordedSpan> => {
    await until(() => spans.some((span) => span.name === name))
    return spans.find((span) => span.name === name)!
  }

  test("a request goes on with its client's trace, what it asks belongs to it, and what is of many requests to none", async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    const headers = { 'content-type': 'application/json', traceparent }
    const body = json(outcome({ tenant_id: 'secretive', event_id: 'e-1' }))
    expect((await fetch(`${url}/v1/events`, { method: 'POST', headers, body })).status).toBe(200)
    expect((await fetch(`${url}/v1/summary?tenant_id=secretive`, { headers: { traceparent } })).status).toBe(200)

    const post = await named('POST /v1/events')
    expect(post).toMatchObject({ parent: CLIENT, options: { kind: SpanKind.SERVER }, status: null })
    expect(post.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/v1/events',
      'http.response.status_code': 200,
    })
    const get = await named('GET /v1/summary')
    expect(get).toMatchObject({ parent: CLIENT, attributes: { 'http.response.status_code': 200 } })
    const asked = await named('ask summary')
    expect(asked).toMatchObject({ parent: get.own, attributes: { question: 'summary' } })
    expect(Number(asked.endTime)).toBeGreaterThan(Number(asked.options.startTime))
    expect(await named('append')).toMatchObject({ parent: null, attributes: { events: 1 } })
    expect(await named('project')).toMatchObject({ parent: null, attributes: { records: 1, rows: 1, duplicates: 0 } })
    expect(JSON.stringify(spans)).not.toContain('secretive')
  })

  test('a request that nobody traces begins a trace, and one that no route is for has no name of its own', async () => {
    const { url } = await bench.serve(bench.newEnvironment(lmdb))
    await fetch(`${url}/secretive/path`)
    expect(await named('GET unknown')).toMatchObject({
      parent: null,
      attributes: { 'http.route': 'unknown', 'http.response.status_code': 404 },
    })
  })
})
