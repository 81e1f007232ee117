import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { LiveLog } from '../../../consumers/live/live-log.ts'
import { openLog } from '../../../service/wiring/open-log.ts'
import { lmdb, settingsOf } from '../service-place.ts'
import { outcome } from '../test-events.ts'
import { HttpBench } from './http-bench.ts'
import { post, textOf } from './post-events.ts'

const bench = new HttpBench()

test('a reader that is far behind lets others have their turn', async () => {
  const environment = bench.newEnvironment(lmdb)
  const served = await bench.serve(environment, { roles: ['ingest'] })
  const texts = Array.from({ length: 2000 }, () => textOf(outcome({ tenant_id: 'acme' })))
  expect((await post(served.url, texts.join('\n'))).body.accepted).toBe(2000)
  await served.stop()
  const log = await openLog(settingsOf(environment))
  const live = new LiveLog({ ...log, discoveryMs: 1000, failed: () => undefined })
  try {
    const query = { tenant: 'acme', isHidden: false, wants: () => true, bufferBytes: 1 << 30 }
    const reader = await live.open({ ...query, from: 'beginning' })
    const turns = { count: 0, isOver: false }
    const counting = (async () => {
      for (; !turns.isOver; turns.count++) await setImmediate()
    })()
    let items = 0
    for (let item: unknown = await reader.next(10_000); item !== undefined; item = reader.take()) items++
    turns.isOver = true
    await counting
    expect(items).toBeGreaterThan(500)
    expect(turns.count).toBeGreaterThan(items / 100)
    live.leave(reader)
  } finally {
    await live.close()
    await log.close()
  }
})
