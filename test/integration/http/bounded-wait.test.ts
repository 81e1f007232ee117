import { expect, test } from 'vitest'
import { lmdb } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { appendEvents } from './append-events.ts'
import { HttpBench } from './http-bench.ts'
import { ask } from './questions.ts'

const bench = new HttpBench()

test('who asks over HTTP waits no longer than told, also while the projector of the process gets on', async () => {
  const environment = bench.newEnvironment(lmdb)
  await appendEvents(
    environment,
    Array.from({ length: 3000 }, (_, i) => outcome({ event_id: `e${i}` })),
  )
  // Batches of a few events each, which take seconds in all, and of which each is soon done.
  const { url } = await bench.serve(environment, { changes: { PROJECTOR_BATCH_BYTES: '1024', READ_WAIT_MS: '500' } })
  for (const path of ['/v1/events?limit=1', '/v1/ops/dead-letters']) {
    const { status, headers, text } = await ask(url + path)
    expect([status, JSON.parse(text)]).toMatchObject([503, { error: { code: 'Lagging' } }])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect((await ask(`${url}/v1/events?limit=1&consistency=eventual`)).status).toBe(200)
})
